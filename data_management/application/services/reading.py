"""A consumer of a dataset works: what it has not seen, and its offset once that is done."""

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

from data_management.application.commands import (
    CommitConsumptionCommand,
    OpenConsumptionCommand,
    ReleaseConsumptionCommand,
    RenewConsumptionCommand,
)
from data_management.application.file_changes import GivenFiles
from data_management.application.queries import ListUnseenFilesQuery
from data_management.application.services.facade import Application
from data_management.application.services.heartbeats import heartbeat
from data_management.domain.models import OffsetMove
from data_management.errors import Conflict, DataManagementError, InvalidInput

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
_SHOWN = 5


@contextmanager
def consume_files(
    app: Application,
    dataset: str,
    consumer: str,
    *,
    limit: int | None = None,
    lease_seconds: float = 60.0,
    wait_seconds: float | None = None,
    ignore_withdrawn: bool = False,
) -> Iterator[GivenFiles]:
    """What a consumer has not seen. When the block ends its offset moves; when it raises, all is given again.

    Another process that works as the same consumer is waited for, as long as its lease lasts when it has died (or `wait_seconds`):
    then `Conflict`. So it is where files were withdrawn and the block did not look at them, unless it ignores them: it would go on with what
    came of them. So it is at the end of the block where this process showed no sign of life for `lease_seconds`, and another took over.
    """
    if not consumer.strip():
        raise InvalidInput("a consumer needs a name: it is where its offset is kept")
    holder = uuid4().hex
    _open(app, OpenConsumptionCommand(dataset, consumer, holder, lease_seconds), wait_seconds)
    try:
        with _lease(app, dataset, consumer, holder, lease_seconds):
            changes = GivenFiles(app.ask(ListUnseenFilesQuery(dataset, consumer, limit)))
            yield changes
            if not ignore_withdrawn:
                _must_not_overlook(changes, consumer)
    except BaseException:
        _give_back(app, ReleaseConsumptionCommand(dataset, consumer, holder))
        raise
    move = OffsetMove(dataset, consumer, changes.after, changes.to, changes.head, holder)
    app.run(CommitConsumptionCommand(move))


def _must_not_overlook(changes: GivenFiles, consumer: str) -> None:
    if not changes.overlooked:
        return
    shown = [f"{file.name!r} ({file.withdrawn})" for file in changes.overlooked]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    raise Conflict(
        f"{len(shown)} file(s) that consumer {consumer!r} of dataset {changes.dataset!r} had were withdrawn: {', '.join(shown[:_SHOWN])}{more}; nobody "
        "looked at `withdrawn`, so the offset stays: take away what came of them, or say ignore_withdrawn=True"
    )


def _open(app: Application, command: OpenConsumptionCommand, wait_seconds: float | None) -> None:
    patience = command.lease_seconds + 2 * _POLL_SECONDS if wait_seconds is None else wait_seconds
    deadline = time.monotonic() + patience
    while True:
        try:
            app.run(command)
        except Conflict:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _lease(app: Application, dataset: str, consumer: str, holder: str, seconds: float) -> AbstractContextManager[None]:
    about = {"dataset": dataset, "consumer": consumer}

    def renew() -> bool:
        if app.run(RenewConsumptionCommand(dataset, consumer, holder, seconds)):
            return True
        logger.warning("another process works as this consumer: this one cannot commit", extra=about)
        return False

    return heartbeat(renew, seconds, f"consumer-{consumer}", about)


def _give_back(app: Application, command: ReleaseConsumptionCommand) -> None:
    try:
        app.run(command)
    except DataManagementError as error:
        logger.warning("consumer not given back; its lease runs out", extra={"why": str(error)})
