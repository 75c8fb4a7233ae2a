"""A relay in a process of its own, that is killed, started anew, and ended by Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from data_management.application.messaging import CloudEvent
from data_management.application.services import EventRelay
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.messaging import open_publishers
from data_management.infrastructure.messaging.encoding import event_of
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.integration.events.test_guarantees import recorded, scored
from data_management_tests.integration.events.test_webhooks import SECRET
from data_management_tests.port_tests.examples import ORDERS, many
from data_management_tests.servers.receiver import Receiver, receiving
from data_management_tests.unit.application.relaying import eventually, in_order

LEASE_SECONDS = 1


def follow(home: Path, receiver: Receiver) -> "subprocess.Popen[str]":
    environment = os.environ | {
        "DATA_MANAGEMENT_HOME": str(home),
        "DATA_MANAGEMENT_EVENTS": receiver.url,
        "DATA_MANAGEMENT_EVENTS_SECRET": SECRET,
        "DATA_MANAGEMENT_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    command = [sys.executable, "-m", "data_management.main", "events", "relay", "--follow"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def delivered(receiver: Receiver) -> list[CloudEvent]:
    import json

    return [event_of(json.loads(each.body)) for each in receiver.received]


def test_a_relay_that_is_killed_loses_nothing_and_ctrl_c_leaves_nothing_half_done(tmp_path: Path) -> None:
    engine = open_catalog(tmp_path / ".data_management" / "catalog.db", embedded=True)
    unit_of_work = SQLUnitOfWorkFactory(engine, utc_now)
    with receiving() as receiver:
        publishers = open_publishers(receiver.url, SECRET)
        EventRelay(unit_of_work=unit_of_work, publishers=publishers, clock=utc_now).tick()
        with unit_of_work() as work:
            work.datasets.save(ORDERS)
            work.assets.save_all([scored(entry) for entry in work.assets.save_all(many(100))])
        with follow(tmp_path, receiver) as killed:
            assert eventually(lambda: len(receiver.received) > 150)
            killed.kill()
        with follow(tmp_path, receiver) as stopped:
            assert eventually(lambda: len({each.id for each in delivered(receiver)}) == 300)
            stopped.send_signal(signal.SIGINT)
            _, complaints = stopped.communicate(timeout=30)
        assert (stopped.returncode, complaints) == (130, "stopping; a second Ctrl-C ends at once\n")
        events = delivered(receiver)
        assert {event.id for event in events} == recorded(engine)
        assert len(events) <= 300 + 100, "a page is repeated at most"
        assert in_order(events)
        (destination,) = SQLCatalogReader(engine).destinations()
        assert (destination.behind, destination.waiting) == (0, 0)
        with unit_of_work() as work:
            assert work.outbox.claim(publishers[0].destination, "next", utc_now(), utc_now()), "its lease was ended"
    engine.dispose()
