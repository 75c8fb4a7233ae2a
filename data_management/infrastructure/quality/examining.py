"""One request, from files to an examination. Importing this loads GX, DuckDB, pandas and pyarrow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

import duckdb
import pyarrow as pa

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import Column, ColumnProfile, ColumnSpec, Examination, ReadingNote, Rule
from data_management.domain.services import DataClassificationService, private_columns, shown_columns
from data_management.errors import Rejected
from data_management.infrastructure.quality.checks import Judge, Wanted
from data_management.infrastructure.quality.connections import Resources, connected
from data_management.infrastructure.quality.fallback import PandasTable
from data_management.infrastructure.quality.planning.columns import CANDIDATES
from data_management.infrastructure.quality.planning.plan import ASSET
from data_management.infrastructure.quality.planning.suite import COUNT, Schema, Suite, filled, suite_of
from data_management.infrastructure.quality.planning.typing import looks_like, refinement
from data_management.infrastructure.quality.planning.values import quoted
from data_management.infrastructure.quality.profiling import (
    ProfiledColumn,
    ProfileLimits,
    detections_of,
    profile_of,
    sample_of,
)
from data_management.infrastructure.quality.scanning import Failed, Scan
from data_management.infrastructure.quality.sources import RawColumn, Source, emptied, open_source
from data_management.infrastructure.quality.sources.plain import Spool

_SAMPLE: Final = 50
_MOST_GUESSES: Final = 4


@dataclass(frozen=True)
class Order:
    """What is asked about sources: rules, the contract's columns, and how much is shown."""

    rules: Sequence[Rule] = ()
    columns: tuple[ColumnSpec, ...] = ()
    wanted: Wanted = Wanted()
    profile: bool = True


def examine(request: ExaminationRequest, spool: Spool, resources: Resources) -> Examination:
    """Raises `OtherVersion`, and `Rejected` for what cannot be read."""
    order = Order(rules=request.rules, columns=request.columns)
    shown = repr(request.locations[0].name) if request.locations else "no file"
    with emptied(spool):
        return examine_sources(opened(request, spool), order, resources, shown)


def opened(request: ExaminationRequest, spool: Spool) -> list[Source]:
    """Its files, as sources. Raises as `examine`."""
    if not request.locations:
        raise Rejected("the request names no file; give it one location at least")
    tokens = request.version_tokens or (None,) * len(request.locations)
    declared = [spec.name for spec in request.columns]
    return [
        open_source(location, token, request.options, spool, declared=declared)
        for location, token in zip(request.locations, tokens, strict=True)
    ]


def examine_sources(
    sources: Sequence[Source], order: Order, resources: Resources, shown: str, frame: Any = None
) -> Examination:
    """Examine sources as one asset; `shown` is its name for messages. `frame` is the same as a pandas.DataFrame, where it was one."""
    sources = [_named_apart(source, place) for place, source in enumerate(sources)]
    tables = reduce(lambda all_, source: {**all_, **source.tables}, sources, dict[str, Any]())
    paths = [path for source in sources for path in source.paths]
    with connected(resources, paths, tables) as connection:
        try:
            return _examined(connection, sources, order, shown, frame)
        finally:  # also before a failed scan is blamed on the file
            for source in sources:
                source.verify()


def _examined(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], order: Order, shown: str, frame: Any
) -> Examination:
    relation, raw = _united(sources)
    textual = all(source.textual for source in sources)
    paths = any(source.paths for source in sources)
    expectations = tuple(one for rule in order.rules for one in rule.expectations)
    schema = Schema(raw, order.columns, tuple(_guesses(connection, relation, raw, order, textual=textual)), textual)
    suite, scan, values = _settled(connection, relation, schema, expectations, order, shown)
    rows = int(values[COUNT])
    counted = [source.rows for source in sources]
    if None not in counted and sum(count or 0 for count in counted) != rows:
        raise Rejected(
            f"{shown} reads as {rows} rows where {sum(count or 0 for count in counted)} were counted; its quotes or line ends are damaged"
        )
    columns = suite.typing.columns
    _show_asset(connection, suite, relation)
    notes = [note for source in sources for note in source.notes]
    notes += _nan_notes(sources, suite, values)
    if order.columns and columns and not any(spec.name in columns for spec in order.columns):
        notes.append(ReadingNote(code="header", message="it has none of the contract's columns; is the header there?"))
    profiled = (
        _Profiled(connection, relation, suite, values, order, rescans=not (textual and paths))
        if order.profile
        else None
    )
    private = frozenset(spec.name for spec in order.columns if spec.is_private)
    if profiled is not None:
        private = private_columns(order.columns, profiled.classifications)
    judge = Judge(
        scan=scan,
        suite=suite,
        values=values,
        pandas=PandasTable(scan, columns, rows, frame),
        private=private,
        wanted=order.wanted,
    )
    return Examination(
        columns=tuple(Column(name=column.name, type=column.type) for column in columns.values()),
        row_count=rows,
        checks=judge.checks(order.rules),
        profile=profiled.profile(private) if profiled else (),
        content_sha256=sources[0].sha256 if len(sources) == 1 else None,
        notes=tuple(notes),
    )


