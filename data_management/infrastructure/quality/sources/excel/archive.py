"""What a workbook's ZIP archive really holds, before a library unpacks it: calamine lays a sheet out in full, up to its last cell."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool

_CHUNK = 1 << 20
_OVERLAP = 64
_CELL = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""\st=["']e["']""")
_CELL_BYTES = 32
"""What calamine takes for a cell, filled or not."""
_SHEETS = re.compile(r"xl/(work|chart|macro|dialog)sheets/[^/]*\.xml")


@dataclass
class _Extent:
    columns: int = 0
    rows: int = 0
    errors: int = 0


def check_archive(file: PlainFile, opened: BinaryIO, spool: Spool) -> int:
    """How many error cells its sheets hold (.xlsx alone). `Rejected` where it is damaged, no workbook, or unpacks to too much.

    Sizes that an archive declares may lie, so each part is unpacked once here and thrown away.
    """
    try:
        with zipfile.ZipFile(opened) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if not any(name.startswith("xl/workbook.") for name in names) and "content.xml" not in names:
                raise Rejected(f"{file.shown} is a ZIP archive and no workbook; land the files in it by themselves")
            if any(part.flag_bits & 1 for part in parts) or "EncryptedPackage" in names:
                raise Rejected(f"{file.shown} is encrypted; save it without a password")
            if sum(part.compress_size for part in parts) > file.size:
                raise Rejected(f"{file.shown} is a ZIP archive whose parts overlap; save the workbook anew")
            errors, left = 0, spool.most_bytes
            for part in parts:
                extent = _Extent()
                left -= _walk(archive, part, left, extent if _SHEETS.fullmatch(part.filename) else None)
                if left < 0 or extent.columns * extent.rows * _CELL_BYTES > spool.most_bytes:
                    raise Rejected(
                        f"{file.shown} expands to more than {spool.most_bytes >> 20} MB (values far from the others count "
                        "with all cells between); split the workbook, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
                    )
                errors += extent.errors
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise Rejected(f"{file.shown} is a damaged or truncated workbook; save or transfer it again") from error
    return errors


def _walk(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, extent: _Extent | None) -> int:
    """Unpack a part, up to a little more than `most` bytes, and find out how far its cells reach."""
    size, tail = 0, b""
    with archive.open(part) as opened:
        while size <= most and (block := opened.read(_CHUNK)):
            size += len(block)
            if extent is None:
                continue
            text = tail + block
            extent.errors += len(_ERROR.findall(text)) - len(_ERROR.findall(tail))
            for letters, row in set(_CELL.findall(text)):
                extent.rows = max(extent.rows, int(row))
                extent.columns = max(extent.columns, _place(letters))
            tail = text[-_OVERLAP:]
    return size


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place
