"""The example: contracts for pandas and Polars assets, and people who hear of a change."""

import json
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from data_management_tests.integration.attached.project import Shop, made, outcomes, why
from data_management_tests.servers.receiver import Receiver, receiving

EXAMPLE = Path(__file__).parents[3] / "examples" / "attached" / "definitions.py"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


class Example(Shop):
    def __init__(self, home: Path) -> None:
        self.home = home
        self.module = runpy.run_path(str(EXAMPLE))
        storage = dg.FilesystemIOManager(base_dir=str(home / "storage"))
        jobs = [dg.define_asset_job("make", executor_def=dg.in_process_executor)]
        self.defs = dg.Definitions.merge(
            self.module["defs"], dg.Definitions(resources={"io_manager": storage}, jobs=jobs)
        )
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None

    def tick(self) -> str:
        """What the sensor of alerts says."""
        sensor = self.defs.resolve_sensor_def("quality_alert_sensor")
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        data = sensor.evaluate_tick(context)
        self.cursor = data.cursor
        return data.skip_message or ""


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Example:
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(tmp_path))
    monkeypatch.setenv("SLACK_WEBHOOK", receiver.url)
    monkeypatch.setenv("SHOP_EXPORT", str(tmp_path / "export.csv"))
    return Example(tmp_path)


def exports(example: Example, amount: float) -> None:
    """From now on the shop exports orders with this amount."""
    (example.home / "export.csv").write_text(f"id,email,amount\n1,ann@example.com,{amount}\n2,,1\n")


def test_it_loads_without_a_catalog(example: Example) -> None:
    dg.Definitions.validate_loadable(example.defs)
    assert not (example.home / ".data_management").exists()
    specs = {spec.key.to_user_string(): spec for spec in example.defs.resolve_all_asset_specs()}
    assert specs["orders"].owners == ["team:sales", "ann@example.com"]
    assert specs["revenue"].freshness_policy is not None
    lineage = specs["revenue"].metadata["dagster/column_lineage"].deps_by_column
    assert lineage["total"] == [dg.TableColumnDep(asset_key=dg.AssetKey("orders"), column_name="amount")]


def test_a_bad_export_holds_revenue_back_and_people_hear_of_both_changes(example: Example, receiver: Receiver) -> None:
    assert "0 message(s) sent" in example.tick()
    exports(example, amount=50.0)
    result = example.make()
    assert made(result) == ["orders", "revenue"], why(result)
    assert "0 message(s) sent" in example.tick()
    exports(example, amount=-50.0)
    result = example.make()
    assert made(result) == ["orders"]
    assert outcomes(result)["amount__range"] == "failed ERROR"
    assert "1 message(s) sent" in example.tick()
    exports(example, amount=50.0)
    example.make()
    example.tick()
    assert "0 message(s) sent" in example.tick()
    fail, resolved = [json.loads(each.body)["text"] for each in receiver.received]
    assert fail.splitlines() == [
        "Data quality of orders: fail (was pass). No score, was 100.0.",
        "• 1 file(s) quarantined, 0 rejected, and none accepted",
        "• orders (quarantined): score 95.83 (amount.range -4.17): rule 'amount.range' failed: 1 of 2 rows",
    ]
    assert resolved.startswith("Resolved: data quality of orders: pass (was fail). Score 100.0.")
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 2


def test_a_receiver_that_is_away_fails_the_tick_and_hears_of_it_later(example: Example, receiver: Receiver) -> None:
    example.tick()
    exports(example, amount=-50.0)
    example.make()
    receiver.answer = lambda _: 503
    with pytest.raises(dg.Failure, match="answered 503"):
        example.tick()
    receiver.answer = lambda _: 200
    assert "1 message(s) sent" in example.tick()


def test_loading_it_loads_nothing_heavy_of_ours(tmp_path: Path) -> None:
    import subprocess

    heavy = ["great_expectations", "duckdb", "sqlalchemy", "boto3", "httpx", "psycopg"]
    script = f"import runpy, sys; runpy.run_path({str(EXAMPLE)!r}); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"
