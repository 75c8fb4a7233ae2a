"""Ctrl-C and SIGTERM: what is being done about the first is said at once, and the second ends the process."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_OF_A_SHELL = 128
"""What a shell adds to a signal's number."""


def answer_signals() -> None:
    """For the process of a command: the first signal is said and raised; what was begun is then given back."""
    for each in _SIGNALS:
        signal.signal(each, _stop)


def announce(number: int) -> None:
    """Say that the process is stopping. Not through `sys.stderr`, which a handler may have interrupted."""
    again = "Ctrl-C" if number == signal.SIGINT else "SIGTERM"
    text = f"stopping; a second {again} ends at once\n"
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if sys.stderr.isatty() and os.environ.get("TERM") not in (None, "dumb"):
            text = f"\r\x1b[K{text}"  # over a bar of progress
        try:
            os.write(sys.stderr.fileno(), text.encode())
        except (OSError, ValueError):
            sys.stderr.write(text)


def end_at_once(number: int, _frame: FrameType | None = None) -> None:
    """Without anything else; workers end with their parent, and leases run out."""
    os._exit(_OF_A_SHELL + number)


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in _SIGNALS:
        signal.signal(each, end_at_once)
    announce(number)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(_OF_A_SHELL + number)


class Stop(threading.Event):
    """Set by the first signal."""

    code = 0
    """The exit code for it; 0 before."""


@contextlib.contextmanager
def stopping() -> Iterator[Stop]:
    """What goes on for ever ends between two steps, not within one. A second signal does what it did before, or ends the process."""
    stop = Stop()
    before = {each: signal.getsignal(each) for each in _SIGNALS}

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.code = _OF_A_SHELL + number
        stop.set()
        for each, handler in before.items():
            signal.signal(each, end_at_once if handler is _stop else handler)
        announce(number)

    for each in _SIGNALS:
        signal.signal(each, ask)
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, end_at_once if stop.is_set() and handler is _stop else handler)
