"""From a location to a source, whatever its format."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from data_management.domain.models import DataLocation, FileFormat, ReadOptions, VersionToken
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.files import open_file
from data_management.infrastructure.quality.sources.parts import folder_at, united
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool
from data_management.infrastructure.quality.sources.sniffing import compression_notes, format_of
from data_management.infrastructure.quality.sources.source import Source


def open_source(
    location: DataLocation,
    token: VersionToken | None,
    options: ReadOptions,
    spool: Spool,
    bounds: Bounds = Bounds(),
    declared: Sequence[str] = (),
    at: Path | None = None,
) -> Source:
    """Open the version `token` of what stands at `location` (any version where it is None); `declared` are the columns that the contract names.

    Where its content lies elsewhere, `at` is where; messages name the location all the same.
    Raises `OtherVersion`, and `Rejected` with what is wrong with the file, never quoting what it holds. The source lives as
    long as what it wrote to the spool; call its `verify` after the last scan.
    """
    if location.is_folder:
        return open_folder(location, token, options, spool, bounds, declared, at)
    file, version = open_file(location, token, spool, bounds, at)
    return replace(open_plain(file, options, spool, bounds, declared), versions=(version,))


def open_folder(
    location: DataLocation,
    token: VersionToken | None,
    options: ReadOptions,
    spool: Spool,
    bounds: Bounds,
    declared: Sequence[str] = (),
    at: Path | None = None,
) -> Source:
    """The part files of a folder as one table, by name. Raises as `open_source` does."""
    version, parts = folder_at(location, token, bounds, at)
    sources: list[Source] = []
    left = bounds.small_bytes
    for part in parts:
        place = DataLocation.from_path(version.path / part.name)
        one = open_source(place, part.token, options, spool, replace(bounds, small_bytes=left), declared)
        left = max(0, left - sum(table.nbytes for table in one.tables.values()))
        sources.append(one)
    version.verify()
    return united(location.name, [part.name for part in parts], sources, version)


def open_plain(
    file: PlainFile, options: ReadOptions, spool: Spool, bounds: Bounds, declared: Sequence[str] = ()
) -> Source:
    if not file.size:
        what = "unpacks to nothing" if file.compression else "is empty (0 bytes)"
        raise Rejected(f"{file.shown} {what}; write it anew, with a header where it has no rows")
    kind, notes = format_of(file, options)
    source = _read(kind, file, options, spool, bounds, declared)
    decisions = {"format": kind.value, "compression": file.compression, **source.decisions}
    return replace(
        source,
        sha256=file.sha256,
        notes=(*compression_notes(file), *notes, *source.notes),
        decisions=decisions,
    )


def _read(
    kind: FileFormat,
    file: PlainFile,
    options: ReadOptions,
    spool: Spool,
    bounds: Bounds,
    declared: Sequence[str],
) -> Source:
    """A reader's libraries are loaded when it is used."""
    match kind:
        case FileFormat.CSV:
            from data_management.infrastructure.quality.sources.csv import CsvLimits, open_csv

            lines = max(CsvLimits.line_bytes, 4 * bounds.cell_bytes)
            limits = CsvLimits(columns=bounds.columns, cell_bytes=bounds.cell_bytes, line_bytes=lines)
            return open_csv(file, options, spool, limits, declared)
        case FileFormat.PARQUET:
            from data_management.infrastructure.quality.sources.parquet import open_parquet

            return open_parquet(file, spool, bounds)
        case FileFormat.JSON | FileFormat.JSONL:
            from data_management.infrastructure.quality.sources.json import open_json

            return open_json(file, options, spool, bounds)
        case FileFormat.ARROW:
            from data_management.infrastructure.quality.sources.arrow import open_arrow

            return open_arrow(file, spool, bounds)
        case FileFormat.EXCEL:
            from data_management.infrastructure.quality.sources.excel import open_excel

            return open_excel(file, options, spool, bounds, declared)
