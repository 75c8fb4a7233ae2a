"""A Dagster project over fakes: definitions, an ephemeral instance, and the verbs of tests."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from data_management.application.ports import ContractReading
from data_management.application.services import Application
from data_management.domain.models import Dataset
from data_management.errors import DataManagementError
from data_management.orchestration import CATALOG, CatalogResource, DefinitionOptions, Timing, dataset_definitions
from data_management_tests.unit.application.world import Outcomes, World

AT_ONCE = DefinitionOptions(timing=Timing(settle_seconds=0))
_PROJECTS: list["Project"] = []


class WorldCatalog(CatalogResource):
    """The façade of a project's `World` (Dagster copies resources, so it holds a number); or its `broken` error."""

    number: int

    def open_application(self) -> Application:
        project = _PROJECTS[self.number]
        if project.broken:
            raise project.broken
        return project.world.app


class Project:
    def __init__(
        self,
        outcomes: Outcomes | None = None,
        dataset: Dataset | None = None,
        options: DefinitionOptions = AT_ONCE,
        others: Sequence[ContractReading] = (),
        downstream: Sequence[Any] = (),
    ) -> None:
        self.world = World(outcomes, dataset)
        self.broken: DataManagementError | None = None
        _PROJECTS.append(self)
        self.catalog = WorldCatalog(number=len(_PROJECTS) - 1)
        readings = [ContractReading("orders.yaml", (self.world.dataset,)), *others]
        defs = dataset_definitions(readings, self.catalog, options)
        self.defs = dg.Definitions.merge(defs, dg.Definitions(assets=downstream))
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None

    def tick(self, *, test: bool = False) -> dg.SensorResult:
        """Evaluate the sensor; a `test` tick leaves the cursor as it was, as Dagster's UI does."""
        sensor = self.defs.resolve_sensor_def("landing_sensor")
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor, resources={CATALOG: self.catalog})
        result = sensor(context)
        assert isinstance(result, dg.SensorResult)
        if not test:
            self.cursor = result.cursor
        return result

    def materialize(self, *keys: str, run_id: str | None = None) -> dg.ExecuteInProcessResult:
        job = self.defs.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            instance=self.instance,
            run_id=run_id,
            asset_selection=[dg.AssetKey(key.split("/")) for key in keys or ("orders",)],
            raise_on_error=False,
        )

    def revalidate(self) -> dg.ExecuteInProcessResult:
        return self.defs.resolve_job_def("revalidate_datasets").execute_in_process(
            instance=self.instance, raise_on_error=False
        )


def events(result: dg.ExecuteInProcessResult) -> list[str]:
    """What a run told Dagster: ``materialized orders``, ``verdict passed``, ``skipped down`` …"""
    told = []
    for event in result.all_events:
        match event.event_type:
            case dg.DagsterEventType.ASSET_MATERIALIZATION:
                told.append(f"materialized {event.asset_key.to_user_string()}")
            case dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                data = event.asset_check_evaluation_data
                outcome = "passed" if data.passed else f"failed {data.severity.value}"
                told.append(f"{data.check_name} {outcome}")
            case dg.DagsterEventType.STEP_SKIPPED:
                told.append(f"skipped {event.step_key}")
            case _:
                pass
    return told
