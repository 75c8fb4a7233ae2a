"""Reading what is slow to read, apart from the threads that all other requests share."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from data_management.errors import Unavailable

T = TypeVar("T")

_AT_ONCE: Final = 2
"""A contract takes memory many times its length while it is read."""
_MOST_WAITING: Final = 16


class ContractReaders:
    """Threads that read contracts. Who waits for one holds no thread meanwhile."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="contract")
        self._places = threading.BoundedSemaphore(_AT_ONCE + _MOST_WAITING)

    async def read(self, read: Callable[[], T]) -> T:
        """What `read` tells; `Unavailable` at once where too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(
                f"{_AT_ONCE + _MOST_WAITING} contracts are being read or wait to be; send this one again in a minute"
            )
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, read)
        finally:
            self._places.release()
