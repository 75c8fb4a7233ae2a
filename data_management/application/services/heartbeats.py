"""Signs of life of who holds a lease."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from data_management.errors import DataManagementError

logger = logging.getLogger(__name__)

_LAST_SECONDS = 5.0
"""The thread that renews a lease may wait for the catalog longer than anybody waits for the end of the block."""


@contextmanager
def heartbeat(
    renew: Callable[[], bool], lease_seconds: float, name: str, about: Mapping[str, object]
) -> Iterator[None]:
    """Call `renew` four times a lease, from a thread, while the block lasts or until it says False.

    What it raises of ours is a warning, with what it is `about`: the next beat tries again.
    """
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(lease_seconds / 4):
            try:
                if not renew():
                    return
            except DataManagementError as error:
                logger.warning("lease not renewed", extra={**about, "why": str(error)})

    thread = threading.Thread(target=beat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_LAST_SECONDS)
