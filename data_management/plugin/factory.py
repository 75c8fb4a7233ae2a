"""Datasets of a folder of data contracts, in one call."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster as dg

from data_management.errors import InvalidInput
from data_management.observability import get_logger
from data_management.orchestration import DefinitionOptions, OpOptions, Timing, dataset_definitions
from data_management.orchestration.results import Granularity
from data_management.plugin.resource import CATALOG_RESOURCE, container_of
from data_management.settings import load_settings


def build_dataset_definitions(
    contracts: Path | str | None = None,
    *,
    key_prefix: str | Sequence[str] | None = None,
    checks: Granularity | None = None,
    executor_def: dg.ExecutorDefinition | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    retry_policy: dg.RetryPolicy | None = None,
) -> dg.Definitions:
    """Definitions of every dataset that the data contracts of a folder declare.

    Args:
        contracts: the folder, absolute or relative to ``DATA_MANAGEMENT_HOME``; unset, as ``DATA_MANAGEMENT_CONTRACTS`` says.
        key_prefix: prefix of all asset keys; a string is split at ``/``.
        checks: asset checks beside each dataset's verdict: ``per_rule``, ``per_dimension`` or ``verdict`` (none). Unset: per
            rule, and per dimension above 50 rules.
        executor_def: executor of the jobs made here; unset: in one process.
        op_tags: tags of each dataset's op.
        pool: concurrency pool of each dataset's op.
        retry_policy: retry policy of each dataset's op.

    Raises:
        InvalidInput: a setting is bad; or, with ``DATA_MANAGEMENT_STRICT``, a contract is.
        NotFound: there is no such folder.
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
    prefix = settings.key_prefix if key_prefix is None else key_prefix
    parts = prefix.split("/") if isinstance(prefix, str) else prefix
    return dataset_definitions(
        readings,
        CATALOG_RESOURCE,
        DefinitionOptions(
            key_prefix=tuple(part for part in parts if part),
            checks=checks or settings.checks,
            timing=Timing(settle_seconds=settings.settle_seconds, lease_seconds=settings.lease_seconds),
            op=OpOptions(op_tags=op_tags, pool=pool, retry_policy=retry_policy),
            executor=executor_def,
            sensor_interval_seconds=settings.sensor_interval_seconds,
            tick_seconds=settings.tick_seconds,
            revalidate_cron=settings.revalidate_cron,
            reconcile_cron=settings.reconcile_cron,
            relays_events=bool(container.publishers()),
        ),
    )
