"""Events a second: recorded, given positions, relayed; beside the destination alone, sent to without catalog and order.

Run: ``python -m benchmarks.relay [--events N] [--webhook-events N]``. "nowhere" is a destination that takes everything at once: what it
costs is the catalog's. The webhook is a server of the standard library in a process of its own; `direct` sends it the same events one by one.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.table import Table as Printed
from sqlalchemy import Engine, text

from data_management.application.messaging import CloudEvent, NotPublished
from data_management.application.ports import EventPublisher
from data_management.application.services import EventRelay
from data_management.domain.models import (
    Column,
    DataAsset,
    DataCatalogEntry,
    DataLocation,
    Dataset,
    Examination,
    Landing,
    VersionToken,
)
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management.infrastructure.messaging import open_publishers
from data_management.infrastructure.persistence.schema import open_catalog

_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_AT_ONCE = 500


class Nowhere:
    destination = "nowhere:"

    def __init__(self, most: int) -> None:
        self.most = most

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[NotPublished | None]:
        return [None] * len(events)

    def close(self) -> None:
        pass


def main() -> None:
    options = _options()
    printed = Printed("step", "events", title="Events of data assets, two each, in SQLite")
    for heading in ("seconds", "events per s", "× direct"):
        printed.add_column(heading, justify="right")

    def row(step: str, events: int, seconds: float, direct: float | None = None) -> None:
        ratio = f"{seconds / events / direct:.2f}" if direct else ""
        printed.add_row(step, f"{events:,}", f"{seconds:.2f}", f"{events / seconds:,.0f}", ratio)

    with Catalog() as engine:
        unit_of_work = SQLUnitOfWorkFactory(engine, utc_now)
        relay = _relay(unit_of_work, [Nowhere(100)])
        relay.tick()
        row("record", options.events, _timed(lambda: _record(unit_of_work, options.events)))
        floor = _timed(lambda: _raw_positions(engine))
        row("positions by raw SQL, undone", options.events, floor)
        row("positions", options.events, _timed(_relay(unit_of_work, []).tick), floor / options.events)
        row("relay to nowhere, 100 a call", options.events, _timed(relay.tick))
    with Catalog() as engine:
        unit_of_work = SQLUnitOfWorkFactory(engine, utc_now)
        relay = _relay(unit_of_work, [Nowhere(1)])
        relay.tick()
        _record(unit_of_work, options.events)
        row("positions and relay to nowhere, 1 a call", options.events, _timed(relay.tick))
    with Receiver() as url, Catalog() as engine:
        unit_of_work, (publisher,) = SQLUnitOfWorkFactory(engine, utc_now), open_publishers(url, _SECRET)
        relay = _relay(unit_of_work, [publisher])
        relay.tick()
        _record(unit_of_work, options.webhook_events)
        events = [CloudEvent.of(each, "/benchmark") for each in _events(unit_of_work)]
        direct = _timed(lambda: [publisher.publish([event]) for event in events])
        row("webhook, direct", len(events), direct)
        row("webhook, relayed", len(events), _timed(relay.tick), direct / len(events))
        publisher.close()
    Console().print(printed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--webhook-events", type=int, default=2_000)
    return parser.parse_args()


class Catalog:
    """A catalog in a folder of its own."""

    def __enter__(self) -> Engine:
        self._folder = tempfile.TemporaryDirectory()
        self._engine = open_catalog(Path(self._folder.name) / "catalog.db", embedded=True)
        with SQLUnitOfWorkFactory(self._engine, utc_now)() as work:
            landing = Landing(DataLocation("file:///landing"), "*.csv")
            work.datasets.save(Dataset(name="d", contract_id="d", contract_version="1", landing=landing))
        return self._engine

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()
        self._folder.cleanup()


class Receiver:
    """The URL of a server in a process of its own."""

    def __enter__(self) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from benchmarks.relay import serve; serve()"], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        return f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


def _relay(unit_of_work: SQLUnitOfWorkFactory, publishers: Sequence[EventPublisher]) -> EventRelay:
    return EventRelay(unit_of_work=unit_of_work, publishers=publishers, clock=lambda: datetime.now(UTC))


def _record(unit_of_work: SQLUnitOfWorkFactory, events: int) -> None:
    examination = Examination(columns=(Column("id", "BIGINT"),), row_count=1, checks=())
    for start in range(0, events // 2, _AT_ONCE):
        files = [_arrival(number) for number in range(start, min(start + _AT_ONCE, events // 2))]
        with unit_of_work() as work:
            work.assets.save_all([entry.registered(examination) for entry in work.assets.save_all(files)])


def _arrival(number: int) -> DataCatalogEntry:
    location = DataLocation(f"file:///landing/{number:08}.csv")
    return DataCatalogEntry.arrived(DataAsset(uuid4().hex, "d", location, VersionToken("v1"), datetime.now(UTC)))


def _events(unit_of_work: SQLUnitOfWorkFactory) -> list:
    with unit_of_work() as work:
        while work.outbox.assign_positions(1000):
            pass
        return list(work.outbox.after(0, 1_000_000))


def _raw_positions(engine: Engine) -> None:
    """One statement that numbers all events, and is undone."""
    with engine.connect() as connection:
        connection.execute(text("UPDATE outbox SET position = id"))
        connection.rollback()


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
