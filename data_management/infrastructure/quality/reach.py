"""What Python code in a worker can reach: its asset, its spool and its libraries; no network, no other process, no credentials.

This keeps files and rules from making a library do what it can do; it is no sandbox. Machine code that a file smuggled into a
library's memory has all rights of the user that runs it: ADR 30.
"""

import ctypes
import errno
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SPOOL_PREFIX = "data-management-spool-"
"""How the names of spools begin, in the system's temporary folder."""
FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says where a spool finds no room."""

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
    _assets = tuple(_absolute(path) for path in paths)


def reach_nothing() -> None:
    """From here on this process opens no connection, starts no other process, and opens no file but assets, spool and
    libraries, whatever a file or a rule makes a library do.

    What is forbidden raises PermissionError. Python's own events only: DuckDB is locked by its own settings.
    """
    libraries, sources = tuple(dict.fromkeys(_libraries())), tuple(dict.fromkeys(_sources()))
    spools = _folder(tempfile.gettempdir()) + SPOOL_PREFIX

    def may_open(name: str, flags: int) -> bool:
        if name.startswith(spools) or name == os.devnull:
            return True
        if flags & _WRITES:
            return False
        if name in _assets or name.startswith(libraries):
            return True
        if name.endswith(_MODULES) and name.startswith(sources):
            return True
        return any(name.startswith(_folder(asset)) for asset in _assets)

    def forbid(event: str, details: tuple[Any, ...]) -> None:
        if event == "open":
            if isinstance(details[0], str | bytes | os.PathLike) and not may_open(
                _absolute(details[0]), details[2] or 0
            ):
                raise PermissionError("open is not allowed in a worker beyond its asset")
        elif event in _FORBIDDEN or (event.startswith("socket.") and event != "socket.__new__"):
            raise PermissionError(f"{event} is not allowed in a worker")

    sys.addaudithook(forbid)


def _libraries() -> Iterator[str]:
    """Where Python is installed, and what the system tells of time zones."""
    yield from _SYSTEM
    for root in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *site.getsitepackages()):
        yield _folder(root)


def _sources() -> Iterator[str]:
    """Where else modules lie; data may lie there, too."""
    yield _folder(str(Path(__file__).parents[3]))
    for root in sys.path:
        yield _folder(root)


def _folder(path: str) -> str:
    return _absolute(path).rstrip(os.sep) + os.sep


def _absolute(path: str | bytes | os.PathLike[Any]) -> str:
    """As text, and without following links: the spool's lead to the asset."""
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100
