"""Checks of assets that a project already has, by a contract."""

from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from data_management.application.queries import ListValidationsQuery
from data_management.plugin import contract_checks, with_contract
from data_management_tests.integration.attached.project import Memory, Shop, bad, good, made, outcomes, why

RULES = {"id__required", "id__unique", "id__type", "email__type", "amount__type", "amount__range"}


def shop_of(contract: Path, *frames: object, **attributes: Any) -> Shop:
    """A shop whose `orders` hold one frame after another, with a downstream."""
    waiting = list(frames)

    @dg.asset(**attributes)
    def orders() -> Any:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    @dg.asset(deps=[orders])
    def report() -> None: ...

    return Shop(contract.parent, [with_contract(orders, contract), report], [contract_checks(orders, contract)])


FORMS = [lambda frame: frame, pl.from_pandas, lambda frame: pa.Table.from_pandas(frame, preserve_index=False)]


@pytest.mark.parametrize("form", FORMS, ids=["pandas", "polars", "arrow"])
def test_what_an_asset_holds_is_judged_behind_it(contract: Path, form: Any) -> None:
    shop = shop_of(contract, form(good()))
    result = shop.make()
    assert result.success
    assert made(result) == ["orders", "report"]
    assert outcomes(result) == dict.fromkeys(RULES | {"verdict", "schema"}, "passed")
    assert shop.statuses() == ["dagster:///orders accepted"]
    assert shop.dataset().latest is not None
    assert shop.dataset().counts.rows == 4


def test_a_failed_verdict_holds_back_what_is_downstream(contract: Path) -> None:
    shop = shop_of(contract, bad())
    result = shop.make()
    assert made(result) == ["orders"]
    told = outcomes(result)
    assert told["verdict"] == told["id__required"] == told["amount__range"] == "failed ERROR"
    assert told["email__type"] == "passed"
    assert shop.statuses() == ["dagster:///orders quarantined"]


def test_a_new_materialization_supersedes_the_one_before(contract: Path) -> None:
    shop = shop_of(contract, bad(), good())
    shop.make()
    assert shop.make().success
    assert shop.statuses(current_only=False) == ["dagster:///orders superseded", "dagster:///orders accepted"]
    assert [point.verdict.value for point in shop.scores()] == ["pass", "fail"]


def test_the_same_data_version_judged_twice_is_one_entry(contract: Path) -> None:
    shop = shop_of(contract, good())
    shop.make()
    result = shop.check()
    assert made(result) == []
    assert outcomes(result)["verdict"] == "passed"
    (asset,) = shop.assets(current_only=False)
    assert len(shop.app.ask(ListValidationsQuery(asset.id)).validations) == 2
    materialized = shop.instance.get_latest_materialization_event(dg.AssetKey("orders"))
    assert materialized is not None
    assert materialized.asset_materialization is not None
    assert asset.version_token == (materialized.asset_materialization.tags or {})["dagster/data_version"]


def test_each_partition_is_a_location_of_its_own(contract: Path) -> None:
    days = dg.StaticPartitionsDefinition(["2026-01-01", "2026/01&02"])

    @dg.asset(partitions_def=days)
    def orders(context: dg.AssetExecutionContext) -> pd.DataFrame:
        return good() if context.partition_key == "2026-01-01" else bad()

    shop = Shop(contract.parent, [orders], [contract_checks(orders, contract)])
    assert outcomes(shop.make(partition_key="2026-01-01"))["verdict"] == "passed"
    assert outcomes(shop.make(partition_key="2026/01&02"))["verdict"] == "failed ERROR"
    assert shop.statuses() == [
        "dagster:///orders?partition=2026-01-01 accepted",
        "dagster:///orders?partition=2026%2F01%2602 quarantined",
    ]
    assert outcomes(shop.make(partition_key="2026-01-01"))["verdict"] == "passed"  # whatever the other one is
    assert outcomes(shop.check())["verdict"] == "passed"  # of the one that was materialized last
    assert shop.dataset().counts.quarantined == 1


def test_one_run_over_several_partitions_tells_the_worst(contract: Path) -> None:
    days = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-04")

    @dg.asset(partitions_def=days, backfill_policy=dg.BackfillPolicy.single_run())
    def orders(context: dg.AssetExecutionContext) -> dict[str, pd.DataFrame]:
        return {day: bad() if day == "2026-01-02" else good() for day in context.partition_keys}

    shop = Shop(contract.parent, [orders], [contract_checks(orders, contract)], io_manager=Memory())
    between = {"dagster/asset_partition_range_start": "2026-01-01", "dagster/asset_partition_range_end": "2026-01-03"}
    told = outcomes(shop.make(tags=between))
    assert (told["verdict"], told["email__type"]) == ("failed ERROR", "passed")
    assert [line.rpartition(" ")[2] for line in shop.statuses()] == ["accepted", "quarantined", "accepted"]


