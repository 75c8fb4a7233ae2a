"""Why nothing that a signal may interrupt touches a `threading.Condition`, or what is made of it."""

import threading
from collections import deque
from typing import Any

import pytest


class _Interrupted(deque[Any]):
    """Who waits; the first of them that was woken is not taken off, as when Ctrl-C strikes there."""

    strikes = True

    def remove(self, value: object) -> None:
        if self.strikes:
            self.strikes = False
            raise KeyboardInterrupt
        super().remove(value)


def test_after_an_interrupted_notify_the_next_wakes_nobody() -> None:
    """Were this mended in CPython, `quality.undisturbed` could go."""
    condition, waiting, woken = threading.Condition(), threading.Semaphore(0), threading.Semaphore(0)
    condition._waiters = _Interrupted()  # type: ignore[attr-defined]

    def wait() -> None:
        with condition:
            for _ in range(2):
                waiting.release()
                condition.wait()
                woken.release()

    threading.Thread(target=wait, daemon=True).start()
    waiting.acquire()
    with condition, pytest.raises(KeyboardInterrupt):
        condition.notify()
    woken.acquire()
    waiting.acquire()
    with condition:
        condition.notify()
        assert len(condition._waiters) == 1, "who waits now is still in the list, and whom it named waits no more"  # type: ignore[attr-defined]
        assert condition._waiters[0].locked()  # type: ignore[attr-defined]
        condition.notify()
    assert woken.acquire(timeout=60)
