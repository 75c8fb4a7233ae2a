"""Telephone numbers. With `phonenumbers` those that are assigned; without, those of the right form."""

import re
from functools import cache
from importlib import util

_INTERNATIONAL = re.compile(r"(?:\+|00)[1-9][\d\s().-]{6,20}")
_NATIONAL = re.compile(r"\(?0?\d[\d\s().\-/]{5,20}")


@cache
def has_phonenumbers() -> bool:
    return util.find_spec("phonenumbers") is not None


def phone_international(value: str) -> bool:
    """With a country code."""
    if value[:1] not in ("+", "0") or not _INTERNATIONAL.fullmatch(value) or not _digits(value, 8):
        return False
    if not has_phonenumbers():
        return True
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse("+" + re.sub(r"^\+|^00", "", value)))
    except phonenumbers.NumberParseException:
        return False


def phone_national(value: str) -> bool:
    """Digits in the usual number and clothing; only of use where the column says that it is one."""
    return _NATIONAL.fullmatch(value) is not None and _digits(value, 7)


def _digits(value: str, least: int) -> bool:
    return least <= sum(c.isdigit() for c in value) <= 15  # noqa: PLR2004  E.164
