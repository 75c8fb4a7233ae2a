"""What a contract adds to the page of an asset that somebody already has."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import dagster as dg
import pytest

from data_management.application.ports import ContractProblem
from data_management.domain.models import ColumnSpec, Dataset, ServiceLevels
from data_management.errors import InvalidInput
from data_management.orchestration.attached import Contract, with_contract
from data_management.orchestration.datasets import DatasetNames, dataset_spec
from data_management.orchestration.described import column_lineage
from data_management_tests.examples import orders

REVENUE = replace(
    orders(name="revenue"),
    description="What a day brought in.",
    owners=("team:sales", "ann@example.com", "somebody"),
    tags=("sales", "of the day"),
    columns=(
        ColumnSpec("day", logical_type="date", required=True, description="UTC"),
        ColumnSpec(
            "total", classification="restricted", sources=("orders.amount", "raw.refunds.amount", "rates", "a b.c")
        ),
    ),
    physical_name="reporting.revenue",
    storage="postgres",
    source="contracts/sales.yaml",
    service_levels=ServiceLevels(frequency_seconds=86400),
)


def spec_with(dataset: Dataset = REVENUE, **own: Any) -> dg.AssetSpec:
    return with_contract(dg.AssetSpec("revenue", **own), Contract(dataset.name, dataset))


def test_a_plain_spec_shows_all_that_the_contract_says() -> None:
    spec = spec_with(deps=["shop/orders"])
    assert spec.description == "What a day brought in."
    assert spec.owners == ["team:sales", "ann@example.com"]
    assert set(spec.tags) >= {"sales"}
    assert spec.kinds == {"postgres"}
    assert spec.freshness_policy == dg.FreshnessPolicy.time_window(timedelta(days=1))
    assert spec.metadata["dagster/table_name"] == "reporting.revenue"
    assert spec.metadata["dagster/storage_kind"] == "postgres"
    assert spec.metadata["data_management/owners"] == "somebody"
    assert spec.metadata["data_management/contract"] == "sales 1.0.0"
    day, total = spec.metadata["dagster/column_schema"].columns
    assert (day.type, day.description, day.constraints.nullable) == ("date", "UTC", False)
    assert total.tags == {"classification": "restricted"}
    (reference,) = spec.metadata["dagster/code_references"].code_references
    assert reference.file_path.endswith("/contracts/sales.yaml")


def test_lineage_goes_to_dependencies_and_to_what_is_named() -> None:
    spec = spec_with(deps=[dg.AssetKey(["shop", "orders"])])
    (total,) = spec.metadata["dagster/column_lineage"].deps_by_column.values()
    found = {dep.asset_key.to_user_string(): dep.column_name for dep in total}
    assert (found.pop("shop/orders"), found.pop("raw/refunds")) == ("amount", "amount")
    assert list(found.values()) == ["c"]  # of an object whose name is slugged; "rates" names no column


def test_lineage_of_datasets_goes_to_their_neighbours() -> None:
    lineage = column_lineage(REVENUE, DatasetNames("revenue", ("mine",)).key)
    assert lineage is not None
    assert dg.AssetKey(["mine", "orders"]) in [dep.asset_key for dep in lineage.deps_by_column["total"]]
    assert column_lineage(orders(), dg.AssetKey("orders")) is None


def test_what_the_asset_says_itself_stays() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        own = dg.CodeReferencesMetadataValue(code_references=[dg.LocalFileCodeReference(file_path="/own.py")])
    policy = dg.FreshnessPolicy.time_window(timedelta(hours=1))
    spec = spec_with(
        description="Mine.",
        owners=["ann@example.com", "team:me"],
        tags={"sales": "mine"},
        kinds={"dbt"},
        group_name="mine",
        code_version="7",
        freshness_policy=policy,
        metadata={"dagster/table_name": "mine", "dagster/code_references": own, "other": 1},
    )
    assert spec.description == "Mine.\n\nWhat a day brought in."
    assert spec.owners == ["ann@example.com", "team:me", "team:sales"]
    assert spec.tags["sales"] == "mine"
    assert spec.kinds == {"dbt", "postgres"}
    assert (spec.group_name, spec.code_version, spec.freshness_policy) == ("mine", "7", policy)
    assert (spec.metadata["dagster/table_name"], spec.metadata["other"]) == ("mine", 1)
    files = [each.file_path for each in spec.metadata["dagster/code_references"].code_references]
    assert [path.rpartition("/")[2] for path in files] == ["own.py", "sales.yaml"]


def test_a_definition_keeps_its_function_checks_and_other_assets() -> None:
    @dg.multi_asset(
        specs=[dg.AssetSpec("revenue", deps=["orders"]), dg.AssetSpec("costs", description="Costs.")],
        check_specs=[dg.AssetCheckSpec("own", asset="revenue")],
        can_subset=True,
    )
    def both() -> Iterator[Any]:
        yield

    described = with_contract(both, Contract("revenue", REVENUE), dg.AssetKey("revenue"))
    assert described.op is both.op
    assert described.check_keys == both.check_keys
    assert described.specs_by_key[dg.AssetKey("costs")] == both.specs_by_key[dg.AssetKey("costs")]
    assert described.specs_by_key[dg.AssetKey("revenue")].description == "What a day brought in."
    assert [dep.asset_key for dep in described.specs_by_key[dg.AssetKey("revenue")].deps] == [dg.AssetKey("orders")]
    for key, told in ((None, "costs, revenue, and which one"), (dg.AssetKey("x"), "x is none of them")):
        with pytest.raises(InvalidInput, match=told):
            with_contract(both, Contract("revenue", REVENUE), key)


def test_ten_kinds_are_what_dagster_bears() -> None:
    kinds = {f"kind{n}" for n in range(10)}
    assert spec_with(kinds=kinds).kinds == kinds


def test_a_broken_contract_says_so_and_takes_nothing_away() -> None:
    problem = ContractProblem("sales.yaml", "schema", "it is <broken>", "mend it", 3)
    own = dg.AssetSpec("revenue", description="Mine.", owners=["team:me"])
    spec = with_contract(own, Contract("revenue", problems=(problem,)))
    assert (spec.description or "").startswith("Mine.\n\nThe data contract of revenue is broken")
    assert "<broken>" not in (spec.description or "")
    assert (spec.owners, spec.metadata["data_management/problems"]) == (["team:me"], 1)


def test_datasets_show_the_same() -> None:
    spec = dataset_spec(REVENUE, DatasetNames("revenue"))
    assert spec.freshness_policy == dg.FreshnessPolicy.time_window(timedelta(days=1))
    assert {"dagster/column_lineage", "dagster/table_name", "dagster/storage_kind", "dagster/code_references"} <= set(
        spec.metadata
    )


def test_nothing_emits_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec_with()
        dataset_spec(REVENUE, DatasetNames("revenue"))
