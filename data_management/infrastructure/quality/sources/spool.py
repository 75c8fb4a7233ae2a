"""Private folders for what must be written anew before it can be scanned, and their end."""

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data_management.infrastructure.quality.reach import SPOOL_PREFIX
from data_management.infrastructure.quality.sources.plain import Spool
from data_management.infrastructure.quality.stale import LOCK, remove_stale

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
    lock = os.open(own / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
