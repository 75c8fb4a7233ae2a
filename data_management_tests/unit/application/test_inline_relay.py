"""The relay right after a commit: it is soon, and in nobody's way."""

import threading

from data_management.application.messaging import CloudEvent
from data_management.application.services import Application, EventRelay, InlineRelay
from data_management.errors import Unavailable
from data_management_tests.fakes import FakeCatalog, FakePublisher
from data_management_tests.fakes.world import FakeClock
from data_management_tests.unit.application.relaying import Relaying, eventually
from data_management_tests.unit.application.world import World


class Inline:
    """A world whose application relays after its commits."""

    def __init__(self, publisher: FakePublisher | None = None, last_seconds: float = 20.0) -> None:
        self.world = World()
        self.publisher = publisher or FakePublisher()
        self.relay = EventRelay(
            unit_of_work=self.world.catalog.unit_of_work, publishers=[self.publisher], clock=self.world.clock
        )
        self.relay.tick()
        self.inline = InlineRelay(self.relay, gather_seconds=0.01, last_seconds=last_seconds)
        self.world.app = Application(
            unit_of_work=self.world.catalog.unit_of_work,
            reader=self.world.catalog.reader(),
            engine=self.world.engine,
            locations=self.world.files,
            announcements=self.world.app.announcements,
            clock=self.world.clock,
            validation=self.world.app._context.validation,
            relay=self.relay,
            inline=self.inline,
        )

    def told(self) -> list[str]:
        return [event.name for event in self.publisher.published]


def test_events_are_delivered_soon_after_their_commit() -> None:
    inline = Inline()
    inline.world.drop("a.csv")
    inline.world.look_and_run()
    assert eventually(lambda: "DatasetQualityUpdated" in inline.told())
    assert {"DatasetRegistered", "DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"} <= {*inline.told()}
    inline.world.app.close()
    assert inline.publisher.closed


def test_closing_delivers_what_was_committed_last() -> None:
    inline = Inline()
    inline.world.drop("a.csv")
    inline.world.look()
    inline.world.app.close()
    assert "DataAssetArrived" in inline.told()


def test_a_publisher_that_hangs_slows_nobody() -> None:
    released = threading.Event()

    def hang(_: CloudEvent) -> None:
        released.wait(30)

    inline = Inline(FakePublisher(fails=hang, most=1), last_seconds=0.05)
    inline.world.drop("a.csv")
    report = inline.world.look_and_run()  # while the publisher hangs
    assert len(report.outcomes) == 1
    assert not released.is_set()
    inline.world.app.close()
    assert not released.is_set(), "closing waits for a moment only"
    released.set()
    assert eventually(lambda: not any(thread.name == "event-relay" for thread in threading.enumerate()))


def test_a_relay_that_breaks_fails_nobody() -> None:
    class Broken(EventRelay):
        def tick(self, *_: object, **__: object) -> object:  # type: ignore[override]
            ticks.append(1)
            raise failures.pop() if failures else Unavailable("the catalog is down")

    ticks: list[int] = []
    failures: list[Exception] = [ValueError("a mistake of ours"), Unavailable("down")]
    world, clock = World(), FakeClock()
    broken = Broken(unit_of_work=FakeCatalog().unit_of_work, publishers=(), clock=clock)
    inline = InlineRelay(broken, gather_seconds=0)
    for number in range(3):
        inline.notify()
        assert eventually(lambda expected=number: len(ticks) > expected)  # type: ignore[misc]
    inline.close()
    assert world.app is not None


def test_the_thread_ends_when_there_was_nothing_for_a_while_and_begins_anew() -> None:
    relaying = Relaying()
    inline = InlineRelay(relaying.relay, gather_seconds=0, idle_seconds=0.01)
    for name in ("a.csv", "b.csv"):
        relaying.arrive(name)
        inline.notify()
        assert eventually(lambda: inline._thread is None)
    assert len(relaying.publisher.published) == 2


def test_many_notices_are_one_tick() -> None:
    ticks: list[int] = []

    class Counting(EventRelay):
        def tick(self, *arguments: object, **options: object) -> object:  # type: ignore[override]
            ticks.append(1)
            return super().tick()

    relay = Counting(unit_of_work=FakeCatalog().unit_of_work, publishers=(), clock=FakeClock())
    inline = InlineRelay(relay, gather_seconds=30)
    for _ in range(100):
        inline.notify()
    inline.close()
    assert ticks == [1]
