"""A consumer in a process of its own that others kill: it notes what it is given before it commits."""

import json
import random
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from data_management.application.services import consume_files, reading
from data_management.errors import Conflict, Unavailable
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.persistence.engine import create_catalog_engine, postgres_url
from data_management_tests.integration.persistence.application import application

LEASE_SECONDS = 0.4


class Failing(Exception):
    """The consumer's own work failed."""


def work(
    where: str, notes: str, seed: int, seconds: float | None = None, begins: "Connection[bytes, bytes] | None" = None
) -> None:
    """Consume for so long, or until nothing is left; a file of notes for each attempt, named by its holder."""
    chance = random.Random(seed)
    engine = create_catalog_engine(postgres_url(where) if "://" in where else Path(where))
    engine.connect().close()
    if begins is not None:
        begins.send(b"")
    app, attempt = application(engine, utc_now), 0
    until = None if seconds is None else time.monotonic() + seconds
    try:
        while until is None or time.monotonic() < until:
            attempt += 1
            holder = UUID(int=(seed << 32) + attempt)
            reading._POLL_SECONDS = 0.05
            reading.uuid4 = lambda holder=holder: holder  # type: ignore[attr-defined, misc]
            try:
                with consume_files(
                    app, "orders", "clean", limit=chance.choice((None, 1, 3, 10)), lease_seconds=LEASE_SECONDS
                ) as files:
                    _note(Path(notes) / f"{holder.hex}.json", files)
                    time.sleep(chance.random() * 0.02)
                    if until is not None:
                        _fail_sometimes(chance)
            except (Failing, Conflict):
                continue
            if until is None and files.is_complete:
                return
    except Unavailable:
        if until is None:
            raise
    finally:
        engine.dispose()


def _fail_sometimes(chance: random.Random) -> None:
    if chance.random() < 0.1:
        raise Failing


def _note(path: Path, files: Any) -> None:
    text = {
        "before": files.after,
        "to": files.to,
        "accepted": [file.id for file in files],
        "withdrawn": [file.id for file in files.withdrawn],
    }
    path.write_text(json.dumps(text))
