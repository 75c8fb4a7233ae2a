"""From contracts to Dagster definitions."""

from collections.abc import Sequence

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.application.ports import ContractReading
from data_management.orchestration.assets import OpOptions, Timing, broken_asset, dataset_asset
from data_management.orchestration.datasets import DatasetNames, landing_spec
from data_management.orchestration.naming import slug
from data_management.orchestration.resource import CATALOG, CatalogResource
from data_management.orchestration.results import Granularity
from data_management.orchestration.schedules import reconciliation, revalidation
from data_management.orchestration.selection import DatasetSelection
from data_management.orchestration.sensors import landing_sensor, relay_sensor


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class DefinitionOptions:
    """How datasets appear in Dagster."""

    key_prefix: tuple[str, ...] = ()
    checks: Granularity | None = None
    timing: Timing = Timing()
    op: OpOptions = OpOptions()
    executor: dg.ExecutorDefinition | None = None
    sensor_interval_seconds: int = 15
    tick_seconds: float = 20.0
    revalidate_cron: str = "0 3 * * *"
    reconcile_cron: str = "30 2 * * *"
    relays_events: bool = False
    """Whether a sensor delivers events: where they are sent anywhere."""


def dataset_definitions(
    readings: Sequence[ContractReading], catalog: CatalogResource, options: DefinitionOptions = DefinitionOptions()
) -> dg.Definitions:
    """Definitions of all datasets that the contracts declare; a broken contract's datasets say what is wrong with it."""
    prefix = options.key_prefix
    datasets = [(dataset, DatasetNames(dataset.name, prefix)) for reading in readings for dataset in reading.datasets]
    broken = [
        broken_asset(reading, name, DatasetNames(name, prefix))
        for reading in readings
        if reading.problems
        for name in reading.names
        if name not in {dataset.name for dataset, _ in datasets}
    ]
    if not datasets:
        return dg.Definitions(assets=broken, resources={CATALOG: catalog})
    executor = options.executor or dg.in_process_executor
    name_prefix = "".join(f"{slug(part)}_" for part in prefix)
    job = dg.define_asset_job(
        f"{name_prefix}validate_datasets",
        selection=DatasetSelection({names.key: dataset.name for dataset, names in datasets}),
        executor_def=executor,
        description="Judges what has landed, dataset by dataset.",
    )
    return dg.Definitions(
        assets=[
            *(landing_spec(dataset, names) for dataset, names in datasets),
            *(
                dataset_asset(dataset, names, checks=options.checks, timing=options.timing, options=options.op)
                for dataset, names in datasets
            ),
            *broken,
        ],
        jobs=[job],
        sensors=[
            landing_sensor(
                datasets,
                job,
                name=f"{name_prefix}landing_sensor",
                interval_seconds=options.sensor_interval_seconds,
                tick_seconds=options.tick_seconds,
                timing=options.timing,
            ),
            *_relay_sensors(name_prefix, options),
        ],
        schedules=[
            revalidation([names for _, names in datasets], options.revalidate_cron, executor, name_prefix),
            reconciliation(
                [dataset for dataset, _ in datasets], options.reconcile_cron, executor, options.timing, name_prefix
            ),
        ],
        resources={CATALOG: catalog},
    )


def _relay_sensors(name_prefix: str, options: DefinitionOptions) -> list[dg.SensorDefinition]:
    if not options.relays_events:
        return []
    return [
        relay_sensor(
            name=f"{name_prefix}event_relay_sensor",
            interval_seconds=options.sensor_interval_seconds,
            tick_seconds=options.tick_seconds,
        )
    ]
