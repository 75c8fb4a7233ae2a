"""One request, from files to an examination. Importing this loads GX, DuckDB, pandas and pyarrow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import duckdb

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import Classification, Column, ColumnSpec, Examination, ReadingNote, Rule
from data_management.domain.services import private_columns
from data_management.errors import Rejected
from data_management.infrastructure.quality.checks import Judge, Wanted
from data_management.infrastructure.quality.connections import Resources, connected
from data_management.infrastructure.quality.fallback import PandasTable
from data_management.infrastructure.quality.gx import is_own_sql
from data_management.infrastructure.quality.looking import Look
from data_management.infrastructure.quality.planning.columns import TypedColumn
from data_management.infrastructure.quality.planning.own_sql import ASSET
from data_management.infrastructure.quality.planning.suite import COUNT, Schema, Suite, filled
from data_management.infrastructure.quality.planning.typing import placed
from data_management.infrastructure.quality.planning.values import quoted
from data_management.infrastructure.quality.profiling import MOST_LISTED, ProfileLimits
from data_management.infrastructure.quality.settling import first_guesses, settled
from data_management.infrastructure.quality.sources import Bounds, Source, emptied, open_source
from data_management.infrastructure.quality.sources.plain import Spool
from data_management.infrastructure.quality.staged import staged_places
from data_management.infrastructure.quality.uniting import named_apart, united


@dataclass(frozen=True)
class Order:
    """What is asked about sources: rules, the contract's columns, and how much is shown."""

    rules: Sequence[Rule] = ()
    columns: tuple[ColumnSpec, ...] = ()
    wanted: Wanted = Wanted()
    profile: bool = True
    known: tuple[Classification, ...] = ()
    """What columns of earlier files were found to hold."""
    values: bool = False
    """Whether the profile lists the values of columns that hold few, private ones left out."""


def examine(request: ExaminationRequest, spool: Spool, resources: Resources, bounds: Bounds) -> Examination:
    """Raises `OtherVersion`, and `Rejected` for what cannot be read."""
    wanted = Wanted(gx_results=request.native_results, samples=request.samples)
    order = Order(
        rules=request.rules, columns=request.columns, wanted=wanted, known=request.known, values=request.values
    )
    shown = repr(request.locations[0].name) if request.locations else "no file"
    with emptied(spool):
        return examine_sources(opened(request, spool, bounds), order, resources, shown)


def opened(request: ExaminationRequest, spool: Spool, bounds: Bounds) -> list[Source]:
    """Its files, as sources. Raises as `examine`."""
    if not request.locations:
        raise Rejected("the request names no file; give it one location at least")
    tokens = request.version_tokens or (None,) * len(request.locations)
    declared = [spec.name for spec in request.columns]
    staged = staged_places(request)
    if staged:  # who staged them has seen to it that they are the versions that were asked for
        tokens = (None,) * len(request.locations)
    places = staged or (None,) * len(request.locations)
    return [
        open_source(location, token, request.options, spool, bounds, declared, at=place)
        for location, token, place in zip(request.locations, tokens, places, strict=True)
    ]


def examine_sources(
    sources: Sequence[Source], order: Order, resources: Resources, shown: str, frame: Any = None
) -> Examination:
    """Examine sources as one asset; `shown` is its name for messages. `frame` is the same as a pandas.DataFrame, where it was one."""
    sources = [named_apart(source, place) for place, source in enumerate(sources)]
    tables = reduce(lambda all_, source: {**all_, **source.tables}, sources, dict[str, Any]())
    paths = [path for source in sources for path in source.paths]
    with connected(resources, paths, tables) as connection:
        try:
            return _examined(connection, sources, order, shown, frame, resources.own_sql_seconds)
        finally:  # also before a failed scan is blamed on the file
            for source in sources:
                source.verify()


def _examined(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    order: Order,
    shown: str,
    frame: Any,
    own_sql_seconds: float,
) -> Examination:
    relation, raw = united(sources)
    relation = placed(relation, len(raw))
    textual = all(source.textual for source in sources)
    paths = any(source.paths for source in sources)
    expectations = tuple(one for rule in order.rules for one in rule.expectations)
    guesses = first_guesses(connection, relation, raw, order.columns, textual=textual)
    schema = Schema(raw, order.columns, tuple(guesses), textual)
    suite, scan, values = settled(
        connection,
        relation,
        schema,
        expectations,
        shown,
        details=order.wanted.details,
        casts=order.profile,
        own_sql_seconds=own_sql_seconds,
    )
    rows = int(values[COUNT])
    counted = [source.rows for source in sources]
    if None not in counted and sum(count or 0 for count in counted) != rows:
        raise Rejected(
            f"{shown} reads as {rows} rows where {sum(count or 0 for count in counted)} were counted; its quotes or line ends are damaged"
        )
    columns = suite.typing.columns
    if any(is_own_sql(one.type) for one in expectations):
        _show_asset(connection, suite, relation)
    notes = [note for source in sources for note in source.notes]
    notes += _nan_notes(sources, suite, values)
    if order.columns and columns and not any(spec.name in columns for spec in order.columns):
        notes.append(ReadingNote(code="header", message="it has none of the contract's columns; is the header there?"))
    look = None
    if order.profile and columns:
        rescans = not (textual and paths)
        limits = ProfileLimits(rescans=rescans, listed=MOST_LISTED if order.values else 0)
        look = Look(connection, relation, suite, values, order.columns, order.known, limits=limits)
    judge = Judge(
        scan=scan,
        suite=suite,
        values=values,
        pandas=PandasTable(scan, columns, rows, frame),
        private=look.private if look else private_columns(order.columns, ()),
        wanted=order.wanted,
        mixed=frozenset(name for source in sources for name in source.mixed),
    )
    return Examination(
        columns=tuple(
            Column(name=column.name, type=column.type, stored=_stored(column, textual=textual))
            for column in columns.values()
        ),
        row_count=rows,
        checks=judge.checks(order.rules),
        profile=look.profile() if look else (),
        content_sha256=sources[0].sha256 if len(sources) == 1 else None,
        notes=tuple(notes),
        reading=dict(sources[0].decisions) if len(sources) == 1 else {},
        classifications=look.classifications if look else (),
    )


def _stored(column: TypedColumn, *, textual: bool) -> str | None:
    return None if textual or column.raw_type == column.type else column.raw_type


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


def _show_asset(connection: duckdb.DuckDBPyConnection, suite: Suite, relation: str) -> None:
    """The view that rules' own SQL reads."""
    shown = ", ".join(f"{column.typed.sql} AS {quoted(name)}" for name, column in suite.typing.columns.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {ASSET} AS SELECT {shown} FROM (SELECT {suite.typing.select} FROM {relation})"
    )
