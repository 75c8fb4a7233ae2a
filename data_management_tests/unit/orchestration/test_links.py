from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.links import lineage_links
from data_management.orchestration.naming import prefix_parts


def test_a_dataset_is_linked_to_the_lineage_of_its_asset() -> None:
    lineage = lineage_links("https://dagster.example.org/prod/", "raw/sales")
    assert lineage("orders") == "https://dagster.example.org/prod/assets/raw/sales/orders?view=lineage"


def test_the_asset_is_named_as_the_definitions_name_it() -> None:
    name = 'a "b"/<c>'
    (part,) = DatasetNames(name).key.path
    assert lineage_links("http://localhost:3000", "")(name) == f"http://localhost:3000/assets/{part}?view=lineage"


def test_a_prefix_that_dagster_does_not_bear_is_the_one_of_the_definitions() -> None:
    (part,) = prefix_parts("data sets")
    assert lineage_links("http://localhost:3000", "raw/data sets")("orders").endswith(
        f"/raw/{part}/orders?view=lineage"
    )
    assert part.startswith("data_sets_")
