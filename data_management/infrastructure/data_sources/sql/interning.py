"""Content that many rows share, stored once under its hash: the schemas and layouts."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Table, select

from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.persistence.dialects import insert_new

T = TypeVar("T")


class Interned(Generic[T]):
    """One table of shared content, as one transaction sees it. `decode` makes of the JSON what readers want."""

    def __init__(self, connection: Connection, table: Table, decode: Callable[[Any], T]) -> None:
        self._connection = connection
        self._table = table
        self._decode = decode
        self._ids: dict[str, int] = {}
        self._contents: dict[int, T] = {}

    def id_of(self, content: Any) -> int:
        """The id of this (JSON) content, stored now where it was not."""
        digest = _digest(content)
        if digest not in self._ids:
            found = self._find(digest)
            if found is None:
                self._connection.execute(
                    insert_new(self._connection, self._table), {"hash": digest, "content": content}
                )
                found = self._find(digest)
            assert found is not None
            self._ids[digest] = found
        return self._ids[digest]

    def find(self, content: Any) -> int | None:
        """The id of this content; None where it is not stored."""
        digest = _digest(content)
        return self._ids[digest] if digest in self._ids else self._find(digest)

    def load(self, ids: Iterable[int | None]) -> None:
        """Fetch what `get` will be asked for."""
        missing = sorted({each for each in ids if each is not None} - self._contents.keys())
        table = self._table.c
        for chunk in chunked(missing):
            for row in self._connection.execute(select(table.id, table.content).where(table.id.in_(chunk))):
                self._contents[row.id] = self._decode(row.content)

    def get(self, key: int | None) -> T | None:
        return None if key is None else self._contents[key]

    def forget(self) -> None:
        """After a rollback ids may come to mean something else."""
        self._ids.clear()
        self._contents.clear()

    def _find(self, digest: str) -> int | None:
        table = self._table.c
        return self._connection.scalar(select(table.id).where(table.hash == digest))


def _digest(content: Any) -> str:
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()
