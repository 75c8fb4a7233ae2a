"""The relay: gives events their positions, and brings them to every destination, in order for each subject."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from uuid import uuid4

from pydantic.dataclasses import dataclass

from data_management.application.ports import NEVER, Clock, Deadline, EventPublisher, UnitOfWorkFactory
from data_management.application.services.turns import Delivered, LeaseLost, RelayContext, RelayPolicy, RelayState, Turn
from data_management.errors import DataManagementError

logger = logging.getLogger(__name__)

_POSITIONS_AT_ONCE = 1000


@dataclass(frozen=True)
class RelayReport:
    positioned: int
    destinations: tuple[Delivered, ...] = ()

    @property
    def is_behind(self) -> bool:
        return any(each.state is RelayState.BEHIND for each in self.destinations)


class EventRelay:
    """Serves all destinations of this installation; any number of relays may run anywhere, one at a time serves a destination.

    An event is sent at least once, always with its id. A failing event holds back later ones of its own subject alone.
    No transaction is open while something is sent.
    """

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWorkFactory,
        publishers: Sequence[EventPublisher],
        clock: Clock,
        source: str = "/data-management",
        policy: RelayPolicy = RelayPolicy(),
    ) -> None:
        self.source = source
        self.destinations = tuple(publisher.destination for publisher in publishers)
        self._publishers = [(publisher, threading.Lock()) for publisher in publishers]
        self._context = RelayContext(unit_of_work, clock, source, policy)

    def tick(self, deadline: Deadline = NEVER, stop: Callable[[], bool] = lambda: False) -> RelayReport:
        """Deliver what is due, until the `deadline` is over or until `stop` says so; both are asked between calls of a publisher."""
        positioned = self._assign_positions()
        reports = []
        for publisher, in_use in self._publishers:
            if not in_use.acquire(blocking=False):
                reports.append(Delivered(publisher.destination, RelayState.BUSY))
                continue
            try:
                reports.append(self._serve(publisher, deadline, stop))
            finally:
                in_use.release()
        return RelayReport(positioned, tuple(reports))

    def close(self) -> None:
        """Let connections to destinations go."""
        for publisher, in_use in self._publishers:
            if in_use.acquire(blocking=False):
                try:
                    publisher.close()
                finally:
                    in_use.release()

    def _assign_positions(self) -> int:
        positioned, some = 0, _POSITIONS_AT_ONCE
        while some == _POSITIONS_AT_ONCE:
            with self._context.unit_of_work() as work:
                for name in self.destinations:
                    work.outbox.destination(name)  # a new one begins with the events that get positions now
                some = work.outbox.assign_positions(_POSITIONS_AT_ONCE)
            positioned += some
        return positioned

    def _serve(self, publisher: EventPublisher, deadline: Deadline, stop: Callable[[], bool]) -> Delivered:
        def is_up() -> bool:
            return stop() or deadline.is_over

        now = self._context.clock()
        holder = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:12]}"
        with self._context.unit_of_work() as work:
            destination = work.outbox.destination(publisher.destination)
            if destination.paused_until is not None and destination.paused_until > now:
                return Delivered(destination.name, RelayState.PAUSED)
            if destination.position >= work.outbox.last_position() and not work.outbox.due(destination.name, now, 1):
                return Delivered(destination.name, RelayState.DONE)
            if not work.outbox.claim(destination.name, holder, now, self._context.lease_until()):
                return Delivered(destination.name, RelayState.BUSY)
            destination = work.outbox.destination(publisher.destination)  # as whoever had it before left it
        turn = Turn(self._context, publisher, destination, holder, is_up)
        try:
            turn.take()
        except LeaseLost:
            logger.warning("relay lost its lease", extra={"destination": destination.name})
            return turn.report(RelayState.BUSY)
        finally:
            self._release(destination.name, holder)
        return turn.report(turn.state)

    def _release(self, destination: str, holder: str) -> None:
        try:
            with self._context.unit_of_work() as work:
                work.outbox.release(destination, holder)
        except DataManagementError as error:
            logger.warning("lease not ended; it runs out", extra={"destination": destination, "why": str(error)})
