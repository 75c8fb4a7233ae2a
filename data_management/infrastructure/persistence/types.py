"""Column types that mean the same on every database."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ESCAPE = "\u241b"  # ␛, the picture of an escape: a character that names do not have
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\u241b]")
_ESCAPED = re.compile("\u241b([0-9a-f]{4})")

ID: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""A surrogate key; in SQLite only ``INTEGER`` is the row id itself."""


class Exact(TypeDecorator[str]):
    """A string that comes back as it was, whatever it holds.

    Postgres takes no NUL, and no database half a surrogate pair (of a name that is not UTF-8, of a YAML escape): such characters are
    stored as ``␛`` and four hexadecimal digits.
    """

    impl = String
    cache_ok = True

    @staticmethod
    def are_plain(values: Sequence[str | None]) -> bool:
        """Whether all of them are stored as they are."""
        together = "".join(filter(None, values))
        return together.isascii() and "\x00" not in together

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 API
        if value is None or (value.isascii() and "\x00" not in value):
            return value
        return _UNSTORABLE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 API
        if value is None or _ESCAPE not in value:
            return value
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


Name: TypeEngine[str] = Exact().with_variant(Exact(collation="C"), "postgresql")
"""The same, compared and sorted by its code points, as Python does."""


class UTCDateTime(TypeDecorator[datetime]):
    """Microseconds since 1970 UTC: exact, sortable, the same everywhere. Takes and gives aware datetimes."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 API
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 API
        return None if value is None else _EPOCH + value * _MICROSECOND


class Prose(TypeDecorator[str]):
    r"""Text for people. What no database can store (a NUL, half a surrogate pair of a file name that is not UTF-8) reads ``\x00``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 API
        if value is None or (value.isascii() and "\x00" not in value):
            return value
        return str(value).replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
