"""Limits of pages."""

from data_management.errors import InvalidInput


def checked_limit(limit: int) -> int:
    if limit < 1:
        raise InvalidInput(f"a page of {limit} has no room; ask for 1 or more")
    return limit
