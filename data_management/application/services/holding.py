"""A run's hold on the batch that it has claimed."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from data_management.application.commands import Command, ExpireLeaseCommand, ReleaseBatchCommand, RenewLeaseCommand
from data_management.application.holders import run_of
from data_management.application.services.facade import Application
from data_management.application.services.heartbeats import heartbeat
from data_management.errors import DataManagementError

logger = logging.getLogger(__name__)


@contextmanager
def holding(app: Application, holder: str, lease_seconds: float) -> Iterator[None]:
    """Keep a holder's lease alive from a thread; when the block fails, give back what is held."""

    def renew() -> bool:
        app.run(RenewLeaseCommand(holder, lease_seconds))
        return True

    with heartbeat(renew, lease_seconds, f"lease-{holder}", {"run_id": run_of(holder)}):
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


def _give_back(app: Application, holder: str, lease_seconds: float) -> None:
    _end_lease(app, ReleaseBatchCommand(holder, pending_after_seconds=lease_seconds))


def _end_lease(app: Application, command: Command[int]) -> None:
    try:
        app.run(command)
    except DataManagementError as error:
        logger.warning("batch not given back; its lease runs out", extra={"why": str(error)})
