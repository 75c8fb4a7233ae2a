"""Somebody else's Dagster project, with a contract for its assets, over a catalog of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from data_management.application.queries import GetDatasetQuery, GetQualityHistoryQuery, ListDataAssetsQuery
from data_management.application.services import Application
from data_management.application.views import AssetView, DatasetView, ScorePoint
from data_management.plugin import DataManagementCatalog

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true, unique: true}
      - {name: email, logicalType: string, classification: restricted}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0}}
"""


def good(rows: int = 4) -> pd.DataFrame:
    return pd.DataFrame({
        "id": list(range(rows)),
        "email": [f"canary{row}@example.org" for row in range(rows)],
        "amount": [1.5] * rows,
    })  # fmt: skip


def bad(rows: int = 4) -> pd.DataFrame:
    """A negative amount, and an id that is missing."""
    frame = good(rows).astype({"id": "Int64"})
    frame.loc[0, "id"] = pd.NA
    frame.loc[1, "amount"] = -1.0
    return frame


class Shop:
    """Runs of `assets` and `checks` in this process, on an instance that keeps what assets hold below `home`."""

    def __init__(self, home: Path, assets: Sequence[Any], checks: Sequence[Any] = (), **resources: Any) -> None:
        self.home = home
        resources.setdefault("io_manager", dg.FilesystemIOManager(base_dir=str(home / "storage")))
        self.defs = dg.Definitions(
            assets=assets,
            asset_checks=checks,
            resources=resources,
            jobs=[
                dg.define_asset_job("make", executor_def=dg.in_process_executor),
                dg.define_asset_job("check", dg.AssetSelection.all_asset_checks(), executor_def=dg.in_process_executor),
            ],
        )
        self.instance = dg.DagsterInstance.ephemeral()

    def make(self, *keys: str, **options: Any) -> dg.ExecuteInProcessResult:
        """Materialize assets (all, where none is named), with their checks."""
        selection = [dg.AssetKey(key.split("/")) for key in keys] or None
        return self._run("make", asset_selection=selection, **options)

    def check(self, **options: Any) -> dg.ExecuteInProcessResult:
        """Run the checks alone."""
        return self._run("check", **options)

    def _run(self, job: str, **options: Any) -> dg.ExecuteInProcessResult:
        return self.defs.resolve_job_def(job).execute_in_process(
            instance=self.instance, raise_on_error=False, **options
        )

    @property
    def app(self) -> Application:
        return DataManagementCatalog().open_application()

    def assets(self, *, current_only: bool = True) -> list[AssetView]:
        return list(self.app.ask(ListDataAssetsQuery(limit=1000, current_only=current_only)).assets)

    def statuses(self, *, current_only: bool = True) -> list[str]:
        """``dagster:///orders accepted`` …"""
        return [f"{asset.location} {asset.status.value}" for asset in self.assets(current_only=current_only)]

    def dataset(self, name: str = "orders") -> DatasetView:
        return self.app.ask(GetDatasetQuery(name))

    def scores(self, name: str = "orders") -> tuple[ScorePoint, ...]:
        return self.app.ask(GetQualityHistoryQuery(name)).points


class Memory(dg.IOManager):
    """Holds what assets, and each of their partitions, were made of; `asked` are the types that were asked for."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}
        self.asked: list[object] = []

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        if context.has_asset_partitions:
            self.held |= obj if isinstance(obj, dict) else {context.asset_partition_key: obj}
        else:
            self.held[context.asset_key.to_user_string()] = obj

    def load_input(self, context: dg.InputContext) -> Any:
        self.asked.append(context.dagster_type.typing_type)
        name = context.asset_partition_key if context.has_asset_partitions else context.asset_key.to_user_string()
        return self.held[name]


def outcomes(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    """By check: passed, or failed and how badly."""
    found = result.get_asset_check_evaluations()
    return {each.check_name: "passed" if each.passed else f"failed {each.severity.value}" for each in found}


def made(result: dg.ExecuteInProcessResult) -> list[str]:
    """The assets that were materialized, in their order."""
    return [event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key]


def why(result: dg.ExecuteInProcessResult) -> str:
    """What the steps that failed told, in their `Failure` or error."""
    told = []
    for event in result.filter_events(lambda event: event.is_step_failure):
        data = event.step_failure_data
        told.append((data.user_failure_data.description if data.user_failure_data else None) or str(data.error))
    return "\n".join(told)
