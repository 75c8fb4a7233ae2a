"""Ctrl-C and SIGTERM: what is being done about the first is said at once, and the second ends the process."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_OF_A_SHELL = 128
"""What a shell adds to a signal's number."""


_asked: list[int] = []
"""The first signal, once it came."""


def answer_signals() -> None:
    """For the process of a command: the first signal is said and raised; what was begun is then given back."""
    sys.unraisablehook = _unless_asked(sys.unraisablehook)
    for each in _SIGNALS:
        signal.signal(each, _stop)


def end_if_asked() -> None:
    """Raise what the first signal raised. Python drops it where it strikes in a callback of the garbage collector or a weak reference."""
    if _asked:
        _raise(_asked[0])


def _unless_asked(hook: Callable[["sys.UnraisableHookArgs"], Any]) -> Callable[["sys.UnraisableHookArgs"], Any]:
    return lambda dropped: None if dropped.exc_type in (KeyboardInterrupt, SystemExit) else hook(dropped)


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
    _asked.append(number)
    announce(number)
    _raise(number)


def _raise(number: int) -> NoReturn:
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
