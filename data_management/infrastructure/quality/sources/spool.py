"""Private folders for what must be written anew before it can be scanned, and their end."""

import fcntl
import itertools
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data_management.infrastructure.quality.reach import SPOOL_PREFIX
from data_management.infrastructure.quality.sources.plain import Spool

_LOCK = "lock"
_GRACE_SECONDS = 60.0
"""A folder younger than this may not be locked yet by the process that makes it."""
_numbers = itertools.count()


@contextmanager
def private_spool(most_bytes: int, base: Path | None = None, *, prefix: str = SPOOL_PREFIX) -> Iterator[Spool]:
    """A folder of this process alone (mode 0700) below `base`, else the system's temporary folder; gone at the end. Its name
    begins with `prefix`, which begins with `SPOOL_PREFIX`.

    Folders that killed processes of this user left there are removed first. A living one holds a lock in its folder, which
    tells the two apart in whatever container it runs.
    """
    above = base or Path(tempfile.gettempdir())
    remove_stale(above)
    own = Path(tempfile.mkdtemp(prefix=prefix, dir=above))
    lock = os.open(own / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder = own / "files"
        folder.mkdir(mode=0o700)
        yield Spool(folder=folder, most_bytes=most_bytes)
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(lock)


@contextmanager
def emptied(spool: Spool) -> Iterator[Spool]:
    """The spool for one request: what lies in it afterwards is removed."""
    try:
        yield spool
    finally:
        with suppress(FileNotFoundError), os.scandir(spool.folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    with suppress(OSError):
                        os.unlink(entry.path)  # noqa: PTH108  an entry, of which there is no Path


@contextmanager
def own_corner(spool: Spool) -> Iterator[Spool]:
    """A folder in the spool for one of several callers at a time; gone at the end."""
    corner = Path(tempfile.mkdtemp(dir=spool.folder))
    try:
        yield Spool(folder=corner, most_bytes=spool.most_bytes)
    finally:
        shutil.rmtree(corner, ignore_errors=True)


def new_path(spool: Spool, ending: str) -> Path:
    """A path in the spool that nothing stands at; its name holds nothing that SQL or a glob pattern would read."""
    return spool.folder / f"{os.getpid()}-{next(_numbers)}{ending}"


def linked(spool: Spool, path: Path, ending: str) -> Path:
    """A link to `path` under a name of ours: a file's own name may be a glob pattern, a partition, or no text at all."""
    link = new_path(spool, ending)
    link.symlink_to(os.path.abspath(path))  # noqa: PTH100  a link stays a link
    return link


def remove_stale(above: Path) -> None:
    """Remove what processes of this user left below `above` when they were killed."""
    with suppress(OSError), os.scandir(above) as entries:
        for entry in entries:
            if entry.name.startswith(SPOOL_PREFIX) and _is_stale(Path(entry.path)):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_stale(folder: Path) -> bool:
    """Another process may be removing it at this moment."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        return False
    return time.time() - status.st_mtime > _GRACE_SECONDS and not _is_locked(folder)


def _is_locked(folder: Path) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(lock)
