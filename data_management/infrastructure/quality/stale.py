"""Removing the spools that processes left when they were ended; loads nothing heavy, as the caller of workers does it.

A worker cannot: it may open nothing by a name that is relative to another folder, as `shutil.rmtree` does.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from data_management.infrastructure.quality.reach import SPOOL_PREFIX

LOCK = "lock"
"""The file in a spool that a living process has locked."""
_GRACE_SECONDS = 60.0
"""A folder younger than this may not be locked yet by the process that makes it."""


def remove_spools(prefix: str) -> None:
    """Remove all in the temporary folder whose names begin with `prefix`; nobody uses them any more."""
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)


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
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
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
