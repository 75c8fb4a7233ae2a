"""A frame is judged in the asset's own function, before anybody sees it."""

from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import polars as pl
import pytest

from data_management.application.services import Judgement
from data_management.errors import Unavailable
from data_management.plugin import contract_checks, validate
from data_management_tests.integration.attached.project import Shop, bad, good, made, outcomes, why


def shop_of(contract: Path, *frames: object, checks: bool = False, **options: Any) -> tuple[Shop, list[Judgement]]:
    """A shop whose `orders` are validated before they are published, one frame after another; and what was told of them."""
    waiting, told = list(frames), list[Judgement]()

    @dg.asset
    def orders(context: dg.AssetExecutionContext) -> Any:
        frame = waiting.pop(0)
        told.append(validate(context, frame, contract, **options))
        return frame

    return Shop(contract.parent, [orders], [contract_checks(orders, contract)] if checks else []), told


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = result.get_asset_materialization_events()
    return {name: value.value for name, value in event.materialization.metadata.items()}


def stored(shop: Shop) -> pd.DataFrame:
    found = shop.defs.load_asset_value(dg.AssetKey("orders"), instance=shop.instance)
    assert isinstance(found, pd.DataFrame)
    return found


def test_a_good_frame_is_published_with_its_score(contract: Path) -> None:
    shop, (*_,) = shop_of(contract, good())
    result = shop.make()
    metadata = metadata_of(result)
    assert (metadata["quality/verdict"], metadata["quality/score"], metadata["dagster/row_count"]) == ("pass", 100.0, 4)
    assert metadata["data_management/version"] == result.run_id
    assert "canary" not in repr(metadata)
    assert shop.statuses() == ["dagster:///orders accepted"]


def test_a_bad_frame_is_never_published(contract: Path) -> None:
    shop, _ = shop_of(contract, good(), bad())
    shop.make()
    result = shop.make()
    assert made(result) == []
    assert "orders was not published: rule 'id.required' failed: 1 of 4 rows" in why(result)
    assert stored(shop)["id"].tolist() == [0, 1, 2, 3]
    assert shop.statuses() == ["dagster:///orders accepted", "dagster:///orders#stopped quarantined"]
    point = shop.scores()[0]
    assert (point.verdict.value, point.score.value) == (
        "warn",
        100.0,
    )  # of what is published; the other stands beside it


def test_the_failure_carries_the_score_and_is_not_tried_again(contract: Path) -> None:
    calls = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=3))
    def orders(context: dg.AssetExecutionContext) -> None:
        calls.append(context.retry_number)
        validate(context, pl.from_pandas(bad()), contract)

    result = Shop(contract.parent, [orders]).make()
    assert calls == [0]
    (event,) = result.filter_events(lambda event: event.is_step_failure)
    failure = event.step_failure_data.user_failure_data
    assert failure is not None
    assert failure.metadata["quality/verdict"].value == "fail"
    assert 0 < failure.metadata["quality/score"].value < 100


def test_the_next_good_frame_ends_what_was_stopped(contract: Path) -> None:
    shop, _ = shop_of(contract, bad(), bad(), good())
    for _ in range(3):
        shop.make()
    assert shop.statuses() == ["dagster:///orders accepted"]
    assert [point.verdict.value for point in shop.scores()] == ["pass", "fail", "fail"]


def test_on_fail_warn_publishes_and_tells(contract: Path) -> None:
    shop, told = shop_of(contract, bad(), on_fail="warn")
    result = shop.make()
    assert made(result) == ["orders"]
    assert metadata_of(result)["quality/verdict"] == "fail"
    assert (told[0].verdict.value, told[0].stopped) == ("fail", False)
    assert told[0].reasons[0] == "rule 'id.required' failed: 1 of 4 rows"
    assert shop.statuses() == ["dagster:///orders quarantined"]


def test_checks_behind_it_judge_the_same_version(contract: Path) -> None:
    shop, _ = shop_of(contract, good(), checks=True)
    assert outcomes(shop.make())["verdict"] == "passed"
    assert shop.statuses(current_only=False) == ["dagster:///orders accepted"]


def test_a_data_version_of_its_own_is_the_identity(contract: Path) -> None:
    shop, _ = shop_of(contract, good(), good(), data_version="2026-01-01")
    shop.make()
    shop.make()
    assert [asset.version_token for asset in shop.assets(current_only=False)] == ["2026-01-01"]


def test_a_rule_over_the_whole_dataset_stops_too(contract: Path) -> None:
    contract.write_text(contract.read_text() + """\
    quality:
      - metric: rowCount
        mustBeGreaterThan: 100
        customProperties: [{property: scope, value: dataset}]
""")
    shop, _ = shop_of(contract, good())
    assert "was not published" in why(shop.make())


def test_partitions_have_their_own_verdicts(contract: Path) -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
    def orders(context: dg.AssetExecutionContext) -> None:
        validate(context, good() if context.partition_key == "a" else bad(), contract)

    shop = Shop(contract.parent, [orders])
    assert metadata_of(shop.make(partition_key="a"))["dagster/partition_row_count"] == 4
    assert made(shop.make(partition_key="b")) == []
    assert shop.statuses() == [
        "dagster:///orders?partition=a accepted",
        "dagster:///orders?partition=b#stopped quarantined",
    ]


def test_one_of_several_assets_is_named(contract: Path) -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("orders"), dg.AssetSpec("others")])
    def both(context: dg.AssetExecutionContext) -> Any:
        validate(context, good(), contract, key="orders")
        yield dg.MaterializeResult(asset_key="orders")
        yield dg.MaterializeResult(asset_key="others")

    result = Shop(contract.parent, [both]).make()
    found = {event.asset_key: event.materialization.metadata for event in result.get_asset_materialization_events()}
    assert "quality/score" in found[dg.AssetKey("orders")]
    assert "quality/score" not in found[dg.AssetKey("others")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"frame": 7}, "type int is no data"),
        ({"contract": "nowhere.yaml"}, "nowhere.yaml: it cannot be read"),
        ({"dataset": "payments"}, "declares no dataset 'payments', but orders"),
        ({"key": "payments"}, "payments is none of them"),
    ],
)
def test_a_mistake_is_told_without_a_second_try(contract: Path, wrong: dict[str, Any], told: str) -> None:
    given = {"frame": good(), "contract": contract} | wrong
    calls = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    def orders(context: dg.AssetExecutionContext) -> None:
        calls.append(1)
        validate(context, **given)

    assert told in why(Shop(contract.parent, [orders]).make())
    assert calls == [1]


def test_a_catalog_that_is_away_is_tried_again(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from data_management.plugin.resource import catalog

    def away(_: object) -> None:
        raise Unavailable("the catalog is away; start it")

    monkeypatch.setattr(type(catalog), "open_application", away)
    calls = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    def orders(context: dg.AssetExecutionContext) -> None:
        calls.append(1)
        validate(context, good(), contract)

    assert "the catalog is away" in why(Shop(contract.parent, [orders]).make())
    assert calls == [1, 1]
