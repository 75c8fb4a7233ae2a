"""The example project: loads as its owner would load it, and goes from landing to the last model, with a bad day in between."""

import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from data_management.application.queries import ListDataAssetsQuery
from data_management.plugin import DataManagementCatalog

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop"
CHAIN = ["orders", "revenue_by_country", "revenue_share"]
THIRD = "2026-03-03.csv"
BAD = "id,customer_id,ordered_at,amount,channel\n6,5,2026-03-03 08:00:00,-15.00,web\n7,2,2026-03-03 09:00:00,12.00,store\n"


class Shop:
    """A copy of the example, and what its daemon would do: look at the automation conditions and run what they request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.defs: dg.Definitions = import_module("shop.definitions").defs()
        self.instance = dg.DagsterInstance.ephemeral()
        self._cursor = None

    def make(self, *keys: str) -> dg.ExecuteInProcessResult:
        job = self.defs.resolve_implicit_global_asset_job_def()
        chosen = [dg.AssetKey(key.split("/")) for key in keys]
        return job.execute_in_process(asset_selection=chosen, instance=self.instance, raise_on_error=False)

    def tick(self) -> list[str]:
        """The assets that were requested, each then made."""
        found = dg.evaluate_automation_conditions(self.defs, instance=self.instance, cursor=self._cursor)
        self._cursor = found.cursor
        keys = [key for key in CHAIN if found.get_num_requested(dg.AssetKey(key))]
        if keys:
            assert self.make(*keys).success
        return keys

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "warehouse" / f"{name}.parquet")

    def statuses(self) -> dict[str, str]:
        listed = DataManagementCatalog().open_application().ask(ListDataAssetsQuery("orders")).assets
        return {str(each.location).rpartition("/")[2]: each.status.value for each in listed}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "shop", ignore=shutil.ignore_patterns(".*", "warehouse", "__pycache__"))


@pytest.fixture
def shop(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(project))
    monkeypatch.setenv("DATA_MANAGEMENT_SETTLE_SECONDS", "0")
    monkeypatch.delenv("SHOP_WAREHOUSE", raising=False)
    monkeypatch.syspath_prepend(project / "src")
    monkeypatch.chdir(project)
    _forget_modules()  # also those of another test's `shop`
    yield Shop(project)
    _forget_modules()


def _forget_modules() -> None:
    for name in [name for name in sys.modules if name == "shop" or name.startswith("shop.")]:
        del sys.modules[name]


def test_a_bad_day_is_quarantined_holds_the_gate_and_is_mended(shop: Shop) -> None:
    assert shop.make("raw/orders", "customers").success
    shop.tick()  # the first sees the state of things; from now on what changes
    assert shop.make(*CHAIN).success
    assert shop.table("revenue_by_country").to_dict("list") == {
        "country": ["DE", "AT", "FR"],
        "orders": [3, 1, 1],
        "revenue": [173.4, 7.25, 5.0],
    }
    assert shop.table("revenue_share")["percent"].tolist() == [93.4, 3.9, 2.7]
    assert shop.tick() == []

    third = shop.folder / "landing" / "orders" / THIRD
    third.write_text(BAD)
    judged = shop.make("raw/orders")
    assert {each.check_name for each in judged.get_asset_check_evaluations() if not each.passed} >= {"verdict"}
    assert shop.statuses() == {"2026-03-01.csv": "accepted", "2026-03-02.csv": "accepted", THIRD: "quarantined"}
    assert shop.tick() == []
    by_hand = shop.make("orders")
    assert not by_hand.success
    (failure,) = [event.step_failure_data for event in by_hand.filter_events(lambda event: event.is_step_failure)]
    assert failure.user_failure_data is not None
    assert "Dataset orders does not meet what is required of it" in str(failure.user_failure_data.description)
    assert len(shop.table("orders")) == 5

    third.write_text(BAD.replace("-15.00", "15.00"))
    assert shop.make("raw/orders").success
    assert shop.tick() == CHAIN
    assert len(shop.table("orders")) == 7
    assert shop.table("revenue_by_country").set_index("country")["revenue"].to_dict() == {
        "DE": 173.4,
        "FR": 17.0,
        "CH": 15.0,
        "AT": 7.25,
    }


def test_customers_by_a_bad_export_are_held_back_by_their_contract(shop: Shop) -> None:
    (shop.folder / "sources" / "customers.csv").write_text(
        "id,email,country\n1,ann@example.com,DE\n1,bo@example.com,\n"
    )
    result = shop.make("customers", *CHAIN[1:])
    failed = {each.check_name for each in result.get_asset_check_evaluations() if not each.passed}
    assert failed == {"verdict", "id__unique", "country__required"}
    assert [
        event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key
    ] == ["customers"]


def test_it_declares_what_its_page_says(shop: Shop) -> None:
    dg.Definitions.validate_loadable(shop.defs)
    specs = {spec.key.to_user_string(): spec for spec in shop.defs.resolve_all_asset_specs()}
    assert {dep.asset_key.to_user_string() for dep in specs["revenue_by_country"].deps} == {"orders", "customers"}
    assert {name for name, spec in specs.items() if spec.freshness_policy} == {"raw/orders", "customers"}
    assert specs["raw/stock"].partitions_def is not None
