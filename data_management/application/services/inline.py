"""The relay right after a commit: soon, bounded, and never in the way of who committed."""

import atexit
import logging
import threading
import time

from data_management.application.ports import Deadline
from data_management.application.services.relay import EventRelay
from data_management.errors import DataManagementError

logger = logging.getLogger(__name__)


class InlineRelay:
    """Runs the relay from a thread of its own after each `notify`; what it cannot deliver is left to the next relay.

    The thread begins with the first notice and ends when there was none for a while. At the end of the process it gets a moment
    to finish what it does.
    """

    def __init__(
        self,
        relay: EventRelay,
        *,
        gather_seconds: float = 0.2,
        tick_seconds: float = 5.0,
        idle_seconds: float = 60.0,
        last_seconds: float = 2.0,
    ) -> None:
        self._relay = relay
        self._gather_seconds = gather_seconds
        self._tick_seconds = tick_seconds
        self._idle_seconds = idle_seconds
        self._last_seconds = last_seconds
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._noticed = False
        self._at_exit = False
        self._ends_at: float | None = None
        """By the monotonic clock, once somebody closed it."""

    def notify(self) -> None:
        """Something was committed. Returns at once."""
        with self._change:
            self._noticed = True
            if self._thread is None or not self._thread.is_alive():  # also in a process that was forked from another
                self._ends_at = None
                self._thread = threading.Thread(target=self._work, name="event-relay", daemon=True)
                self._thread.start()
                if not self._at_exit:
                    self._at_exit = True
                    atexit.register(self.close)
            self._change.notify_all()

    def close(self) -> None:
        """Deliver what was noticed, for a moment at most, and end the thread; the next notice begins a new one."""
        with self._change:
            thread, self._ends_at = self._thread, time.monotonic() + self._last_seconds
            self._change.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(self._last_seconds)

    def _work(self) -> None:
        while self._has_notice():
            try:
                report = self._relay.tick(Deadline.after(self._tick_seconds), stop=self._must_end)
            except DataManagementError as error:
                logger.warning("events not relayed after a commit", extra={"why": str(error)})
            except Exception:
                logger.exception("events not relayed after a commit")
            else:
                if report.is_behind and self._ends_at is None:
                    self._noticed = True

    def _has_notice(self) -> bool:
        """Wait for one, and gather those that follow at once; False when it is time to end."""
        with self._change:
            self._change.wait_for(lambda: self._noticed or self._ends_at is not None, self._idle_seconds)
            if self._noticed:
                self._change.wait_for(lambda: self._ends_at is not None, self._gather_seconds)
            noticed, self._noticed = self._noticed, False
            if not noticed:
                self._thread = None
            return noticed

    def _must_end(self) -> bool:
        return self._ends_at is not None and time.monotonic() >= self._ends_at
