"""The catalog's database: is it there, of the right schema, writable, sound?"""

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_management.application.diagnosis import Condition, Finding

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data_management.infrastructure.persistence.engine import CatalogPlace

_CHECKED_BYTES: Final = 2_000_000_000
"""A file up to this size is read through; that takes a second or two."""
_MOST_SKEW_SECONDS: Final = 5.0


class CatalogProbe:
    subject = "catalog"

    def __init__(self, place: "Callable[[], CatalogPlace]", *, embedded: bool) -> None:
        self._place = place
        self._embedded = embedded

    def findings(self) -> Iterator[Finding]:
        from data_management.infrastructure.persistence.engine import create_catalog_engine, name_of
        from data_management.infrastructure.persistence.schema import check_catalog, is_there

        place = self._place()
        if not is_there(place):
            fix = "`data-management run` or Dagster makes it" if self._embedded else "run `data-management db upgrade`"
            condition = Condition.WARNING if self._embedded else Condition.FAILURE
            yield self._obstacle(place) or Finding(
                self.subject, condition, f"there is none yet at {name_of(place)}", fix
            )
            return
        yield Finding(self.subject, Condition.OK, str(check_catalog(place)))
        engine = create_catalog_engine(place)
        try:
            yield self._writable(engine)
            yield from self._sound(engine, place)
        finally:
            engine.dispose()

    def _obstacle(self, place: "CatalogPlace") -> Finding | None:
        """What stands in the way of making one. Tried in the nearest folder that is there, which is left as it was."""
        if not isinstance(place, Path):
            return None
        nearest = next(folder for folder in place.parents if os.path.lexists(folder))
        try:
            Path(tempfile.mkdtemp(prefix=".data_management-", dir=nearest)).rmdir()
        except OSError as error:
            message = f"there is none at {place}, and none can be made: {nearest}: {error.strerror}"
            fix = "make way for its folder, with the right to write to it, or name another with DATA_MANAGEMENT_HOME"
            return Finding(self.subject, Condition.FAILURE, message, fix)
        return None

    def _writable(self, engine: "Engine") -> Finding:
        from sqlalchemy import text

        from data_management.infrastructure.persistence.engine import writing
        from data_management.infrastructure.persistence.schema import VERSION_TABLE

        with writing(engine).connect() as connection, connection.begin() as transaction:
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = version_num"))  # noqa: S608  a constant
            transaction.rollback()
        return Finding(self.subject, Condition.OK, "it can be written")

    def _sound(self, engine: "Engine", place: "CatalogPlace") -> Iterator[Finding]:
        from sqlalchemy import text

        with engine.connect() as connection:
            if not isinstance(place, Path):
                there = connection.scalar(text("SELECT clock_timestamp()"))
                assert isinstance(there, datetime)
                yield clock_finding("the database's clock", (there - datetime.now(UTC)).total_seconds())
                return
            if place.stat().st_size > _CHECKED_BYTES:
                fix = f"`sqlite3 {place} 'PRAGMA integrity_check'` reads it through"
                yield Finding(self.subject, Condition.OK, "it is large, and was not read through", fix)
                return
            said = connection.scalar(text("PRAGMA quick_check(1)"))
        if said == "ok":
            yield Finding(self.subject, Condition.OK, "its file is sound")
        else:
            fix = "stop what uses it, copy it, and bring back a backup or what `sqlite3 FILE .recover` saves"
            yield Finding(self.subject, Condition.FAILURE, f"its file is damaged: {said}", fix)


def clock_finding(whose: str, skew_seconds: float) -> Finding:
    """Leases, settling and signatures compare clocks."""
    if abs(skew_seconds) <= _MOST_SKEW_SECONDS:
        return Finding("clock", Condition.OK, f"{whose} agrees with this machine's")
    way = "ahead of" if skew_seconds > 0 else "behind"
    message = (
        f"{whose} is {abs(skew_seconds):.0f} s {way} this machine's: files settle and leases end at the wrong time"
    )
    return Finding("clock", Condition.WARNING, message, "let NTP set both")
