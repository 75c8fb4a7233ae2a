"""From contracts to Dagster definitions."""

from collections.abc import Callable, Sequence

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.application.ports import ContractProblem, ContractReading
from data_management.domain.models import Dataset
from data_management.orchestration.assets import OpOptions, broken_asset, dataset_asset
from data_management.orchestration.datasets import DatasetNames, dataset_spec, landing_spec
from data_management.orchestration.jobs import JudgingJobs, judging_jobs
from data_management.orchestration.naming import joined
from data_management.orchestration.pinning import IsCurrent
from data_management.orchestration.resource import CATALOG, CatalogResource
from data_management.orchestration.results import Granularity
from data_management.orchestration.schedules import reconciliation, revalidation, scheduled
from data_management.orchestration.sensors import landing_sensor, relay_sensor
from data_management.orchestration.starting import Start, sensor_status
from data_management.orchestration.step import Timing

Translation = Callable[[dg.AssetSpec, Dataset], dg.AssetSpec]


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class DefinitionOptions:
    """How datasets appear in Dagster."""

    key_prefix: tuple[str, ...] = ()
    name: str | None = None
    """What the names of jobs, sensors and schedules begin with; None: the key prefix."""
    checks: Granularity | None = None
    timing: Timing = Timing()
    op: OpOptions = OpOptions()
    translation: Translation | None = None
    executor: dg.ExecutorDefinition | None = None
    sensors: Start = "running"
    schedules: Start = "running"
    sensor_interval_seconds: int = 15
    tick_seconds: float = 20.0
    revalidate_cron: str = "0 3 * * *"
    reconcile_cron: str = "30 2 * * *"
    is_current: IsCurrent | None = None
    relays_events: bool = False
    """Whether a sensor delivers events: where they are sent anywhere."""

    @property
    def name_prefix(self) -> str:
        parts = self.key_prefix if self.name is None else (self.name,)
        return f"{joined(parts)}_" if parts else ""


def dataset_definitions(
    readings: Sequence[ContractReading], catalog: CatalogResource, options: DefinitionOptions = DefinitionOptions()
) -> dg.Definitions:
    """Definitions of all datasets that the contracts declare; a broken contract's datasets say what is wrong with it."""
    datasets = [_translated(dataset, options) for reading in readings for dataset in reading.datasets]
    declared = {dataset.name for dataset, _, _ in datasets}
    problems: dict[str, list[ContractProblem]] = {}
    for reading in readings:
        for name in reading.names if reading.problems else ():
            problems.setdefault(name, []).extend(reading.problems)
    broken = [
        broken_asset(its, name, DatasetNames(name, options.key_prefix))
        for name, its in problems.items()
        if name not in declared
    ]
    if not datasets:
        return dg.Definitions(assets=broken, resources={CATALOG: catalog})
    names = [(dataset, names) for dataset, _, names in datasets]
    executor = options.executor or dg.in_process_executor
    judging = judging_jobs([(dataset.name, spec) for dataset, spec, _ in datasets], executor, options.name_prefix)
    others = [
        (revalidation([each for _, each in names], executor, options.name_prefix), options.revalidate_cron),
        (
            reconciliation([dataset for dataset, _ in names], executor, options.timing, options.name_prefix),
            options.reconcile_cron,
        ),
    ]
    return dg.Definitions(
        assets=[
            *(landing_spec(dataset, each) for dataset, each in names if each.has_landing),
            *(
                dataset_asset(dataset, spec, each, checks=options.checks, timing=options.timing, options=options.op)
                for dataset, spec, each in datasets
            ),
            *broken,
        ],
        jobs=[*judging.jobs, *(other for other, _ in others)],
        sensors=[] if options.sensors == "none" else _sensors(names, judging, options),
        schedules=(
            [] if options.schedules == "none" else [scheduled(other, cron, options.schedules) for other, cron in others]
        ),
        resources={CATALOG: catalog},
    )


def _translated(dataset: Dataset, options: DefinitionOptions) -> tuple[Dataset, dg.AssetSpec, DatasetNames]:
    """A dataset as it is shown. What landed is no asset of ours where the translation names another upstream."""
    names = DatasetNames(dataset.name, options.key_prefix)
    spec = dataset_spec(dataset, names)
    if options.translation is None:
        return dataset, spec, names
    spec = options.translation(spec, dataset)
    has_landing = any(dep.asset_key == names.landing_key for dep in spec.deps)
    return dataset, spec, DatasetNames(dataset.name, options.key_prefix, tuple(spec.key.path), has_landing)


def _sensors(
    datasets: Sequence[tuple[Dataset, DatasetNames]], judging: JudgingJobs, options: DefinitionOptions
) -> list[dg.SensorDefinition]:
    status = sensor_status(options.sensors)
    landing = landing_sensor(
        datasets,
        judging,
        name=f"{options.name_prefix}landing_sensor",
        interval_seconds=options.sensor_interval_seconds,
        tick_seconds=options.tick_seconds,
        timing=options.timing,
        status=status,
        is_current=options.is_current,
    )
    if not options.relays_events:
        return [landing]
    relay = relay_sensor(
        name=f"{options.name_prefix}event_relay_sensor",
        interval_seconds=options.sensor_interval_seconds,
        tick_seconds=options.tick_seconds,
        status=status,
    )
    return [landing, relay]
