"""Cursors of the fake catalog's pages."""

import base64
import binascii

from data_management.errors import InvalidInput


def cursor(number: int) -> str:
    return name_cursor(str(number))


def offset(cursor: str) -> int:
    try:
        return int(name_of(cursor))
    except ValueError as error:
        raise InvalidInput(f"{cursor!r} is not a cursor of this catalog; use the `next` of a page") from error


def name_cursor(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def name_of(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(f"{cursor!r} is not a cursor of this catalog; use the `next` of a page") from error
