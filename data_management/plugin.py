"""What a Dagster project imports: the component, the factory, the catalog to read from, the consumer of events."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import dagster as dg

from data_management.application.files import DatasetFile, FileChanges
from data_management.application.messaging import CloudEvent
from data_management.application.services import Application, Consumption, EventHandler, consume
from data_management.container import Container
from data_management.errors import InvalidInput
from data_management.observability import configure_logging, get_logger
from data_management.orchestration import (
    CatalogResource,
    DefinitionOptions,
    OpOptions,
    Timing,
    dataset_definitions,
    gated_eager,
)
from data_management.orchestration.results import Granularity
from data_management.settings import Settings, load_settings

__all__ = [
    "CloudEvent",
    "DataContractsComponent",
    "DataManagementCatalog",
    "DatasetFile",
    "FileChanges",
    "build_dataset_definitions",
    "catalog",
    "consume_events",
    "gated_eager",
]


class DataManagementCatalog(CatalogResource):
    """The catalog as ``DATA_MANAGEMENT_*`` says, opened in the process that uses it."""

    def open_application(self) -> Application:
        return _container(load_settings()).application()


catalog = DataManagementCatalog()
"""The catalog that ``DATA_MANAGEMENT_*`` names, for consumers: `catalog.consume`, `catalog.require`, in Dagster and outside of it.

One object for all: Dagster merges definitions that share a resource key only where they share the resource.
"""


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
    container = _container(settings)
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
        catalog,
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


def consume_events(
    queue: str,
    handle: EventHandler,
    *,
    consumer: str,
    types: Collection[str] = (),
    hidden_seconds: float = 60.0,
    wait_seconds: float = 0.0,
    for_seconds: float | None = None,
) -> Consumption:
    """Handle the events of a queue of SQS, each once: until it is empty, or `for_seconds`.

    Args:
        queue: its name, ARN or URL.
        handle: is called with each event; what it raises leaves the message to the queue, which shows it again and in the end
            redrives it. It may return commands for the catalog, which are executed in the same transaction as the note that the
            event was handled. It is called again only where the process died in between.
        consumer: under which name the catalog remembers what was handled (for 15 days).
        types: such as ``DataQualityUpdated``; others are removed unhandled. None: all.
        hidden_seconds: how long a message is hidden from others while it is handled; longer than `handle` takes.
        wait_seconds: how long to wait for a message, up to 20.
        for_seconds: how long to go on; unset: until the queue is empty.

    Raises:
        Unavailable: the queue or the catalog cannot be used.
    """
    container = _container(load_settings())
    app, messages = container.application(), container.event_queue()(queue, hidden_seconds=hidden_seconds)
    until = None if for_seconds is None else app.clock() + timedelta(seconds=for_seconds)
    try:
        return consume(app, messages, handle, consumer=consumer, types=types, wait_seconds=wait_seconds, until=until)
    finally:
        messages.close()


class DataContractsComponent(dg.Component, dg.Model, dg.Resolvable):
    """Datasets from a folder of data contracts (ODCS)."""

    contracts: str = "contracts"
    """The folder, relative to the component's own."""
    key_prefix: str = ""
    """Prefix of all asset keys; parts are separated by ``/``."""
    checks: Granularity | None = None
    """Asset checks beside each dataset's verdict."""

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        return build_dataset_definitions(context.path / self.contracts, key_prefix=self.key_prefix, checks=self.checks)


@lru_cache(maxsize=8)
def _container(settings: Settings) -> Container:
    """One container per process and settings: connections are pooled across the ticks of a sensor."""
    configure_logging(settings.log_level, settings.log_format)
    container = Container()
    container.settings.override(settings)
    return container
