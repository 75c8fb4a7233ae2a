"""A relay's turn at one destination: what is tried, in which order, and what becomes of it."""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic.dataclasses import dataclass

from data_management.application.messaging import CloudEvent, Delivery, Destination, NotPublished, RecordedEvent
from data_management.application.ports import Clock, EventPublisher, UnitOfWork, UnitOfWorkFactory

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RelayPolicy:
    """How patient a relay is."""

    most_attempts: int = 20
    """An event that was tried so often is a dead letter. With the waits below that takes 11 hours."""
    first_wait_seconds: float = 5.0
    """After the first failure of an event; then twice as long each time."""
    longest_wait_seconds: float = 3600.0
    failures_before_pause: int = 3
    """So many failed calls in a row, and the destination itself is taken to be down: nothing is tried for a while."""
    longest_pause_seconds: float = 300.0
    page: int = 100
    """How many events are read, and their outcomes stored, at once: a crash repeats at most these."""
    lease_seconds: float = 60.0

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    def wait(self, attempts: int) -> timedelta:
        return timedelta(seconds=min(self.longest_wait_seconds, self.first_wait_seconds * 2 ** min(attempts - 1, 30)))

    def pause(self, failures: int) -> timedelta | None:
        over = failures - self.failures_before_pause
        if over < 0:
            return None
        return timedelta(seconds=min(self.longest_pause_seconds, self.first_wait_seconds * 2 ** min(over, 30)))


class RelayState(StrEnum):
    """How a relay left a destination."""

    DONE = "done"
    """All is delivered, or waits for its time."""
    BEHIND = "behind"
    """The time was up; there is more to deliver."""
    PAUSED = "paused"
    """It failed several times in a row and is left alone for a while."""
    BUSY = "busy"
    """Another relay serves it."""


@dataclass(frozen=True)
class Delivered:
    """What one tick did for one destination. `failed` attempts are tried again, but for those that are `dead`."""

    destination: str
    state: RelayState
    delivered: int = 0
    failed: int = 0
    dead: int = 0


