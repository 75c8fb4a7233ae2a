"""The types of columns that nobody stated: guessed from the first rows, and borne out by the scan itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import duckdb

from data_management.domain.models import ColumnSpec, Expectation
from data_management.errors import Rejected
from data_management.infrastructure.quality.planning.columns import CANDIDATES, DECIMAL, digits
from data_management.infrastructure.quality.planning.scan import Grouping
from data_management.infrastructure.quality.planning.suite import COUNT, Schema, Suite, suite_of
from data_management.infrastructure.quality.planning.typing import at, looks_like, refinement
from data_management.infrastructure.quality.scanning import Failed, Scan
from data_management.infrastructure.quality.sources import RawColumn

_MOST_DIGITS: Final = 38
_SAMPLE: Final = 50
_MOST_GUESSES: Final = 4


def first_guesses(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    raw: Sequence[RawColumn],
    specs: Sequence[ColumnSpec],
    *,
    textual: bool,
) -> list[tuple[str, str]]:
    """First guesses for columns of text whose type nobody stated, from the first rows."""
    stated = {spec.name for spec in specs if spec.logical_type is not None}
    open_ = (
        [(column.name, at(place)) for place, column in enumerate(raw) if column.name not in stated] if textual else []
    )
    if not open_:
        return []
    shown = ", ".join(column for _, column in open_)
    try:
        rows = connection.execute(f"SELECT {shown} FROM {relation} LIMIT {_SAMPLE}").fetchall()
    except duckdb.Error:
        return []  # the scan itself says what is wrong
    return [(name, looks_like([row[place] for row in rows])) for place, (name, _) in enumerate(open_)]


def settled(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    schema: Schema,
    expectations: tuple[Expectation, ...],
    shown: str,
    *,
    details: bool,
    casts: bool,
    own_sql_seconds: float,
) -> tuple[Suite, Scan, Mapping[str, Any]]:
    """The suite whose guesses the scan itself bears out, and all that it asked."""
    for _ in range(_MOST_GUESSES):
        suite = suite_of(expectations, schema, details=details, casts=casts)
        scan = Scan(connection, suite.typing.selected, relation, shown, own_sql_seconds)
        grouped = [one for one in suite.aggregates if suite.typing.doubts and isinstance(one, Grouping)]
        values = scan.computed(one for one in suite.aggregates if one not in grouped)
        if isinstance(values[COUNT], Failed):
            raise Rejected(f"{shown} cannot be read ({values[COUNT]}); write or transfer it again")
        wrong = [(name, type_) for (name, type_), sql in suite.typing.doubts.items() if values[sql] != 0]
        if not wrong:
            break
        guesses = dict(schema.guesses)
        places = {column.name: at(place) for place, column in enumerate(schema.raw)}
        for name, type_ in wrong:
            if type_ == DECIMAL:
                guesses[name] = _decimal(connection, relation, places[name])
            else:
                guesses[name] = type_ or _refined(connection, relation, places[name])
        schema = replace(schema, guesses=tuple(guesses.items()))
    return suite, scan, values | scan.computed(grouped)  # once, as they are dear


def _decimal(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> str:
    """The decimal that holds all values exactly; doubles where there is none."""
    exponents, before, after = connection.execute(f"SELECT {', '.join(digits(name))} FROM {relation}").fetchall()[0]
    if exponents or before + (after or 0) > _MOST_DIGITS:
        return "DOUBLE"
    return f"DECIMAL({_MOST_DIGITS},{after or 0})"


def _refined(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> str:
    counts = connection.execute(f"SELECT {', '.join(refinement(name))} FROM {relation}").fetchall()[0]
    return next((type_ for type_, count in zip(CANDIDATES, counts, strict=False) if not count), CANDIDATES[-1])
