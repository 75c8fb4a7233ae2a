"""What a profile may say of a column, by its type and its privacy."""

from dataclasses import dataclass

_INTEGERS = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"))
_NUMBERS = _INTEGERS | {"HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL"}
_MOMENTS = frozenset(("DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"))


@dataclass(frozen=True)
class ProfiledColumn:
    """A column of a relation with its DuckDB type.

    Of a `private` one only counts are kept. `shown` ones, which the contract calls public or lets be sampled, show values as well.
    `uncastable` values are missing in the relation and were not in the file.
    """

    name: str
    type: str
    private: bool = False
    shown: bool = False
    uncastable: int = 0
    place: int | None = None
    """Where it stands, if the relation names its columns ``p0``, ``p1`` …: DuckDB's own names know no upper and lower case."""

    @property
    def quoted(self) -> str:
        """What the relation calls it."""
        return f"p{self.place}" if self.place is not None else '"' + self.name.replace('"', '""') + '"'

    @property
    def family(self) -> str:
        """``VARCHAR``, ``DECIMAL`` …: the type without its arguments."""
        return self.type.partition("(")[0].strip().upper() if self.type[-2:] != "[]" else "LIST"

    @property
    def is_integer(self) -> bool:
        return self.family in _INTEGERS

    @property
    def is_number(self) -> bool:
        return self.family in _NUMBERS

    @property
    def is_text(self) -> bool:
        return self.family == "VARCHAR"

    @property
    def is_boolean(self) -> bool:
        return self.family == "BOOLEAN"

    @property
    def is_moment(self) -> bool:
        return self.family in _MOMENTS

    @property
    def is_zoned(self) -> bool:
        return self.family in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")

    @property
    def shows_values(self) -> bool:
        return self.shown and not self.private
