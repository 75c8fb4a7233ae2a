"""Bytes to UTF-8: by the byte order mark, the contract, or what the bytes allow. A guess is noted."""

import codecs
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.csv.text import BLOCK, Text, line_breaks
from data_management.infrastructure.quality.sources.plain import PlainFile, Spool

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MORE_MARKS = re.compile(rb"(?:\xef\xbb\xbf|(\xc3\xaf\xc2\xbb\xc2\xbf))*")
_LONGEST_MARKS = 64
_SAMPLE = 1 << 16
_FALLBACK = "data_management.windows_1252"
_STATE = "state its `encoding` in the contract to be sure"


@dataclass(frozen=True)
class _Guess:
    """What to decode with; `mark` bytes are left out."""

    codec: str
    mark: int = 0
    errors: str = "strict"
    note: ReadingNote | None = None
    valid: bool = False
    """Whether all of it was decoded already."""
    nul: int = -1
    """Of what was decoded already: where the first NUL stands."""


@dataclass(frozen=True)
class Decoded:
    text: Text
    encoding: str
    bom: bool
    notes: tuple[ReadingNote, ...]


def as_utf8(file: PlainFile, encoding: str | None, spool: Spool) -> Decoded:
    """Raises `Rejected` for bytes that the encoding does not have, NUL characters, and text beyond the spool's bound."""
    raw = Text(file.path, file.size, 0, file.data)
    guess = _guess(raw, file, encoding)
    shown = "utf-8" if guess.codec == "utf-8" else guess.codec.replace("cp1252", "windows-1252")
    if guess.codec == "utf-8" and guess.errors == "strict":
        _validate(raw, guess, file)
        text = Text(file.path, file.size, guess.mark, file.data)
    elif file.data is not None:
        data = b"".join(_transcoded(raw, guess, file, spool.most_bytes))
        text = Text(file.path, len(data), 0, data)
    else:
        text = _spooled(_transcoded(raw, guess, file, spool.most_bytes), spool)
    text, more = _without_marks(text)
    notes = tuple(note for note in (guess.note, more) if note)
    return Decoded(text, shown, guess.mark > 0, notes)


def _without_marks(text: Text) -> tuple[Text, ReadingNote | None]:
    """Marks that a program added to one that stood there, or took for text, are no part of the first name."""
    found = _MORE_MARKS.match(text.read(text.start, text.start + _LONGEST_MARKS))
    if not found or not found.end():
        return text, None
    message = "byte order marks stand in the text at its start, and were left out; "
    message += "other signs were damaged as well where they are no ASCII" if found[1] else "write one at most"
    return replace(text, start=text.start + found.end()), ReadingNote(code="encoding", message=message, line=1)


def _guess(raw: Text, file: PlainFile, encoding: str | None) -> _Guess:
    stated = _known(file, encoding) if encoding is not None else None
    head = raw.read(0, _SAMPLE)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            other = stated is not None and not codec.startswith(stated.removesuffix("-sig").removesuffix("_sig"))
            message = f"its byte order mark says {codec.upper()}, the contract {encoding!r}; read by the mark"
            return _Guess(codec, len(mark), note=ReadingNote(code="encoding", message=message) if other else None)
    if stated is not None:
        return _Guess("utf-8" if stated == "utf-8-sig" else stated)
    if (wide := _utf16(head)) is not None:
        message = f"read as {wide.upper()}, which its zero bytes suggest; {_STATE}"
        return _Guess(wide, note=ReadingNote(code="encoding", message=message))
    return _guess_of_bytes(raw)


def _utf16(head: bytes) -> str | None:
    pairs = len(head) // 2
    even, odd = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.4 * pairs and even < 0.1 * odd:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * pairs and odd < 0.1 * even else None


