"""What runs in a worker: one request in, one outcome out. Heavy libraries are imported when they are used."""

import atexit
import errno
import logging
import os
import pickle
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from data_management.application.ports import Changed, ExaminationOutcome, ExaminationRequest, Examined, Unreadable
from data_management.errors import DataManagementError, Unavailable
from data_management.infrastructure.quality.custom import NO_CODE, CustomCode, import_expectations
from data_management.infrastructure.quality.limits import (
    Limits,
    bound_memory,
    bound_processor_time,
    die_with_parent,
    leave_no_core,
)
from data_management.infrastructure.quality.process import let_go_of_fork_server
from data_management.infrastructure.quality.reach import (
    FULL,
    SPOOL_PREFIX,
    forget_credentials,
    reach_nothing,
    reach_only,
)
from data_management.infrastructure.quality.staged import staged_places

if TYPE_CHECKING:
    from data_management.infrastructure.quality.sources.plain import Spool

_DEFAULT_LIMITS = Limits(timeout_seconds=300.0, memory_bytes=1 << 30, expanded_bytes=2 << 30)
_PROBE_BYTES = 1 << 20
_problem: str | None = None
_spools: str | None = None


def load_libraries() -> None:
    """Import GX and what it needs, quietly: no analytics, one thread per numeric library."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # others reserve memory by the gigabyte
    with quiet():
        import data_management.infrastructure.quality.examining  # noqa: F401


def prepare(limits: Limits, spools: str | None = None, custom: CustomCode = NO_CODE) -> None:
    """Make this process a worker, the name of whose spool begins with `spools`.

    A problem is kept for `readiness`: one raised here would only break the pool.
    """
    global _problem, _spools  # noqa: PLW0603  a worker is one process for one purpose
    _spools = spools
    leave_no_core()
    let_go_of_fork_server()
    die_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # pebble's handler waits for the interpreter, which may hang
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    try:
        forget_credentials()
        load_libraries()
        with quiet():
            import_expectations(custom, for_good=True)
        bound_memory(limits.memory_bytes)
        reach_nothing()
    except BaseException as error:  # noqa: BLE001  an import may raise anything, SystemExit too
        _problem = f"{type(error).__name__}: {error}"


def readiness() -> str | None:
    """Why this worker cannot work, or None."""
    return _problem


def examine_pickled(request: bytes, limits: Limits) -> bytes:
    """`examine_here` between processes: pickled here, so that what cannot be pickled fails alone."""
    bound_processor_time(limits.timeout_seconds)
    asked: ExaminationRequest = pickle.loads(request)  # noqa: S301  from our own parent
    reach_only(staged_places(asked) or [location.path for location in asked.locations if location.scheme == "file"])
    return pickle.dumps(examine_here(asked, limits))


def examine_here(request: ExaminationRequest, limits: Limits = _DEFAULT_LIMITS) -> ExaminationOutcome:
    """Examine in this process. Whatever the files hold ends as an outcome; a crash or a hang does not.

    `Unavailable` where the temporary folder is full whatever the files hold: they are to be examined when there is room.
    """
    name = request.shown if request.locations else "no file"
    try:
        with quiet():
            return _examined(request, limits)
    except MemoryError:
        return Unreadable(request.key, limits.out_of_memory(name))
    except RecursionError:
        return Unreadable(request.key, f"{name} is nested too deeply to be read; flatten it")
    except Exception as error:
        if _found_no_room(error) and not _has_room(limits):  # now that nothing of the files is there any more
            raise Unavailable(
                f"the temporary folder {tempfile.gettempdir()} is full, so that nothing can be examined; make room there, or set TMPDIR"
            ) from error
        return Unreadable(request.key, _why(name, error))


def _why(name: str, error: Exception) -> str:
    if isinstance(error, DataManagementError):
        return error.message
    if _found_no_room(error):
        return f"{name} needs more room than the temporary folder has; make room there, or set TMPDIR, and try again"
    return _failed(name, error)


def _found_no_room(error: BaseException | None) -> bool:
    """Whether it, or what caused it, is the system's complaint, which DuckDB and Arrow quote in errors of their own."""
    while error is not None:
        if (isinstance(error, OSError) and error.errno in FULL) or os.strerror(errno.ENOSPC) in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _has_room(limits: Limits) -> bool:
    """Whether the temporary folder takes a megabyte."""
    try:
        spool = process_spool(limits.expanded_bytes)
        probe = spool.folder / "probe"
        try:
            probe.write_bytes(bytes(_PROBE_BYTES))
        finally:
            probe.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _failed(name: str, error: Exception) -> str:
    """Without the error's message, which may quote the data: its type says enough."""
    return f"{name} could not be examined ({type(error).__name__}); check the file, and write it anew"


def _examined(request: ExaminationRequest, limits: Limits) -> ExaminationOutcome:
    from data_management.infrastructure.quality.connections import Resources
    from data_management.infrastructure.quality.examining import examine
    from data_management.infrastructure.quality.sources import Bounds, OtherVersion

    spool = process_spool(limits.expanded_bytes)
    resources = Resources(
        threads=1,
        memory_bytes=limits.memory_bytes // 2,
        spill=spool.folder,
        own_sql_seconds=limits.timeout_seconds / 2,
    )
    bounds = Bounds(columns=limits.columns, cell_bytes=limits.cell_bytes)
    try:
        return Examined(request.key, examine(request, spool, resources, bounds))
    except OtherVersion:
        return Changed(request.key)


def process_spool(most_bytes: int) -> "Spool":
    """One for this process, until it ends; what a killed one leaves is removed by the next."""
    return _spool_of(os.getpid(), most_bytes)


@cache
def _spool_of(owner: int, most_bytes: int) -> "Spool":
    from data_management.infrastructure.quality.sources import private_spool

    stack = ExitStack()
    spool = stack.enter_context(private_spool(most_bytes, prefix=_spools or SPOOL_PREFIX))
    atexit.register(lambda: stack.close() if os.getpid() == owner else None)  # a fork leaves it to its parent
    return spool


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings and log records of the libraries."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
        logging.captureWarnings(capture=False)  # GX turns it on when it is imported
