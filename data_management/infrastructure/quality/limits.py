"""What holds a worker within its bounds: memory, processor time, and its parent's life."""

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from pydantic.dataclasses import dataclass

from data_management.domain.models import RuleScope

_SET_DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of ``linux/prctl.h``."""
OUT_OF_MEMORY = 77
"""Exit status of a worker that ended itself because it grew beyond its memory."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one examination; `memory_bytes` is over what a worker holds before it reads anything."""

    timeout_seconds: float
    memory_bytes: int
    expanded_bytes: int
    """What one file may become, unpacked or written anew."""
    columns: int = 10_000
    cell_bytes: int = 16 << 20
    """Of one value."""
    scope: RuleScope = RuleScope.ASSET
    """What they are of: one data asset, or all of a dataset together."""

    def out_of_time(self, shown: str) -> str:
        """Why what is `shown` was not examined, when it took too long."""
        return (
            f"{shown} was not examined within {self.timeout_seconds:g} s; {self._smaller}, simplify its rules, or raise "
            f"{self.setting('TIMEOUT_SECONDS')}"
        )

    def out_of_memory(self, shown: str) -> str:
        """The same, when it needed too much memory."""
        limit = self.memory_bytes >> 20
        return f"{shown} needs more than the memory limit of {limit} MB; {self._smaller}, or raise {self.setting('MEMORY_MB')}"

    def setting(self, name: str) -> str:
        """The setting that raises one of them."""
        return f"DATA_MANAGEMENT_{'FILE' if self.scope is RuleScope.ASSET else 'DATASET'}_{name}"

    @property
    def _smaller(self) -> str:
        return "split the file" if self.scope is RuleScope.ASSET else "keep fewer files in its landing"


def leave_no_core() -> None:
    """A crash must not write the data that was read to a core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bound_memory(memory_bytes: int) -> None:
    """Bound this process to its present memory plus `memory_bytes`; beyond it an allocation raises MemoryError.

    Linux counts private writable pages (``RLIMIT_DATA`` against ``VmData``), not address space, which libraries
    reserve freely. Elsewhere a thread watches the resident size and ends the process.
    """
    if sys.platform.startswith("linux"):
        limit = _data_bytes() + memory_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    else:
        limit = _peak_resident_bytes() + memory_bytes
        threading.Thread(target=_watch_memory, args=(limit,), daemon=True).start()


def bound_processor_time(timeout_seconds: float) -> None:
    """Bound the processor time of what follows, for a worker whose parent can no longer stop it."""
    soft = int(time.process_time() + 4 * timeout_seconds) + 10
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def die_with_parent() -> None:
    """End this process when the one that started it ends, however it ends.

    A thread waits for that; where no thread may run (beside a regular expression), Linux ends it when its own parent has ended, the
    fork server.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_outlive_not, args=(parent,), daemon=True).start()


def _outlive_not(parent: BaseProcess) -> None:
    parent.join()
    os._exit(0)


def _data_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:"))


def _peak_resident_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _watch_memory(limit: int) -> None:
    while _peak_resident_bytes() <= limit:
        time.sleep(0.02)
    os._exit(OUT_OF_MEMORY)