def _guess_of_bytes(raw: Text) -> _Guess:
    """UTF-8 where it decodes; else Windows-1252, or UTF-8 with single bytes of Windows-1252 where both occur."""
    strict = codecs.getincrementaldecoder("utf-8")()
    lenient = codecs.getincrementaldecoder("utf-8")("ignore")
    offset, bad, nul, multibyte = 0, -1, -1, False
    for block in raw.blocks(0, raw.size):
        if nul < 0 and (at := block.find(b"\0")) >= 0:
            nul = offset + at
        offset += len(block)
        if block.isascii() and not strict.getstate()[0]:
            continue
        if bad < 0:
            try:
                strict.decode(block, final=offset == raw.size)
            except UnicodeDecodeError as error:
                bad = offset - len(error.object) + error.start
        if not multibyte and not block.isascii():
            multibyte = not lenient.decode(block).isascii()
        if bad >= 0 and multibyte:
            break
    if bad < 0:
        return _Guess("utf-8", valid=True, nul=nul)
    first = _line_at(raw, 0, bad)
    if multibyte:
        message = f"not all of it is UTF-8, from line {first} on; bytes that are not were read as Windows-1252; write all of it as UTF-8"
        return _Guess("utf-8", errors=_FALLBACK, note=ReadingNote(code="encoding", message=message, line=first))
    message = f"it is not UTF-8 (line {first}); read as Windows-1252 (Latin-1); {_STATE}"
    return _Guess("cp1252", errors=_FALLBACK, note=ReadingNote(code="encoding", message=message, line=first))


def _single_bytes(error: UnicodeError) -> tuple[str, int]:
    """Windows-1252, and Latin-1 for the five bytes that it leaves open."""
    assert isinstance(error, UnicodeDecodeError)
    found = error.object[error.start : error.end]
    try:
        return found.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return found.decode("latin-1"), error.end


codecs.register_error(_FALLBACK, _single_bytes)


def _validate(raw: Text, guess: _Guess, file: PlainFile) -> None:
    if guess.valid:
        if guess.nul >= 0:
            raise Rejected(_with_nul(raw, guess, file, guess.nul))
        return
    for _ in _decoded(raw, guess, file):
        pass


def _decoded(raw: Text, guess: _Guess, file: PlainFile) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(guess.codec)(guess.errors)
    offset = guess.mark
    for block in raw.blocks(guess.mark, raw.size):
        offset += len(block)
        try:
            text = decoder.decode(block, final=offset >= raw.size)
        except UnicodeDecodeError as error:
            place = offset - len(error.object) + error.start
            where = "" if _is_wide(guess.codec) else f" (line {_line_at(raw, guess.mark, place)})"
            raise Rejected(
                f"{file.shown} is not {guess.codec.upper()}: byte {place}{where} cannot be decoded; write it as UTF-8, "
                "or state its `encoding` in the contract"
            ) from error
        if "\0" in text:
            raise Rejected(_with_nul(raw, guess, file, max(offset - len(block), 0) + max(block.find(b"\0"), 0)))
        yield text


def _with_nul(raw: Text, guess: _Guess, file: PlainFile, place: int) -> str:
    where = "" if _is_wide(guess.codec) else f" in line {_line_at(raw, guess.mark, place)}"
    return (
        f"{file.shown} holds a NUL character{where} and is no {guess.codec.upper()} text; write it as UTF-8, or state its "
        "`encoding` (UTF-16?) in the contract"
    )


def _is_wide(codec: str) -> bool:
    return codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))


def _line_at(raw: Text, start: int, place: int) -> int:
    return 1 + sum(line_breaks(block) for block in raw.blocks(start, place))


def _transcoded(raw: Text, guess: _Guess, file: PlainFile, most_bytes: int) -> Iterator[bytes]:
    written = 0
    for text in _decoded(raw, guess, file):
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            raise Rejected(f"{file.shown} holds half a character (a lone surrogate); write it as UTF-8") from error
        written += len(data)
        if written > most_bytes:
            raise Rejected(
                f"{file.shown} becomes more than {most_bytes >> 20} MB as UTF-8; split the file, or raise DATA_MANAGEMENT_FILE_EXPANDED_MB"
            )
        yield data


def _spooled(blocks: Iterator[bytes], spool: Spool) -> Text:
    descriptor, name = tempfile.mkstemp(suffix=".csv", dir=spool.folder)
    size = 0
    with os.fdopen(descriptor, "wb", buffering=BLOCK) as out:
        for block in blocks:
            size += out.write(block)
    return Text(Path(name), size)


def _known(file: PlainFile, encoding: str) -> str:
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise Rejected(
            f"{file.shown}: the contract's encoding {encoding!r} is not known; use one of Python's codecs, as utf-8"
        ) from error
