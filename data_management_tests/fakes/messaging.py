"""Events out and in, of the fake catalog; a destination, and a queue."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data_management.application.alerts import Alert
from data_management.application.messaging import (
    CloudEvent,
    DeadLetter,
    Delivery,
    Destination,
    DestinationView,
    Malformed,
    NotPublished,
    ReceivedEvent,
    RecordedEvent,
)
from data_management.application.ports import Clock
from data_management.errors import Conflict, DataManagementError, NotFound
from data_management_tests.fakes.state import Held, State
from data_management_tests.fakes.world import NOON


class FakeOutboxRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def assign_positions(self, most: int) -> int:
        last = self.last_position()
        news = [number for number, row in enumerate(self._state.outbox) if row.position is None][:most]
        for position, number in enumerate(news, last + 1):
            self._state.outbox[number] = replace(self._state.outbox[number], position=position)
        self._state.last_position = [last + len(news)]
        return len(news)

    def last_position(self) -> int:
        return self._state.last_position[0]

    def destination(self, name: str) -> Destination:
        return self._state.destinations.setdefault(name, Destination(name, self.last_position()))

    def claim(self, destination: str, holder: str, now: datetime, lease_until: datetime) -> bool:
        held = self._state.leases.get(destination)
        if destination not in self._state.destinations or (held and held.holder != holder and held.until > now):
            return False
        self._state.leases[destination] = Held(holder, lease_until)
        return True

    def renew(self, destination: str, holder: str, lease_until: datetime) -> bool:
        if not self._holds(destination, holder):
            return False
        self._state.leases[destination] = Held(holder, lease_until)
        return True

    def release(self, destination: str, holder: str) -> None:
        if self._holds(destination, holder):
            del self._state.leases[destination]

    def after(self, position: int, most: int) -> tuple[RecordedEvent, ...]:
        return tuple(event for event in self._state.log if event.position > position)[:most]

    def due(self, destination: str, now: datetime, most: int) -> tuple[Delivery, ...]:
        due = [each for each in self._of(destination) if each.not_before is not None and each.not_before <= now]
        return tuple(sorted(due, key=lambda each: (each.not_before, each.event.position)))[:most]

    def held(self, destination: str, subjects: Iterable[str]) -> frozenset[str]:
        return frozenset(subjects) & {each.event.subject for each in self._of(destination) if not each.died_at}

    def advance(self, destination: Destination, waiting: Sequence[Delivery]) -> None:
        self._store(destination, waiting)

    def settle(
        self, destination: Destination, delivered: Sequence[Delivery], failed: Sequence[Delivery], now: datetime
    ) -> None:
        ended = {each.event.position for each in [*delivered, *(each for each in failed if each.died_at)]}
        subjects = {each.event.subject for each in self._of(destination.name) if each.event.position in ended}
        self._store(destination, failed)
        for each in delivered:
            del self._state.deliveries[destination.name, each.event.position]
        for subject in sorted(subjects):
            self._promote(destination.name, subject, now)

    def retry_dead(self, now: datetime, event_id: str | None = None) -> int:
        dead = [
            (key, each)
            for key, each in present_deliveries(self._state).items()
            if each.died_at and event_id in (None, each.event.id)
        ]
        for key, each in dead:
            self._state.deliveries[key] = Delivery(each.event)
        for (name, _), each in dead:
            for live in self._of(name):
                if live.event.subject == each.event.subject and not live.died_at:
                    self._state.deliveries[name, live.event.position] = replace(live, not_before=None)
            self._promote(name, each.event.subject, now)
        return len(dead)

    def forget(self, destination: str) -> None:
        if destination not in self._state.destinations:
            raise NotFound(f"no relay ever served a destination {destination!r}")
        del self._state.destinations[destination]
        self._state.deliveries = {key: each for key, each in self._state.deliveries.items() if key[0] != destination}

    def _holds(self, destination: str, holder: str) -> bool:
        held = self._state.leases.get(destination)
        return held is not None and held.holder == holder

    def _of(self, destination: str) -> list[Delivery]:
        found = sorted(present_deliveries(self._state).items(), key=lambda item: item[0])
        return [each for (name, _), each in found if name == destination]

    def _store(self, destination: Destination, waiting: Sequence[Delivery]) -> None:
        self._state.destinations[destination.name] = destination
        self._state.deliveries |= {(destination.name, each.event.position): each for each in waiting}

    def _promote(self, destination: str, subject: str, now: datetime) -> None:
        live = [each for each in self._of(destination) if each.event.subject == subject and not each.died_at]
        if live:
            self._state.deliveries[destination, live[0].event.position] = replace(live[0], not_before=now)


def present_deliveries(state: State) -> dict[tuple[str, int], Delivery]:
    """What is still to be delivered, with the events as they are now."""
    events = {event.position: event for event in state.log}
    return {key: replace(each, event=events[key[1]]) for key, each in state.deliveries.items()}


class FakeConsumerRepository:
    def __init__(self, state: State) -> None:
        self._state = state

    def position(self, consumer: str) -> int:
        return self._state.consumers.get(consumer, 0)

    def move(self, consumer: str, before: int, to: int, now: datetime) -> None:
        if self.position(consumer) != before:
            raise Conflict(f"consumer {consumer!r} does not stand at position {before} any more")
        self._state.consumers[consumer] = to

    def has_seen(self, consumer: str, event_id: str) -> bool:
        return (consumer, event_id) in self._state.seen

    def mark_seen(self, consumer: str, event_id: str, now: datetime) -> bool:
        new = not self.has_seen(consumer, event_id)
        self._state.seen.setdefault((consumer, event_id), now)
        return new

    def forget_seen(self, before: datetime) -> int:
        known = len(self._state.seen)
        self._state.seen = {key: at for key, at in self._state.seen.items() if at >= before}
        return known - len(self._state.seen)


class FakeEventReader:
    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state

    def events(self, after: int, limit: int = 100) -> list[RecordedEvent]:
        return [event for event in self._state().log if event.position > after][:limit]

    def last_events(self, limit: int = 10) -> list[RecordedEvent]:
        return self._state().log[-limit:]

    def consumer_position(self, consumer: str) -> int:
        return self._state().consumers.get(consumer, 0)

    def has_seen(self, consumer: str, event_id: str) -> bool:
        return (consumer, event_id) in self._state().seen

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        found = sorted(present_deliveries(self._state()).items(), key=lambda item: (item[0][1], item[0][0]))
        return [DeadLetter(name, each) for (name, _), each in found if each.died_at][:limit]

    def destinations(self) -> list[DestinationView]:
        state = self._state()
        return [
            DestinationView(
                destination=destination,
                behind=state.last_position[0] - destination.position,
                waiting=sum(not each.died_at for (to, _), each in state.deliveries.items() if to == name),
                dead=sum(each.died_at is not None for (to, _), each in state.deliveries.items() if to == name),
            )
            for name, destination in sorted(state.destinations.items())
        ]


class FakePublisher:
    """Takes what it is given into `published`, unless `fails` says why not.

    A `lost` acknowledgement is one of an event that was taken all the same.
    """

    def __init__(
        self,
        destination: str = "fake:",
        fails: Callable[[CloudEvent], NotPublished | None] = lambda _: None,
        lost: Callable[[CloudEvent], bool] = lambda _: False,
        most: int = 10,
    ) -> None:
        self.destination = destination
        self.most = most
        self.fails = fails
        self.lost = lost
        self.published: list[CloudEvent] = []
        self.closed = False

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[NotPublished | None]:
        assert len(events) <= self.most, "more than one call takes"
        assert len({event.subject for event in events}) == len(events), "two events of one subject in one call"
        self.closed = False
        return [self._one(event) for event in events]

    def close(self) -> None:
        self.closed = True

    def _one(self, event: CloudEvent) -> NotPublished | None:
        failure = self.fails(event)
        if failure is None:
            self.published.append(event)
            return NotPublished("the answer was lost") if self.lost(event) else None
        return failure

    @property
    def ids(self) -> list[str]:
        return [event.id for event in self.published]


class FakeEventQueue:
    """Messages that come back after `hidden_seconds` unless they are removed; after `most_receives` they are redriven."""

    def __init__(
        self,
        messages: Iterable[CloudEvent | Malformed],
        clock: Clock,
        hidden_seconds: float = 30.0,
        most_receives: int = 3,
    ) -> None:
        self.messages = {str(number): message for number, message in enumerate(messages)}
        self.redriven: list[CloudEvent | Malformed] = []
        self.unavailable: DataManagementError | None = None
        self.closed = False
        self._clock = clock
        self._hidden = timedelta(seconds=hidden_seconds)
        self._most_receives = most_receives
        self._receives: dict[str, int] = {}
        self._visible_at: dict[str, datetime] = {}

    def put(self, message: CloudEvent | Malformed) -> None:
        self.messages[str(len(self._receives) + len(self.messages) + 1000)] = message

    def receive(self, wait_seconds: float) -> Sequence[ReceivedEvent | Malformed]:
        if self.unavailable:
            raise self.unavailable
        found: list[ReceivedEvent | Malformed] = []
        for key, message in list(self.messages.items()):
            if not self._is_visible(key):
                continue
            self._receives[key] = self._receives.get(key, 0) + 1
            if self._receives[key] > self._most_receives:
                self.redriven.append(self.messages.pop(key))
                continue
            self._visible_at[key] = self._clock() + self._hidden
            receipt = f"{key}/{self._receives[key]}"
            found.append(ReceivedEvent(receipt, message) if isinstance(message, CloudEvent) else message)
        return found

    def hide(self, received: ReceivedEvent) -> bool:
        key, _, receive = received.receipt.partition("/")
        if key not in self.messages or self._is_visible(key) or self._receives[key] != int(receive):
            return False
        self._visible_at[key] = self._clock() + self._hidden
        return True

    def remove(self, received: ReceivedEvent) -> None:
        self.messages.pop(received.receipt.partition("/")[0], None)

    def close(self) -> None:
        self.closed = True

    def _is_visible(self, key: str) -> bool:
        return self._visible_at.get(key, NOON) <= self._clock()


class FakeMessenger:
    """Keeps the alerts that it was sent; `answer` says what becomes of one, None that it is taken."""

    def __init__(self, answer: Callable[[Alert], NotPublished | None] = lambda _: None) -> None:
        self.answer = answer
        self.sent: list[Alert] = []
        self.closed = False

    def send(self, alert: Alert) -> NotPublished | None:
        outcome = self.answer(alert)
        if outcome is None:
            self.sent.append(alert)
        return outcome

    def close(self) -> None:
        self.closed = True