def test_a_file_is_found_by_the_metadata_of_the_materialization(contract: Path) -> None:
    path = contract.parent / "exported orders.parquet"

    @dg.asset
    def orders() -> dg.MaterializeResult[Any]:
        good().to_parquet(path)
        return dg.MaterializeResult(metadata={"dagster/uri": dg.MetadataValue.url(path.as_uri())})

    shop = Shop(contract.parent, [orders], [contract_checks(orders, contract, source="dagster/uri")])
    result = shop.make()
    assert outcomes(result)["verdict"] == "passed"
    (asset,) = shop.assets()
    assert (asset.location, asset.reading["format"], asset.row_count) == ("dagster:///orders", "parquet", 4)
    path.write_bytes(b"PAR1 no more")
    result = shop.check()
    assert outcomes(result)["verdict"] == "failed ERROR"
    assert shop.statuses() == ["dagster:///orders rejected"]


def test_metadata_that_is_not_there_is_named(contract: Path) -> None:
    @dg.asset
    def orders() -> None: ...

    shop = Shop(contract.parent, [orders], [contract_checks(orders, contract, source="dagster/uri")])
    result = shop.make()
    told = outcomes(result)
    assert told.pop("verdict") == "failed ERROR"
    assert set(told.values()) == {"failed WARN"}
    assert "no text 'dagster/uri' in its metadata" in why(result)


def test_what_cannot_be_loaded_has_a_verdict_too(contract: Path) -> None:
    shop = shop_of(contract, good())
    result = shop.check()
    told = outcomes(result)
    assert told.pop("verdict") == "failed ERROR"
    assert set(told.values()) == {"failed WARN"}
    assert "cannot be loaded by its IO manager" in why(result)


def test_what_is_no_frame_has_a_verdict_too(contract: Path) -> None:
    result = shop_of(contract, "text").make()
    told = outcomes(result)
    assert told.pop("verdict") == "failed ERROR"
    assert set(told.values()) == {"failed WARN"}
    assert "type str is no data" in why(result)


def test_a_broken_contract_loads_and_fails_its_verdict(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract.write_text("kind: DataContract\napiVersion: v3.1.0\nschema: [{name: orders, properties: 7}]\n")
    shop = shop_of(contract, good())
    (spec,) = [spec for spec in shop.defs.resolve_all_asset_specs() if spec.key == dg.AssetKey("orders")]
    assert "is broken" in (spec.description or "")
    result = shop.make()
    assert made(result) == ["orders"]
    assert outcomes(result) == {"verdict": "failed ERROR"}
    monkeypatch.setenv("DATA_MANAGEMENT_STRICT", "true")
    with pytest.raises(Exception, match=r"(?s)broken data contract.*properties"):
        contract_checks(shop.defs.resolve_assets_def("orders"), contract)


def test_an_io_manager_is_asked_for_the_type_that_the_asset_returns(contract: Path) -> None:
    @dg.asset
    def orders() -> pl.DataFrame:
        return pl.from_pandas(good())

    for value_type, wanted in ((None, pl.DataFrame), (pd.DataFrame, pd.DataFrame)):
        checks = contract_checks(orders, contract, value_type=value_type)
        memory = Memory()
        result = Shop(contract.parent, [orders], [checks], io_manager=memory).make()
        assert outcomes(result)["verdict"] == "passed"
        assert memory.asked == [wanted]


def test_no_value_of_a_classified_column_shows(contract: Path) -> None:
    frame = good()
    frame.loc[3, "email"] = frame.loc[2, "email"]
    shop = shop_of(contract, frame.assign(id=[1, 1, 2, 3]))
    result = shop.make()
    told = repr([event.to_json() if hasattr(event, "to_json") else event for event in result.all_events])
    assert "canary" not in told
    assert not any(b"canary" in path.read_bytes() for path in contract.parent.glob(".data_management/*"))
    (email,) = [column for column in shop.assets()[0].classifications if column.column == "email"]
    assert email.sensitivity.value != "public"


def test_a_check_can_be_selected_alone(contract: Path) -> None:
    shop = shop_of(contract, good())
    shop.make()
    only = dg.define_asset_job(
        "only",
        dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("orders"), "id__unique")),
        executor_def=dg.in_process_executor,
    )
    defs = dg.Definitions.merge(shop.defs, dg.Definitions(jobs=[only]))
    result = defs.resolve_job_def("only").execute_in_process(instance=shop.instance)
    assert outcomes(result) == {"id__unique": "passed"}
