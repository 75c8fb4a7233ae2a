"""A consumer of a dataset works: what it has not seen, and its offset once that is done."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from data_management.application.consumption import (
    CommitConsumptionCommand,
    ListUnseenFilesQuery,
    OpenConsumptionCommand,
    ReleaseConsumptionCommand,
    RenewConsumptionCommand,
)
from data_management.application.files import FileChanges
from data_management.application.services.facade import Application
from data_management.domain.repositories import OffsetMove
from data_management.errors import Conflict, DataManagementError, InvalidInput

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


@contextmanager
def consume_files(
    app: Application,
    dataset: str,
    consumer: str,
    *,
    limit: int | None = None,
    lease_seconds: float = 60.0,
    wait_seconds: float | None = None,
) -> Iterator[FileChanges]:
    """What a consumer has not seen. When the block ends its offset moves; when it raises, all is given again.

    Another process that works as the same consumer is waited for, as long as its lease lasts when it has died (or `wait_seconds`):
    then `Conflict`. So it is at the end of the block where this process showed no sign of life for `lease_seconds`, and another took over.
    """
    if not consumer.strip():
        raise InvalidInput("a consumer needs a name: it is where its offset is kept")
    holder = uuid4().hex
    _open(app, OpenConsumptionCommand(dataset, consumer, holder, lease_seconds), wait_seconds)
    try:
        with _lease(app, dataset, consumer, holder, lease_seconds):
            changes = app.ask(ListUnseenFilesQuery(dataset, consumer, limit))
            yield changes
    except BaseException:
        _give_back(app, ReleaseConsumptionCommand(dataset, consumer, holder))
        raise
    move = OffsetMove(dataset, consumer, changes.after, changes.to, changes.head, holder)
    app.run(CommitConsumptionCommand(move))


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


@contextmanager
def _lease(app: Application, dataset: str, consumer: str, holder: str, seconds: float) -> Iterator[None]:
    """Show signs of life from a thread."""
    stop = threading.Event()
    about = {"dataset": dataset, "consumer": consumer}

    def beat() -> None:
        while not stop.wait(seconds / 4):
            try:
                if not app.run(RenewConsumptionCommand(dataset, consumer, holder, seconds)):
                    logger.warning("another process works as this consumer: this one cannot commit", extra=about)
                    return
            except DataManagementError as error:
                logger.warning("lease not renewed", extra=about | {"why": str(error)})

    thread = threading.Thread(target=beat, name=f"consumer-{consumer}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _give_back(app: Application, command: ReleaseConsumptionCommand) -> None:
    try:
        app.run(command)
    except DataManagementError as error:
        logger.warning("consumer not given back; its lease runs out", extra={"why": str(error)})
