"""A catalog with events, a clock, destinations, and a relay between them; the verbs of tests."""

import time
from collections.abc import Callable, Sequence

from data_management.application.messaging import CloudEvent, NotPublished
from data_management.application.ports import EventPublisher, UnitOfWorkFactory
from data_management.application.services import EventRelay, RelayPolicy, RelayReport
from data_management.domain.models import DataCatalogEntry, Verdict
from data_management_tests.fakes import FakeCatalog, FakeClock, FakePublisher
from data_management_tests.port_tests.examples import EXAMINATION, ORDERS, SCORE, arrived

DOWN = NotPublished("connection refused")
PATIENT = RelayPolicy(failures_before_pause=1000)
"""Never takes a destination to be down."""


class Relaying:
    def __init__(
        self,
        *publishers: EventPublisher,
        unit_of_work: UnitOfWorkFactory | None = None,
        policy: RelayPolicy = PATIENT,
    ) -> None:
        self.clock = FakeClock()
        self.catalog = FakeCatalog([ORDERS])
        self.unit_of_work = unit_of_work or self.catalog.unit_of_work
        self.publisher = FakePublisher()
        self.relay = EventRelay(
            unit_of_work=self.unit_of_work,
            publishers=publishers or (self.publisher,),
            clock=self.clock,
            source="/test",
            policy=policy,
        )
        self.clock.advance(seconds=60)
        self.relay.tick()  # the destinations are known from now on

    def arrive(self, *names: str) -> list[str]:
        """Files arrive, an event each; their ids."""
        with self.unit_of_work() as work:
            return [entry.id for entry in work.assets.save_all([arrived(name) for name in names])]

    def score(self, asset_id: str) -> DataCatalogEntry:
        """Two more events of a file."""
        with self.unit_of_work() as work:
            entry = work.assets.get(asset_id)
            return work.assets.save(entry.registered(EXAMINATION).scored(SCORE, Verdict.PASS))

    def tick(self, seconds_later: float = 0) -> RelayReport:
        self.clock.advance(seconds=seconds_later)
        return self.relay.tick()

    def told(self, publisher: FakePublisher | None = None) -> list[str]:
        """What was published, in order."""
        return [event.name for event in (publisher or self.publisher).published]


def in_order(events: Sequence[CloudEvent]) -> bool:
    """Whether the first delivery of each event comes after those of all earlier ones of its subject."""
    last: dict[str, str] = {}
    seen: set[str] = set()
    for event in events:
        if event.id in seen:
            continue
        seen.add(event.id)
        if event.sequence <= last.get(event.subject, ""):
            return False
        last[event.subject] = event.sequence
    return True


def eventually(what: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    until = time.monotonic() + 60
    while not what() and time.monotonic() < until:
        time.sleep(0.005)
    return what()
