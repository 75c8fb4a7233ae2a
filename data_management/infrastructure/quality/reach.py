"""What a worker can reach: its asset, its spool and its libraries; no network, no other process, no credentials."""

import ctypes
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

SPOOL_PREFIX = "data-management-spool-"
"""How the names of spools begin, in the system's temporary folder."""
_KEPT = ("HOME", "LANG", "LANGUAGE", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV")
_KEPT_PREFIXES = ("LC_", "LD_", "DYLD_", "PYTHON", "COVERAGE", "GX_ANALYTICS", "ARROW_", "OMP_", "OPENBLAS_", "MKL_")
_FORBIDDEN = frozenset(
    {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"}
)
_SYSTEM = ("/dev/null", "/dev/urandom", "/etc/localtime", "/proc/self/status", "/usr/share/zoneinfo/")
_MODULES = (".py", ".pyc", ".so", ".pyd")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_assets: tuple[str, ...] = ()


def forget_credentials() -> None:
    """Drop all variables of the environment but those that a Python process needs: a worker has no use for a secret."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    os.environ.clear()
    if sys.platform.startswith("linux"):
        _erase_first_environment()
    os.environ.update(kept)


def _erase_first_environment() -> None:
    """What the process was started with stays in its memory, and in ``/proc``, whatever becomes of the variables."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end, proc(5): 50 and 51 with those before
    if start:
        ctypes.memset(start, 0, end - start)


def reach_only(paths: Iterable[Path]) -> None:
    """The assets of the next request; of a folder, what lies in it. For `reach_nothing`."""
    global _assets  # noqa: PLW0603  a worker is one process for one request at a time
    _assets = tuple(os.path.abspath(path) for path in paths)  # noqa: PTH100  a link stays a link


def reach_nothing() -> None:
    """From here on this process opens no connection, starts no other process, and opens no file but assets, spool and
    libraries, whatever a file or a rule makes a library do.

    What is forbidden raises PermissionError. Python's own events only: DuckDB is locked by its own settings.
    """
    readable, importable = tuple(dict.fromkeys(_libraries())), tuple(dict.fromkeys(_sources()))
    spools = os.path.join(os.path.abspath(tempfile.gettempdir()), SPOOL_PREFIX)  # noqa: PTH100, PTH118  text, as is what is compared

    def may_open(path: object, flags: int) -> bool:
        if isinstance(path, int):
            return True
        try:
            name = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100
        except (TypeError, ValueError):
            return True  # no path: what opens it will say so
        if name.startswith(spools) or name == os.devnull:
            return True
        if flags & _WRITES:
            return False
        if name.endswith(_MODULES) and name.startswith(importable):
            return True
        return name in _assets or name.startswith((*readable, *(asset + os.sep for asset in _assets)))

    def forbid(event: str, details: tuple[object, ...]) -> None:
        if event == "open":
            flags = details[2]
            if not may_open(details[0], flags if isinstance(flags, int) else 0):
                raise PermissionError("open is not allowed in a worker beyond its asset")
        elif event in _FORBIDDEN or (event.startswith("socket.") and event != "socket.__new__"):
            raise PermissionError(f"{event} is not allowed in a worker")

    sys.addaudithook(forbid)


def _libraries() -> Iterator[str]:
    """Where Python is installed, and what the system tells of time zones."""
    yield from _SYSTEM
    for root in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *site.getsitepackages()):
        yield os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118


def _sources() -> Iterator[str]:
    """Where else modules lie; data may lie there, too."""
    yield str(Path(__file__).parents[3])
    for root in sys.path:
        yield os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118
