"""Bytes to text, or the place where they are none."""

import codecs

from data_management.errors import Rejected
from data_management.infrastructure.quality.files import Content

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(content: Content, encoding: str | None) -> str:
    """The text: by its byte order mark, else in `encoding`, else UTF-8. `Rejected` names the first bad byte."""
    mark, marked = next(((mark, name) for mark, name in _MARKS if content.data.startswith(mark)), (b"", None))
    wanted = marked or _known(content, encoding)
    data = content.data[len(mark) :]
    try:
        text = data.decode(wanted)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Rejected(
            f"{content.shown} is not {wanted.upper()}: byte {error.start + len(mark)} (line {line}) cannot be "
            "decoded; write it as UTF-8, or state its `encoding` in the contract"
        ) from error
    if (place := text.find("\0")) >= 0:
        line = text.count("\n", 0, place) + 1
        raise Rejected(
            f"{content.shown} holds a NUL character in line {line} and is no {wanted.upper()} text; write it as "
            "UTF-8, or state its `encoding` (UTF-16?) in the contract"
        )
    return text


def _known(content: Content, encoding: str | None) -> str:
    if encoding is None:
        return "utf-8"
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise Rejected(
            f"{content.shown}: the contract's encoding {encoding!r} is not known; use one of Python's codecs, as utf-8"
        ) from error
