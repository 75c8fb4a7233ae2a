"""The quality engine as a pool of worker processes, so that a hostile file harms itself alone."""

import os
import pickle
import secrets
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final
from weakref import WeakKeyDictionary

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from data_management.application.ports import ExaminationOutcome, ExaminationRequest, Unreadable
from data_management.domain.custom_expectations import SETTING
from data_management.domain.models import RuleScope
from data_management.errors import Unavailable
from data_management.infrastructure.quality.custom import NO_CODE, CustomCode, absent
from data_management.infrastructure.quality.limits import OUT_OF_MEMORY, Limits
from data_management.infrastructure.quality.process import worker_context
from data_management.infrastructure.quality.reach import SPOOL_PREFIX
from data_management.infrastructure.quality.stale import remove_spools, remove_stale
from data_management.infrastructure.quality.undisturbed import Undisturbed
from data_management.infrastructure.quality.worker import examine_pickled, prepare, readiness

EXPANDED_BYTES = 2 << 30
_START_SECONDS = 180.0
_STOP_SECONDS = 5.0
_STEP_SECONDS = 0.1
_TRIES = 3
_LONGEST_TEMPORARY: Final = 75
"""A socket's path may have 107 bytes; multiprocessing appends ``/pymp-…/listener-…``."""

Task = Callable[[bytes, Limits], bytes]
"""What a worker runs: a pickled `ExaminationRequest` to a pickled `ExaminationOutcome`."""


@dataclass
class _InFlight:
    request: ExaminationRequest
    pool: ProcessPool
    future: "ProcessFuture[bytes]"
    ended: "SimpleQueue[bytes | BaseException]"
    """Gets the one outcome, or why there is none."""
    tries: int = 1


