"""Column types that mean the same on every database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

ID: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""A surrogate key; in SQLite only ``INTEGER`` is the row id itself."""

Name: TypeEngine[str] = String().with_variant(String(collation="C"), "postgresql")
"""A string that is compared and sorted by its code points, as Python does."""


class UTCDateTime(TypeDecorator[datetime]):
    """Microseconds since 1970 UTC: exact, sortable, the same everywhere. Takes and gives aware datetimes."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 API
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 API
        return None if value is None else _EPOCH + value * _MICROSECOND


class Prose(TypeDecorator[str]):
    """Text for people. What no database can encode (half a surrogate pair, of a file name that is not UTF-8) is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 API
        if value is None or value.isascii():
            return value  # type: ignore[no-any-return]
        return str(value).encode("utf-8", "backslashreplace").decode()
