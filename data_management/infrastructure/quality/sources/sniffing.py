"""What format a file has: by contract and name, and by its first bytes where these say another thing or nothing."""

from data_management.domain.models import FileFormat, ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.plain import PlainFile

_MAGIC = {
    b"PAR1": FileFormat.PARQUET,
    b"ARROW1": FileFormat.ARROW,
    b"\xff\xff\xff\xff": FileFormat.ARROW,  # a stream: no text starts so
    b"\xd0\xcf\x11\xe0": FileFormat.EXCEL,  # .xls and its relatives
    b"PK\x03\x04": FileFormat.EXCEL,  # a ZIP archive
}
_ENDINGS = ".csv, .tsv, .parquet, .jsonl, .ndjson, .json, .arrow, .feather, .xlsx, .xls, .xlsb or .ods"
_PACKED = {".gz": "gzip", ".zst": "zstd"}


def format_of(file: PlainFile, options: ReadOptions) -> tuple[FileFormat, tuple[ReadingNote, ...]]:
    """The format, and a note where name and content disagree. `Rejected` where the contract does, or nothing says one."""
    stated, named, held = options.format, FileFormat.of_name(file.name), _format_of_content(file)
    if stated is not None and not stated.agrees_with(named):
        raise Rejected(
            f"{file.shown} is named as {named}, but the contract says {stated}; rename it, or land it elsewhere"
        )
    kind = stated or named
    if held is None:
        if kind is None:
            raise Rejected(
                f"{file.shown} has an ending that says no format; name it *{_ENDINGS.replace(' .', ' *.')} (each may end "
                f"in .gz or .zst), or state one of {', '.join(FileFormat)} in the contract"
            )
        return kind, ()
    if kind is held:
        return kind, ()
    if stated is not None:
        raise Rejected(
            f"{file.shown} holds {held}, but the contract says {stated}; write it anew, or land it elsewhere"
        )
    says = f"is named as {named}" if named else "has an ending that says no format"
    return held, (ReadingNote(code="format", message=f"{file.shown} {says} and holds {held}; read as {held}"),)


def compression_notes(file: PlainFile) -> tuple[ReadingNote, ...]:
    """A note where the name says another compression than the content, or none."""
    named = next((name for ending, name in _PACKED.items() if file.name.lower().endswith(ending)), None)
    if named == file.compression:
        return ()
    if file.compression is None:
        said = f"is no {named} though its name says so"
    else:
        said = f"is {file.compression} though its name does not say so"
    return (ReadingNote(code="compression", message=f"{file.shown} {said}; read by its content"),)


def head_of(file: PlainFile, size: int) -> bytes:
    if file.data is not None:
        return file.data[:size]
    with file.path.open("rb") as opened:
        return opened.read(size)


def _format_of_content(file: PlainFile) -> FileFormat | None:
    head = head_of(file, 8)
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