@dataclasses.dataclass(frozen=True)
class RelayContext:
    """What a relay works with at every destination: the catalog, the clock, the `source` of its events, its patience."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    source: str
    policy: RelayPolicy

    def lease_until(self) -> datetime:
        return self.clock() + self.policy.lease


class LeaseLost(Exception):
    """Another relay took over: what was published since is published again, and what became of it is not ours to store."""


class Turn:
    """One relay at one destination, while it holds the lease."""

    def __init__(
        self,
        context: RelayContext,
        publisher: EventPublisher,
        destination: Destination,
        holder: str,
        is_up: Callable[[], bool],
    ) -> None:
        self.state = RelayState.BEHIND
        self._context = context
        self._policy = context.policy
        self._publisher = publisher
        self._destination = destination
        self._holder = holder
        self._is_up = is_up
        self._renewed_at = self._context.clock()
        self._counts = {"delivered": 0, "failed": 0, "dead": 0}

    def take(self) -> None:
        while self._may_go_on():
            again = self._try_due()
            further = self._may_go_on() and self._proceed()
            if not again and not further:
                if self._may_go_on():
                    self.state = RelayState.DONE
                return

    def report(self, state: RelayState) -> Delivered:
        return Delivered(self._destination.name, state, **self._counts)

    def _may_go_on(self) -> bool:
        if self._is_paused():
            self.state = RelayState.PAUSED
            return False
        return not self._is_up()

    def _is_paused(self) -> bool:
        until = self._destination.paused_until
        return until is not None and until > self._context.clock()

    def _try_due(self) -> bool:
        """Try what waits and is due; whether there was any."""
        with self._context.unit_of_work() as work:
            due = work.outbox.due(self._destination.name, self._context.clock(), self._policy.page)
        if not due:
            return False
        tries = _Tries(due)
        try:
            self._publish(tries)
        finally:
            if tries.happened:
                with self._context.unit_of_work() as work:
                    self._keep_lease(work)
                    work.outbox.settle(self._destination, tries.delivered, tries.failed, self._context.clock())
        return True

    def _proceed(self) -> bool:
        """Deliver the next page of events that were never tried; whether there was one."""
        name = self._destination.name
        with self._context.unit_of_work() as work:
            page = work.outbox.after(self._destination.position, self._policy.page)
            held = work.outbox.held(name, {event.subject for event in page})
        if not page:
            return False
        tries = _Tries(Delivery(event) for event in page if event.subject not in held)
        try:
            self._publish(tries)
        finally:
            if tries.happened or not tries.waiting:
                self._destination = dataclasses.replace(self._destination, position=page[-1].position)
                with self._context.unit_of_work() as work:
                    self._keep_lease(work)
                    work.outbox.advance(self._destination, tries.left_of(page, held, self._context.clock()))
        return True

    def _publish(self, tries: "_Tries") -> None:
        """Send as much as may be; several events of one subject go one after another, whatever a call takes."""
        while (call := tries.next_call(self._publisher.most)) and self._may_go_on():
            self._renew_in_time()
            envelopes = [CloudEvent.of(delivery.event, self._context.source) for delivery in call]
            outcomes = self._sent(envelopes)
            self._note_health(outcomes)
            answered = list(zip(call, outcomes, strict=True))
            delivered = [delivery for delivery, outcome in answered if outcome is None]
            self._counts["delivered"] += len(delivered)
            tries.note(delivered, [self._failed(delivery, outcome) for delivery, outcome in answered if outcome])

    def _sent(self, envelopes: Sequence[CloudEvent]) -> Sequence[NotPublished | None]:
        try:
            return self._publisher.publish(envelopes)
        except Exception as error:  # no event may stop the relay for good
            name = self._destination.name
            logger.exception("publisher failed", extra={"destination": name})
            why = f"{name} failed by a mistake of data-management ({type(error).__name__}); the log has it"
            return [NotPublished(why)] * len(envelopes)

    def _failed(self, delivery: Delivery, outcome: NotPublished) -> Delivery:
        attempts, now = delivery.attempts + 1, self._context.clock()
        dies = outcome.forever or attempts >= self._policy.most_attempts
        self._counts["dead" if dies else "failed"] += 1
        logger.log(
            logging.ERROR if dies else logging.INFO,
            "event is a dead letter" if dies else "event not delivered",
            extra={
                "destination": self._destination.name,
                "event_id": delivery.event.id,
                "subject": delivery.event.subject,
                "attempts": attempts,
                "why": outcome.reason,
            },
        )
        if dies:
            return Delivery(delivery.event, attempts, reason=outcome.reason, died_at=now)
        return Delivery(delivery.event, attempts, now + self._policy.wait(attempts), outcome.reason)

    def _note_health(self, outcomes: Sequence[NotPublished | None]) -> None:
        """A destination that took or refused anything for good is up."""
        up = any(outcome is None or outcome.forever for outcome in outcomes)
        if up and not self._destination.failures:
            return
        failures = 0 if up else self._destination.failures + 1
        pause = self._policy.pause(failures)
        paused_until = None if pause is None else self._context.clock() + pause
        if pause is not None:
            logger.warning(
                "destination is paused",
                extra={
                    "destination": self._destination.name,
                    "failures": failures,
                    "seconds": pause.total_seconds(),
                    "why": next((outcome.reason for outcome in outcomes if outcome), None),
                },
            )
        self._destination = dataclasses.replace(self._destination, failures=failures, paused_until=paused_until)

    def _renew_in_time(self) -> None:
        if self._context.clock() - self._renewed_at >= self._policy.lease / 3:
            with self._context.unit_of_work() as work:
                self._keep_lease(work)

    def _keep_lease(self, work: UnitOfWork) -> None:
        if not work.outbox.renew(self._destination.name, self._holder, self._context.lease_until()):
            raise LeaseLost
        self._renewed_at = self._context.clock()


class _Tries:
    """Deliveries on their way: delivered, failed, or still waiting for a call."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self.waiting = list(deliveries)
        self.delivered: list[Delivery] = []
        self.failed: list[Delivery] = []

    @property
    def happened(self) -> bool:
        return bool(self.delivered or self.failed)

    def next_call(self, most: int) -> list[Delivery]:
        """The next up to `most` of different subjects, in their order."""
        call: dict[str, Delivery] = {}
        for delivery in self.waiting:
            if len(call) == most:
                break
            call.setdefault(delivery.event.subject, delivery)
        return list(call.values())

    def note(self, delivered: Sequence[Delivery], failed: Sequence[Delivery]) -> None:
        """What became of a call; what comes after a failure in its subject is not tried, unless that is a dead letter."""
        self.delivered += delivered
        self.failed += failed
        done = {each.event.position for each in (*delivered, *failed)}
        held = {each.event.subject for each in failed if not each.died_at}
        self.waiting = [
            each for each in self.waiting if each.event.position not in done and each.event.subject not in held
        ]

    def left_of(self, page: Sequence[RecordedEvent], held: frozenset[str], now: datetime) -> list[Delivery]:
        """What of a page waits from now on: what failed, what comes after that, and what there was no time for."""
        delivered = {each.event.position for each in self.delivered}
        failed = {each.event.position: each for each in self.failed}
        left: list[Delivery] = []
        behind = set(held)
        for event in page:
            if event.position in delivered:
                continue
            delivery = failed.get(event.position)
            if delivery is None:
                delivery = Delivery(event, not_before=None if event.subject in behind else now)
            if delivery.died_at is None:
                behind.add(event.subject)
            left.append(delivery)
        return left