class WorkerPoolQualityEngine:
    """`QualityEngine` over worker processes, which start at first use.

    `timeout_seconds` bounds one request; `memory_bytes` what a worker may need beyond its libraries; `expanded_bytes`
    what a file may unpack to; `columns` and `cell_bytes` how wide it and how long one of its values may be. `scope` says what
    requests are of, and so which settings a refusal names.

    The caller's thread, where Ctrl-C may strike between any two instructions, touches neither pool nor future, but through
    `Undisturbed`.
    """

    def __init__(
        self,
        workers: int,
        timeout_seconds: float,
        memory_bytes: int,
        *,
        expanded_bytes: int = EXPANDED_BYTES,
        columns: int = Limits.columns,
        cell_bytes: int = Limits.cell_bytes,
        scope: RuleScope = RuleScope.ASSET,
        task: Task = examine_pickled,
        custom: CustomCode = NO_CODE,
    ) -> None:
        self._workers = workers
        self._limits = Limits(timeout_seconds, memory_bytes, expanded_bytes, columns, cell_bytes, scope)
        self._task = task
        self._custom = custom
        self._undisturbed = Undisturbed()
        self._is_starting = False
        self._pool: ProcessPool | None = None
        self._owner = os.getpid()
        self._flying: set[Future[bytes]] = set()
        self._spools: WeakKeyDictionary[ProcessPool, str] = WeakKeyDictionary()
        """How the names of the spools of a pool's workers begin: a worker is ended by a signal, and removes none."""

    def examine(self, requests: Iterable[ExaminationRequest | None]) -> Iterator[ExaminationOutcome]:
        """One outcome per request, in their order. `Unavailable` where no worker can be started.

        A None among the requests is none: who gives them waits for an outcome before the next.
        """
        flying: deque[_InFlight] = deque()
        try:
            for request in requests:
                if request is not None:
                    flying.append(self._undisturbed(partial(self._submit, request)))
                if len(flying) >= 2 * self._workers or (request is None and flying):
                    yield self._outcome(flying)
            while flying:
                yield self._outcome(flying)
        finally:
            if flying:
                self._undisturbed.soon(partial(_cancel, [rest.future for rest in flying]))

    def absent(self) -> Mapping[str, str]:
        """Why custom expectations are not there, by their types. Raises as `examine`."""
        found: Mapping[str, str] = self._undisturbed(lambda: self._started().schedule(absent).result(_START_SECONDS))
        return found

    def close(self) -> None:
        """Stop the workers; they start anew when the engine is used again.

        Workers that are just being started are stopped when they have: nobody waits for that.
        """
        stopped = self._undisturbed.soon(self._close)
        while not self._is_starting:
            with suppress(Empty):
                stopped.get(timeout=_STEP_SECONDS)
                return

    def _close(self) -> None:
        pool, self._pool = self._pool, None
        if self._owner == os.getpid():
            _cancel(list(self._flying))
            self._stop(pool)

    def _submit(self, request: ExaminationRequest, tries: int = 1) -> _InFlight:
        pickled = pickle.dumps(request)
        for _ in range(_TRIES):
            pool = self._started()
            with suppress(RuntimeError, BrokenProcessPool):  # pebble's words for a pool that has stopped or broken
                future = pool.schedule(self._task, args=(pickled, self._limits), timeout=self._limits.timeout_seconds)
                self._flying.add(future)
                started = _InFlight(request=request, pool=pool, future=future, ended=SimpleQueue(), tries=tries)
                future.add_done_callback(partial(_tell, started.ended))
                future.add_done_callback(self._flying.discard)
                return started
            self._retire(pool)
        raise Unavailable("the quality engine's worker pool stops whenever it is used; see the log, and try again")

    def _outcome(self, flying: deque[_InFlight]) -> ExaminationOutcome:
        """The first one's outcome; it leaves `flying`. Where the pool broke, all that were in it are tried again."""
        while True:
            first = flying[0]
            try:
                ended = first.ended.get(timeout=self._patience)
            except Empty:
                ended = BrokenProcessPool()
            if isinstance(ended, bytes):
                flying.popleft()
                outcome: ExaminationOutcome = pickle.loads(ended)  # noqa: S301  a worker's: ADR 30
                return outcome
            if isinstance(ended, CancelledError):
                raise Unavailable("the quality engine was closed while it examined files; start again") from ended
            if isinstance(ended, Unavailable):
                raise ended
            if not isinstance(ended, BrokenProcessPool):
                flying.popleft()
                return Unreadable(first.request.key, self._reason(first.request, ended))
            if first.tries >= _TRIES:
                self._undisturbed(partial(self._retire, first.pool))
                flying.popleft()
                return Unreadable(
                    first.request.key,
                    f"{first.request.shown}: the worker was lost {_TRIES} times; remove the file, or look for "
                    "what kills processes on this machine",
                )
            self._undisturbed(partial(self._try_again, flying))

    def _try_again(self, flying: deque[_InFlight]) -> None:
        """What was in the pool of the first, which broke, and has no result."""
        first = flying[0]
        self._retire(first.pool)
        for index, one in enumerate(flying):
            if one is first or (one.pool is first.pool and not _has_result(one.future)):
                flying[index] = self._submit(one.request, one.tries + (one is first))

    @property
    def _patience(self) -> float:
        """Seconds after which a result that has not come will not come: all before it may take their full time."""
        return 5 * (self._limits.timeout_seconds + 10.0) + 60.0

    def _started(self) -> ProcessPool:
        if self._owner != os.getpid():  # forked: these workers are the parent's
            self._pool, self._owner = None, os.getpid()
            self._flying.clear()
        if self._pool is None:
            self._is_starting = True
            try:
                self._pool = self._start()
            finally:
                self._is_starting = False
        return self._pool

    def _start(self) -> ProcessPool:
        remove_stale(Path(tempfile.gettempdir()))
        spools = f"{SPOOL_PREFIX}{secrets.token_hex(8)}-"
        pool = ProcessPool(
            max_workers=self._workers,
            initializer=prepare,
            initargs=(self._limits, spools, self._custom),
            context=worker_context(),
        )
        self._spools[pool] = spools
        try:
            problem = pool.schedule(readiness, timeout=_START_SECONDS).result(timeout=2 * _START_SECONDS)
        except Exception as error:
            self._stop(pool)
            remedy = _remedy(tempfile.gettempdir())
            if self._custom.expectations:
                remedy += f", and that no module of {SETTING} ends or holds up whoever imports it"
            raise Unavailable(
                f"the quality engine's workers do not start ({type(error).__name__}); {remedy}"
            ) from error
        if problem is not None:
            self._stop(pool)
            remedy = "raise the memory limit" if problem.startswith("MemoryError") else "reinstall data-management"
            raise Unavailable(f"the quality engine cannot load its libraries: {problem}; {remedy}")
        return pool

    def _retire(self, pool: ProcessPool) -> None:
        if self._pool is pool:
            self._pool = None
        self._stop(pool)

    def _stop(self, pool: ProcessPool | None) -> None:
        if pool is None:
            return
        ending = threading.Thread(target=_end, args=(pool,), daemon=True)
        ending.start()
        ending.join(_STOP_SECONDS)  # pebble's threads wait without a bound, for each other and for workers
        if spools := self._spools.pop(pool, ""):
            remove_spools(spools)

    def _reason(self, request: ExaminationRequest, error: BaseException) -> str:
        name, limits = request.shown, self._limits
        megabytes = limits.memory_bytes >> 20
        if isinstance(error, TimeoutError):
            return limits.out_of_time(name)
        if isinstance(error, MemoryError) or (isinstance(error, ProcessExpired) and error.exitcode == OUT_OF_MEMORY):
            return limits.out_of_memory(name)
        if isinstance(error, ProcessExpired):
            return (
                f"{name} ended the process that read it ({_died_of(error.exitcode)}): it is damaged, or needs more "
                f"than the memory limit of {megabytes} MB; write it anew, or raise {limits.setting('MEMORY_MB')}"
            )
        return f"{name} could not be examined ({type(error).__name__}); write the file anew"


def absent_expectations(custom: CustomCode) -> Mapping[str, str]:
    """As a worker finds them: of the classes that cannot be used, why, by their types. `Unavailable` where none can be started."""
    engine = WorkerPoolQualityEngine(
        workers=1, timeout_seconds=_START_SECONDS, memory_bytes=EXPANDED_BYTES, custom=custom
    )
    try:
        return engine.absent()
    finally:
        engine.close()


def _died_of(exitcode: int) -> str:
    if exitcode < 0:
        with suppress(ValueError):
            return signal.Signals(-exitcode).name
    return f"exit status {exitcode}"


def _cancel(futures: Iterable[Future[bytes]]) -> None:
    for future in futures:
        future.cancel()


def _tell(ended: "SimpleQueue[bytes | BaseException]", future: Future[bytes]) -> None:
    if future.cancelled():
        ended.put(CancelledError())
    else:
        ended.put(future.exception() or future.result())


def _has_result(future: "ProcessFuture[bytes]") -> bool:
    return future.done() and not future.cancelled() and not isinstance(future.exception(), BrokenProcessPool)


def _remedy(temporary: str) -> str:
    length = len(os.fsencode(temporary))
    if length > _LONGEST_TEMPORARY:
        return f"the path of the temporary folder has {length} bytes, too many for a socket in it; set TMPDIR to one of {_LONGEST_TEMPORARY} at most"
    return "check the memory limit and that this process may start others"


def _end(pool: ProcessPool) -> None:
    with suppress(Exception):
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
