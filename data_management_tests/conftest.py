"""What tests of every kind may ask for; no server is started before a test asks for it."""

import itertools
import logging
import os
import signal
import tempfile
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from data_management_tests.postgres import database, session_server_url
from data_management_tests.servers.moto import moto
from data_management_tests.servers.rclone import rclone

__all__ = ["moto", "rclone"]

_NUMBERS = itertools.count()
_LONGEST_ID = 60

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # a busy machine fails no test


def pytest_configure() -> None:
    """A shell that starts something in the background has it ignore SIGINT, and all that it starts; tests send it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Workers compare the names of all tests: no megabytes, and nothing that differs from one process to the next."""
    if isinstance(val, bytes):
        return f"{argname} {zlib.crc32(val):x}"
    if isinstance(val, str) and len(val) > _LONGEST_ID:
        return f"{val[:_LONGEST_ID]}… {zlib.crc32(val.encode(errors='surrogatepass')):x}"
    return None


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """What a test configured, by a command or a server within this process, is not left to the next."""
    logger = logging.getLogger("data_management")
    saved = logger.handlers[:], logger.level, logger.propagate, logger.disabled
    yield
    logger.handlers, logger.level, logger.propagate, logger.disabled = saved


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for ``TMPDIR``: multiprocessing makes sockets there, whose paths may have 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="dm-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the session's PostgreSQL server, as its administrator."""
    base = tmp_path_factory.getbasetemp()
    return session_server_url(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database that holds an empty catalog."""
    from data_management.infrastructure.persistence.engine import postgres_url
    from data_management.infrastructure.persistence.schema import upgrade_catalog

    name = f"template_{os.getpid()}"
    with database(postgres_server, name) as url:
        upgrade_catalog(postgres_url(url))
        yield name


@pytest.fixture
def empty_database(postgres_server: str) -> Iterator[str]:
    """The URL of a database without anything in it."""
    with database(postgres_server, f"empty_{os.getpid()}_{next(_NUMBERS)}") as url:
        yield url


@pytest.fixture
def postgres_catalog(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The URL of a database with an empty catalog of the current schema."""
    with database(postgres_server, f"test_{os.getpid()}_{next(_NUMBERS)}", postgres_template) as url:
        yield url
