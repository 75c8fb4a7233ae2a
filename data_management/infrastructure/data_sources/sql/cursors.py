"""Cursors of pages: a surrogate key, or a name, that says nothing to who holds it."""

import base64
import binascii

from data_management.errors import InvalidInput

_MOST_ID = 2**63 - 1


def cursor(key: int) -> str:
    return name_cursor(str(key))


def id_of(cursor: str) -> int:
    """`InvalidInput` for what is no cursor."""
    text = name_of(cursor)
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_MOST_ID)) or int(text) > _MOST_ID:
        raise _no_cursor(cursor)
    return int(text)


def name_cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode("utf-8", "surrogatepass")).decode()


def name_of(cursor: str) -> str:
    """`InvalidInput` for what is no cursor."""
    try:
        return base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("utf-8", "surrogatepass")
    except (ValueError, binascii.Error) as error:
        raise _no_cursor(cursor) from error


def _no_cursor(cursor: str) -> InvalidInput:
    return InvalidInput(f"{cursor!r} is not a cursor of this catalog; use the `next` of a page")