class _Profiled:
    """What the values look like: a sample, what the detectors make of it, and the profile."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        suite: Suite,
        values: Mapping[str, Any],
        order: Order,
        *,
        rescans: bool,
    ) -> None:
        self._connection, self._order = connection, order
        self._rows = int(values[COUNT])
        self._limits = ProfileLimits(rescans=rescans)
        columns = suite.typing.columns.values()
        shown = ", ".join(f"{column.typed.sql} AS {quoted(column.name)}" for column in columns)
        self._relation = f"(SELECT {shown} FROM (SELECT {suite.typing.select} FROM {relation}))"
        self._columns = tuple(
            ProfiledColumn(
                name=column.name,
                type=column.type,
                uncastable=int(values[filled(column.raw)]) - int(values[filled(column.typed)]) if column.is_cast else 0,
            )
            for column in columns
        )
        self._sample = sample_of(connection, self._relation, self._columns, self._rows, self._limits)
        detected = detections_of(self._sample, self._columns)
        self.classifications = DataClassificationService().classify(list(suite.typing.columns), detected, order.columns)

    def profile(self, private: frozenset[str]) -> tuple[ColumnProfile, ...]:
        public = shown_columns(self._order.columns, self.classifications)
        columns = [replace(one, private=one.name in private, shown=one.name in public) for one in self._columns]
        return profile_of(
            self._connection, self._relation, columns, self._rows, sample=self._sample, limits=self._limits
        )


def _named_apart(source: Source, place: int) -> Source:
    """With names of tables that are no other source's."""
    if not source.tables:
        return source
    relation, tables = source.relation, {}
    for name, table in source.tables.items():
        tables[f"{name}_{place}"] = table
        relation = f"{name}_{place}" if relation == name else relation.replace(f'"{name}"', f'"{name}_{place}"')
    return replace(source, relation=relation, tables=tables)


def _nan_notes(sources: Sequence[Source], suite: Suite, values: Mapping[str, Any]) -> list[ReadingNote]:
    """NaN counts as missing: how many there were is known once the scan has counted the missing values."""
    if len(sources) != 1 or not sources[0].stored_nulls:
        return []
    columns = suite.typing.columns
    nulls = {
        name: int(values[COUNT]) - int(values[filled(columns[name].raw)])
        for name in sources[0].stored_nulls
        if filled(columns[name].raw) in values
    }
    return list(sources[0].nan_notes(nulls))


def _united(sources: Sequence[Source]) -> tuple[str, tuple[RawColumn, ...]]:
    """One relation of all sources, by name; a column that a source lacks is missing there, one of two types is text."""
    if len(sources) == 1:
        return sources[0].relation, sources[0].columns
    types: dict[str, str] = {}
    for source in sources:
        for column in source.columns:
            known = types.setdefault(column.name, column.type)
            if known != column.type:
                types[column.name] = _wider(known, column.type)
    parts = []
    for source in sources:
        has = {column.name for column in source.columns}
        shown = [f"{quoted(n) if n in has else 'NULL'}::{t} AS {quoted(n)}" for n, t in types.items()]
        parts.append(f"SELECT {', '.join(shown)} FROM {source.relation}")
    columns = tuple(RawColumn(name, type_) for name, type_ in types.items())
    return f"({' UNION ALL '.join(parts)})", columns


_WIDTHS: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def _wider(one: str, other: str) -> str:
    if one in _WIDTHS and other in _WIDTHS:
        return _WIDTHS[max(_WIDTHS.index(one), _WIDTHS.index(other))]
    if {one, other} <= {*_WIDTHS[:-1], "FLOAT", "DOUBLE"}:
        return "DOUBLE"
    return "TIMESTAMP" if {one, other} == {"DATE", "TIMESTAMP"} else "VARCHAR"


def _guesses(
    connection: duckdb.DuckDBPyConnection, relation: str, raw: Sequence[RawColumn], order: Order, *, textual: bool
) -> list[tuple[str, str]]:
    """First guesses for columns of text whose type nobody stated, from the first rows."""
    stated = {spec.name for spec in order.columns if spec.logical_type is not None}
    open_ = [column.name for column in raw if column.name not in stated] if textual else []
    if not open_:
        return []
    shown = ", ".join(quoted(name) for name in open_)
    try:
        rows = connection.execute(f"SELECT {shown} FROM {relation} LIMIT {_SAMPLE}").fetchall()
    except duckdb.Error:
        return []  # the scan itself says what is wrong
    return [(name, looks_like([row[place] for row in rows])) for place, name in enumerate(open_)]


def _settled(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    schema: Schema,
    expectations: tuple[Any, ...],
    order: Order,
    shown: str,
) -> tuple[Suite, Scan, Mapping[str, Any]]:
    """The suite whose guesses the scan itself bears out, and all that it asked."""
    for _ in range(_MOST_GUESSES):
        suite = suite_of(expectations, schema, details=order.wanted.details, casts=order.profile)
        scan = Scan(connection, suite.typing.select, relation, shown)
        values = scan.computed(suite.aggregates)
        if isinstance(values[COUNT], Failed):
            raise Rejected(f"{shown} cannot be read ({values[COUNT]}); write or transfer it again")
        wrong = [(name, type_) for (name, type_), sql in suite.typing.doubts.items() if values[sql] != 0]
        if not wrong:
            break
        guesses = dict(schema.guesses)
        for name, type_ in wrong:
            guesses[name] = type_ or _refined(connection, relation, name)
        schema = replace(schema, guesses=tuple(guesses.items()))
    return suite, scan, values


def _refined(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> str:
    counts = connection.execute(f"SELECT {', '.join(refinement(name))} FROM {relation}").fetchall()[0]
    return next((type_ for type_, count in zip(CANDIDATES, counts, strict=False) if not count), CANDIDATES[-1])


def _show_asset(connection: duckdb.DuckDBPyConnection, suite: Suite, relation: str) -> None:
    """The view that rules' own SQL reads."""
    if not any("unexpected_rows_query" in str(plan) for plan in suite.plans):
        return
    shown = ", ".join(f"{column.typed.sql} AS {quoted(name)}" for name, column in suite.typing.columns.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {ASSET} AS SELECT {shown} FROM (SELECT {suite.typing.select} FROM {relation})"
    )
