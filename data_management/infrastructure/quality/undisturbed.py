"""Work that no signal interrupts.

Python runs signal handlers in the main thread, between any two of its instructions. An exception that one raises, such as Ctrl-C's
KeyboardInterrupt, leaves a `threading.Condition` that forgets whom to wake (in CPython 3.11 to 3.13, between `waiter.release()` and
`waiters.remove()` of `notify`), or a lock that nobody releases. `queue.Queue`, futures and pebble are made of these: what
touches them runs in a thread of its own. `SimpleQueue` is one instruction.
"""

import _thread
import os
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar, cast

T = TypeVar("T")
_Answer = tuple[BaseException | None, Any]
_Asked = tuple[Callable[[], Any], SimpleQueue[_Answer]]


class Undisturbed:
    """Does what it is asked, one after the other, in a thread that begins with the first and ends with this object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()

    def __call__(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises. A caller that is interrupted waits no more; the work goes on to its end."""
        error, result = self.soon(work).get()
        if error is not None:
            raise error
        return cast("T", result)

    def soon(self, work: Callable[[], Any]) -> SimpleQueue[_Answer]:
        """Where the error and the result of `work` will come."""
        answer: SimpleQueue[_Answer] = SimpleQueue()
        self._queue().put((work, answer))
        return answer

    def _queue(self) -> SimpleQueue[_Asked | None]:
        with self._lock:
            if self._owner != os.getpid():  # also in a process that was forked from another
                self._owner, self._asked = os.getpid(), SimpleQueue()
                weakref.finalize(self, self._asked.put, None).atexit = False
                _thread.start_new_thread(_work, (self._asked,))  # `Thread.start` waits for a condition
            return self._asked


def _work(asked: SimpleQueue[_Asked | None]) -> None:
    while (one := asked.get()) is not None:
        work, answer = one
        try:
            answer.put((None, work()))
        except BaseException as error:  # noqa: BLE001  whoever asked gets it
            answer.put((error, None))
        del one, work, answer
