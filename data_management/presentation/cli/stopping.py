"""Ctrl-C and SIGTERM end what goes on for ever between two steps, not within one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that the first signal sets; the second signal does what it always does."""
    stop = threading.Event()
    before = {each: signal.getsignal(each) for each in _SIGNALS}

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for each in _SIGNALS:
        signal.signal(each, ask)
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
