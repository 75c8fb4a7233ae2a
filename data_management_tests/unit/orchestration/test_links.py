from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.links import lineage_links


def test_a_dataset_is_linked_to_the_lineage_of_its_asset() -> None:
    lineage = lineage_links("https://dagster.example.org/prod/", "raw/sales")
    assert lineage("orders") == "https://dagster.example.org/prod/assets/raw/sales/orders?view=lineage"


def test_the_asset_is_named_as_the_definitions_name_it() -> None:
    name = 'a "b"/<c>'
    (part,) = DatasetNames(name).key.path
    assert lineage_links("http://localhost:3000", "")(name) == f"http://localhost:3000/assets/{part}?view=lineage"
