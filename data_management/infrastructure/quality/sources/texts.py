"""A file's bytes as blocks of text, or the place where they are none."""

import codecs
from collections.abc import Iterator

from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.plain import PlainFile
from data_management.infrastructure.quality.sources.sniffing import head_of

_BLOCK = 4 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(file: PlainFile, stated: str | None) -> tuple[str, int]:
    """The encoding and the length of its mark: the byte order mark's, else the stated one, else UTF-8."""
    head = head_of(file, 4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    if stated is None:
        return "utf-8", 0
    try:
        "".encode(stated)
        return codecs.lookup(stated).name, 0
    except (LookupError, ValueError) as error:
        raise Rejected(
            f"{file.shown}: the contract's encoding {stated!r} is not known; use one of Python's codecs, as utf-8"
        ) from error


def text_blocks(file: PlainFile, encoding: str, skip: int) -> Iterator[str]:
    """The text behind the first `skip` bytes; `Rejected` names the line of the first bad byte, or of a NUL."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, place = 1, skip
    for block in _blocks(file, skip):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            at = line + error.object[: error.start].count(b"\n")
            raise Rejected(
                f"{file.shown} is not {encoding.upper()}: about byte {place + error.start} (line {at}) cannot be "
                "decoded; write it as UTF-8, or state its `encoding` in the contract"
            ) from error
        if (nul := text.find("\0")) >= 0:
            raise Rejected(
                f"{file.shown} holds a NUL character in line {line + text.count(chr(10), 0, nul)} and is no "
                f"{encoding.upper()} text; write it as UTF-8, or state its `encoding` (UTF-16?) in the contract"
            )
        line += text.count("\n")
        place += len(block)
        yield text


def _blocks(file: PlainFile, skip: int) -> Iterator[bytes]:
    """The bytes, and an empty block at the end."""
    if file.data is not None:
        yield file.data[skip:]
    else:
        with file.path.open("rb") as opened:
            opened.seek(skip)
            while block := opened.read(_BLOCK):
                yield block
    yield b""
