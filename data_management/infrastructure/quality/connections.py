"""DuckDB connections that can reach nothing but what they are given."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb


@dataclass(frozen=True)
class Resources:
    """What DuckDB may use; None: its own default (all cores, 80 % of memory). `spill` is a folder for what memory does not hold,
    `own_sql_seconds` what the SQL that rules bring along may take together.
    """

    threads: int | None = None
    memory_bytes: int | None = None
    spill: Path | None = None
    own_sql_seconds: float = 30.0


_SMALL: Final = 64 << 20

_shared: dict[Resources, duckdb.DuckDBPyConnection] = {}
_owner = os.getpid()
_lock = threading.Lock()


@contextmanager
def connected(
    resources: Resources, paths: Sequence[Path], tables: Mapping[str, Any]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees `tables` by their names and may read `paths`; no other file, no network, no change of settings.

    One that reads no file is a cursor of a connection that this process keeps: making one takes 20 to 30 ms. For small
    tables it has one thread: more cost more than they bring.
    """
    if paths:
        connection = _opened(resources, paths)
    else:
        small = sum(table.nbytes for table in tables.values()) < _SMALL
        connection = _kept(replace(resources, threads=1) if small else resources).cursor()
    try:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
    finally:
        connection.close()  # what was registered is the cursor's own, and ends with it


def _kept(resources: Resources) -> duckdb.DuckDBPyConnection:
    global _owner  # noqa: PLW0603  connections do not survive a fork
    with _lock:
        if _owner != os.getpid():
            _shared.clear()
            _owner = os.getpid()
        if resources not in _shared:
            _shared[resources] = _opened(resources, ())
        return _shared[resources]


def _opened(resources: Resources, paths: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
    if resources.threads is not None:
        settings["threads"] = resources.threads
    if resources.memory_bytes is not None:
        settings["memory_limit"] = f"{resources.memory_bytes >> 20}MiB"
    if resources.spill is not None:
        settings["temp_directory"] = str(resources.spill)
    connection = duckdb.connect(config=settings)
    connection.execute("SET GLOBAL python_enable_replacements = false")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    if paths:
        allowed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
