"""A run's hold on the batch that it has claimed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from data_management.application.commands import Command, ExpireLeaseCommand, ReleaseBatchCommand, RenewLeaseCommand
from data_management.application.holders import run_of
from data_management.application.services.facade import Application
from data_management.errors import DataManagementError

logger = logging.getLogger(__name__)

_LAST_SECONDS = 5.0
"""The thread that renews a lease may wait for the catalog longer than anybody waits for the end of a run."""


@contextmanager
def holding(app: Application, holder: str, lease_seconds: float) -> Iterator[None]:
    """Keep a holder's lease alive from a thread; when the block fails, give back what is held."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(lease_seconds / 4):
            try:
                app.run(RenewLeaseCommand(holder, lease_seconds))
            except DataManagementError as error:
                logger.warning("lease not renewed", extra={"run_id": run_of(holder), "why": str(error)})

    thread = threading.Thread(target=beat, name=f"lease-{holder}", daemon=True)
    thread.start()
    try:
        yield
    except Exception as error:
        if isinstance(error, DataManagementError):  # not the files' fault: uncounted
            _give_back(app, holder, lease_seconds)
        else:  # perhaps a file's fault: it counts as an attempt, so that the file is found
            _end_lease(app, ExpireLeaseCommand(holder))
        raise
    except BaseException:  # somebody ended the run: Ctrl-C, SIGTERM, Dagster
        _give_back(app, holder, lease_seconds)
        raise
    finally:
        stop.set()
        thread.join(_LAST_SECONDS)


def _give_back(app: Application, holder: str, lease_seconds: float) -> None:
    _end_lease(app, ReleaseBatchCommand(holder, pending_after_seconds=lease_seconds))


def _end_lease(app: Application, command: Command[int]) -> None:
    try:
        app.run(command)
    except DataManagementError as error:
        logger.warning("batch not given back; its lease runs out", extra={"why": str(error)})
