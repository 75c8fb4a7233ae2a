"""A folder of part files as one table: the union of their columns by name, as far as their types agree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from data_management.domain.models import DataLocation, ReadingNote, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.data_sources.folders import Part, folders_in, parts_of, token_of
from data_management.infrastructure.data_sources.landing import is_ignored
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.parquet import quoted_name
from data_management.infrastructure.quality.sources.source import RawColumn, Source
from data_management.infrastructure.quality.sources.versions import FolderVersion, OtherVersion

_MOST_NOTES = 20
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


def folder_at(
    location: DataLocation, token: VersionToken | None, bounds: Bounds, at: Path | None = None
) -> tuple[FolderVersion, tuple[Part, ...]]:
    """The folder's version and parts; raises `OtherVersion`, and `Rejected` for what is no flat folder of files."""
    if at is None and location.scheme != "file":
        raise Rejected(f"{location.name!r} is not a local folder; only file:// locations can be examined")
    shown, path = repr(location.name), at or location.path
    try:
        _, parts = parts_of(path)
        folders = folders_in(path)
    except OSError as error:
        if token is not None and isinstance(error, FileNotFoundError | NotADirectoryError):
            raise OtherVersion from error
        raise Rejected(
            f"{shown} cannot be listed ({error.strerror}); check that it is a folder and may be read"
        ) from error
    version = FolderVersion(path, token_of(parts))
    if token is not None and version.token != token:
        raise OtherVersion
    if "_delta_log" in folders:
        raise Rejected(f"{shown} is a Delta table, whose files are not all current; export it, and land the export")
    if below := [name for name in folders if not is_ignored(name)]:
        raise Rejected(f"{shown} holds {len(below)} folder(s); only files directly in it are its parts, so flatten it")
    if not parts:
        raise Rejected(f"{shown} holds no part files; write them, or remove the folder")
    if len(parts) > bounds.parts:
        raise Rejected(f"{shown} holds {len(parts)} files, more than {bounds.parts}; write fewer and larger ones")
    return version, parts


def united(name: str, names: Sequence[str], sources: Sequence[Source], version: FolderVersion) -> Source:
    """The sources, one per part, as one. `Rejected` where formats differ, or types that do not widen."""
    shown = repr(name)
    formats = sorted({str(source.decisions["format"]) for source in sources})
    if len(formats) > 1:
        raise Rejected(f"{shown} holds parts of several formats ({', '.join(formats)}); write them all in one")
    types: dict[str, str] = {}
    for part, source in zip(names, sources, strict=True):
        for column in source.columns:
            known = types.setdefault(column.name, column.type)
            types[column.name] = _wider(known, column.type, f"{shown}: column {column.name!r}", part)
    relation, tables = _relation(sources, types)
    rows = [source.rows for source in sources]
    return Source(
        relation=relation,
        columns=tuple(RawColumn(*column) for column in types.items()),
        textual=all(source.textual for source in sources),
        rows=None if None in rows else sum(count or 0 for count in rows),
        paths=tuple(path for source in sources for path in source.paths),
        tables=tables,
        notes=_notes(names, sources, types),
        decisions={**sources[0].decisions, "parts": len(sources)},
        versions=(version, *(one for source in sources for one in source.versions)),
        stored_nulls=_stored_nulls(sources),
    )


def _wider(known: str, new: str, column: str, part: str) -> str:
    if known == new:
        return known
    if known in _INTEGERS and new in _INTEGERS:
        return "BIGINT"
    if {known, new} <= {*_INTEGERS, "DOUBLE"}:
        return "DOUBLE"
    raise Rejected(f"{column} is {new} in the part {part!r} and {known} in another; write one type in all parts")


def _relation(sources: Sequence[Source], types: Mapping[str, str]) -> tuple[str, dict[str, pa.Table]]:
    """One SELECT per part, with its tables under names of their own, quoted; tables in memory that are alike become one."""
    tables: dict[str, pa.Table] = {}
    selects: list[str] = []
    alike: dict[tuple[RawColumn, ...], list[pa.Table]] = {}
    for place, source in enumerate(sources):
        if source.relation in source.tables:
            alike.setdefault(source.columns, []).append(source.tables[source.relation])
            continue
        if source.tables:
            raise Rejected(f"part {place + 1} cannot be united with the others; land the files by themselves")
        selects.append(_select(source.relation, source.columns, types))
    for place, (columns, parts) in enumerate(alike.items()):
        tables[f"data{place}"] = pa.concat_tables(parts)
        selects.append(_select(f'"data{place}"', columns, types))
    return f"({' UNION ALL '.join(selects)})", tables


def _select(relation: str, columns: Sequence[RawColumn], types: Mapping[str, str]) -> str:
    places = {column.name: f"c{place}" for place, column in enumerate(columns)}
    shown = ", ".join(f"{places.get(name, 'NULL')}::{type_} AS {quoted_name(name)}" for name, type_ in types.items())
    return f"SELECT {shown} FROM {relation} AS part({', '.join(places.values())})"


def _stored_nulls(sources: Sequence[Source]) -> dict[str, int]:
    """What parts store of the columns whose NaN one of them makes null uncounted; rows without the column are null too."""
    found: dict[str, int] = {}
    for name in dict.fromkeys(name for source in sources for name in source.stored_nulls):
        counts = [_nulls_of(source, name) for source in sources]
        if None not in counts:
            found[name] = sum(count or 0 for count in counts)
    return found


def _nulls_of(source: Source, name: str) -> int | None:
    if name not in {column.name for column in source.columns}:
        return source.rows
    if source.relation in source.tables:
        return int(source.tables[source.relation].column(name).null_count)
    return source.stored_nulls.get(name)


def _notes(names: Sequence[str], sources: Sequence[Source], types: Mapping[str, str]) -> tuple[ReadingNote, ...]:
    notes = [
        replace(note, message=f"part {name!r}: {note.message}")
        for name, source in zip(names, sources, strict=True)
        for note in source.notes
    ]
    lacking = sum(len(source.columns) < len(types) for source in sources)
    if lacking:
        message = f"{lacking} of {len(sources)} parts lack columns that others have; these are missing there"
        notes.insert(0, ReadingNote(code="parts", message=message))
    if len(notes) > _MOST_NOTES:
        message = f"{len(notes) - _MOST_NOTES} more notes on parts are left out"
        notes = [*notes[:_MOST_NOTES], ReadingNote(code="parts", message=message)]
    return tuple(notes)
