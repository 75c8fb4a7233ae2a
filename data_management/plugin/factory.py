"""Datasets of a folder of data contracts, in one call."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from data_management.errors import InvalidInput
from data_management.observability import get_logger
from data_management.orchestration import (
    DefinitionOptions,
    Execute,
    OpOptions,
    Start,
    Timing,
    Translation,
    dataset_definitions,
)
from data_management.orchestration.naming import prefix_parts
from data_management.orchestration.results import Granularity
from data_management.plugin.contracts import ContractsOnDisk
from data_management.plugin.resource import catalog, container_of
from data_management.settings import load_settings


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Pauses Python's collector: what is made here stays as long as the code location, and to look for garbage among it, again and
    again, takes a sixth of the time that 500 datasets need.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_nothing_collected()
def build_dataset_definitions(
    contracts: Path | str | None = None,
    *,
    key_prefix: str | Sequence[str] | None = None,
    name: str | None = None,
    checks: Granularity | None = None,
    translation: Translation | None = None,
    execute: Execute | None = None,
    executor_def: dg.ExecutorDefinition | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    retry_policy: dg.RetryPolicy | None = None,
    schedules: Start = "running",
    sensors: Start = "running",
) -> dg.Definitions:
    """Definitions of every dataset that the data contracts of a folder declare, to be merged with your own.

    They set no executor, logger or IO manager, and one resource: ``data_management_catalog``. Loading them opens no catalog.

    Args:
        contracts: the folder, absolute or relative to ``DATA_MANAGEMENT_HOME``; unset, as ``DATA_MANAGEMENT_CONTRACTS`` says.
        key_prefix: prefix of all asset keys; a string is split at ``/``.
        name: what the names of jobs, sensors and schedules begin with; unset: the key prefix. Two calls in one code location
            need two prefixes or two names.
        checks: asset checks beside each dataset's verdict: ``per_rule``, ``per_dimension`` or ``verdict`` (none). Unset: per
            rule, and per dimension above 50 rules.
        translation: makes the asset spec of a dataset from ours: another key, group, owners, automation condition. Where it
            names other `deps` than ``landing/<dataset>``, they are the lineage, and what landed is no asset of ours.
        execute: is called in place of ``step.results()`` when a dataset is run, and yields what that yields.
        executor_def: executor of the jobs made here; unset: in one process.
        op_tags: tags of each dataset's op.
        pool: concurrency pool of each dataset's op.
        retry_policy: retry policy of each dataset's op.
        schedules: of re-validation and reconciliation: ``running`` from the start, ``stopped`` until somebody starts them, or
            ``none``; their jobs are there in any case.
        sensors: of landings and events, likewise.

    Raises:
        InvalidInput: a setting is bad; or, with ``DATA_MANAGEMENT_STRICT``, a contract is.
        NotFound: there is no such folder.

    Example:
        >>> import dagster as dg
        >>> from data_management.plugin import build_dataset_definitions
        >>> @dg.asset(deps=[dg.AssetKey(["raw", "flights"])])
        ... def delays() -> None: ...
        >>> datasets = build_dataset_definitions("contracts", key_prefix="raw", pool="quality", sensors="stopped")
        >>> defs = dg.Definitions.merge(dg.Definitions(assets=[delays]), datasets)
        >>> defs.resolve_sensor_def("raw_landing_sensor").default_status.name
        'STOPPED'
    """
    settings = load_settings()
    container = container_of(settings)
    folder = settings.home / contracts if contracts else settings.contracts_folder
    readings = container.contracts().read_folder(folder)
    problems = [str(problem) for reading in readings for problem in reading.problems]
    if problems and settings.strict:
        raise InvalidInput("broken data contracts:\n" + "\n".join(problems))
    for problem in problems:
        get_logger(__name__).warning("broken data contract", problem=problem)
    return dataset_definitions(
        readings,
        catalog,
        DefinitionOptions(
            key_prefix=prefix_parts(settings.key_prefix if key_prefix is None else key_prefix),
            name=name,
            checks=checks or settings.checks,
            timing=Timing(settle_seconds=settings.settle_seconds, lease_seconds=settings.lease_seconds),
            op=OpOptions(op_tags=op_tags, pool=pool, retry_policy=retry_policy, execute=execute),
            translation=translation,
            executor=executor_def,
            sensors=sensors,
            schedules=schedules,
            sensor_interval_seconds=settings.sensor_interval_seconds,
            tick_seconds=settings.tick_seconds,
            revalidate_cron=settings.revalidate_cron,
            reconcile_cron=settings.reconcile_cron,
            is_current=ContractsOnDisk(container.contracts()).is_current,
            relays_events=bool(container.publishers()),
        ),
    )
