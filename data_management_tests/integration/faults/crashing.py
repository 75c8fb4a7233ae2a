"""Process groups that do the product's work and are killed at it: ``python -m … ACKNOWLEDGED`` starts them as it is told.

The libraries are loaded once, here; each group is forked from this process, so that 200 of them take minutes. Each line of standard
input is a JSON document and is answered by one: ``{"start": [roles]}`` with the group's id, ``{"stop": group}`` (SIGTERM) with the
exit statuses. A role is ``sense`` (looks at the landing), ``judge`` (claims, examines in its own process, scores), ``pool`` (the same
with the product's worker processes), ``relay``; or ``deliver`` and ``revalidate``, which end by themselves. What a run was told to be stored, it appends to the file ACKNOWLEDGED.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from dependency_injector import providers

from data_management.application.ports import ExaminationOutcome, ExaminationRequest
from data_management.application.services import (
    Application,
    FileOutcome,
    RelayState,
    reconcile,
    record_landing,
    revalidate,
    validate_arrivals,
)
from data_management.container import Container
from data_management.domain.models import Dataset
from data_management.errors import DataManagementError
from data_management.infrastructure.quality.worker import examine_here, load_libraries
from data_management.settings import load_settings

Role = Callable[[Application, Dataset, threading.Event], None]
_acknowledged: int


class EngineInThisProcess:
    """The product's examination without its workers, which take seconds to start."""

    def examine(self, requests: Iterable[ExaminationRequest | None]) -> Iterator[ExaminationOutcome]:
        return (examine_here(request) for request in requests if request is not None)

    def close(self) -> None:
        pass


def sense(app: Application, dataset: Dataset, stop: threading.Event) -> None:
    look = 0
    while not stop.wait(0.03):
        record_landing(app, dataset, settle_seconds=0)
        look += 1
        if look % 4 == 0:
            reconcile(app, dataset, settle_seconds=0)


def judge(app: Application, dataset: Dataset, stop: threading.Event) -> None:
    lease = load_settings().lease_seconds
    while not stop.wait(0.03):
        validate_arrivals(app, dataset, uuid4().hex, lease_seconds=lease, on_outcome=acknowledge)


def acknowledge(outcome: FileOutcome) -> None:
    os.write(_acknowledged, f"{outcome.name} {outcome.status.value}\n".encode())


def relay(app: Application, _dataset: Dataset, stop: threading.Event) -> None:
    while not stop.wait(0.03):
        app.relay.tick(stop=stop.is_set)


def deliver(app: Application, _dataset: Dataset, _stop: threading.Event) -> None:
    while any(each.state is not RelayState.DONE for each in app.relay.tick().destinations):
        time.sleep(0.05)


def revalidate_once(app: Application, dataset: Dataset, _stop: threading.Event) -> None:
    revalidate(app, dataset, uuid4().hex)


ROLES: dict[str, Role] = {
    "sense": sense,
    "judge": judge,
    "pool": judge,
    "relay": relay,
    "deliver": deliver,
    "revalidate": revalidate_once,
}


def work(role: str) -> None:
    """What a process of a group does until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    container = Container()
    if role != "pool":
        container.quality_engine.override(providers.Object(EngineInThisProcess()))
    (reading,) = container.contracts().read_folder(container.settings().contracts_folder)
    app = container.application()
    while not stop.is_set():
        try:
            ROLES[role](app, reading.datasets[0], stop)
            break
        except DataManagementError as error:
            sys.stderr.write(f"{role}: {error}\n")
            time.sleep(0.1)
    app.close()


def forked(role: str, group: int) -> int:
    """The id of a process that works in this group, or in a group of its own (0)."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setpgid(0, group)
        sys.stdin.close()
        work(role)
        status = 0
    except BaseException:  # noqa: BLE001  the test reads it
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        _end(status)


def _end(status: int) -> None:
    """With what runs at exit: spools are removed there."""
    try:
        import atexit

        atexit._run_exitfuncs()
    finally:
        os._exit(status)


def main(acknowledged: str) -> None:
    global _acknowledged  # noqa: PLW0603  a process for one purpose
    _acknowledged = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    load_libraries()
    import httpx  # noqa: F401
    import psycopg  # noqa: F401

    import data_management.infrastructure.data_sources.sql
    import data_management.infrastructure.persistence.schema  # noqa: F401

    groups: dict[int, list[int]] = {}
    tell({"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            first, *rest = asked["start"]
            group = forked(first, 0)
            _in_group(group)
            groups[group] = [group, *(forked(role, group) for role in rest)]
            tell({"group": group})
        else:
            group = asked["stop"]
            if not asked.get("killed"):
                os.killpg(group, signal.SIGTERM)
            tell({"ended": [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in groups.pop(group)]})


def _in_group(pid: int) -> None:
    with suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)  # whoever is first: the others join


def tell(document: object) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
