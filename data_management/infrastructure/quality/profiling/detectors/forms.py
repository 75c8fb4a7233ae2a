"""Detectors that need a form alone: regular expressions and the standard library."""

import ipaddress
import math
import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import Final

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![\w:/@-])")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_SECRET = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # AWS access key ids
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}"
    r"|\bxox[abeoprs]-[\w-]{10,}|\b[rs]k_live_[A-Za-z0-9]{16,}|\bAIza[\w-]{35}\b|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"  # JSON web tokens
    r"|\bsk-(?:proj|ant|svcacct|or)-[\w-]{20,}|\bsk-[A-Za-z0-9]{40,}"
    r"|\bnpm_[A-Za-z0-9]{36}|\bhf_[A-Za-z0-9]{30,}|\bdckr_pat_[\w-]{20,}|\bpypi-AgE[\w-]{20,}|\bshpat_[0-9a-f]{32}"
    r"|\bhooks\.slack\.com/services/\w+/\w+/\w+"
    r"|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(?:id|i|d)\$|\bpbkdf2_sha\d+\$|\$[156]\$[./A-Za-z0-9]{4,16}\$"  # hashes of passwords
    r"|\b[Bb]earer [\w.~+/-]{20,}"
    r"|(?:^|;) ?(?:[Pp]assword|PASSWORD|[Pp]wd|PWD|AccountKey|SharedAccessKey) ?= ?[^;\s]+;?"  # in connection strings
    r"|-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY"
    r"|\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]+:[^\s/@]+@"  # credentials in a URL
)
_MARK = re.compile(
    r"AKIA|ASIA|gh|glpat-|xox|k_live_|AIza|SG\.|eyJ|-----BEGIN |://|sk-|npm_|hf_|_pat_|pypi-|shpat_|slack|\$|earer |[dDyY] ?="
)
"""One of these is in each: the cheap look before the dear one."""
_NAME = re.compile(r"[^\W\d_]+(?:[ .'\u2019,-]{1,3}[^\W\d_]+){0,5}\.?")
_ADDRESS = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{3})(?=.*[ ,]).{6,}", re.DOTALL)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<by>[./-]?)(?P<one>\d{2})(?P=by)(?P<other>\d{2})(?!\d)")
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<by>[./-])(?P<other>\d{1,2})(?P=by)(?P<year>\d{4}|\d{2})(?!\d)")
_MONTH_NAMED = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th|er|\.)?[ -](?:de )?[^\W\d_]{3,10}\.?|[^\W\d_]{3,10}\.? \d{1,2},?)[ -](?:de )?(?:19|20)\d\d"
)
_DEGREES = re.compile(r"-?\d{1,3}\.\d{2,}")
_POINT = re.compile(
    r"\(?-?\d{1,3}\.\d{2,}\s*[,;/ ]\s*-?\d{1,3}\.\d{2,}\)?|(?:SRID=\d+;)?POINT ?Z? ?\(-?\d.*\)", re.IGNORECASE
)
_VERSION_PART: Final = 40
_ENTROPY: Final = 3.0
"""Bits a character."""


def email(value: str) -> bool:
    """It holds one; a `git@host:path` is none."""
    return "@" in value and _EMAIL.search(value) is not None


def ip_address(value: str) -> bool:
    """An address, perhaps with a port or the length of its network."""
    if not 3 <= len(value) <= 45 or not ("." in value or ":" in value):  # noqa: PLR2004  the shortest and the longest
        return False
    address, _, port = value.partition(":") if value.count(":") == 1 else (value, "", "")
    try:
        ipaddress.ip_interface(address)
    except ValueError:
        return False
    return not port or port.isdigit()


def version(value: str) -> bool:
    """Four small numbers: a version is written so, too."""
    parts = value.split(".")
    return len(parts) == 4 and all(p.isdigit() and int(p) < _VERSION_PART for p in parts)  # noqa: PLR2004


def mac_address(value: str) -> bool:
    return _MAC.fullmatch(value) is not None


def secret(value: str) -> bool:
    """It holds what only keys, tokens and credentials look like."""
    return _MARK.search(value) is not None and _SECRET.search(value) is not None


def high_entropy(value: str) -> bool:
    """Like a random key: 16 characters or more of several classes, few of them alike."""
    if len(value) < 16 or " " in value:  # noqa: PLR2004
        return False
    counts = Counter(value)
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return bits >= _ENTROPY and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def password(value: str) -> bool:
    """Anything that might be one."""
    return 4 <= len(value) <= 128  # noqa: PLR2004


def person_name(value: str) -> bool:
    """Up to six words of letters; of a column that is called so, nothing more is asked."""
    return len(value) <= 60 and _NAME.fullmatch(value.strip()) is not None  # noqa: PLR2004


def address(value: str) -> bool:
    """A word, a number, and something between them."""
    return _ADDRESS.fullmatch(value) is not None


def birth_date(value: str) -> bool:
    """A date since 1900: year, month, day with or without separators; or the year last, day or month first, or a month's name."""
    found = _YEAR_FIRST.match(value) or _YEAR_LAST.match(value)
    if found is None:
        return _MONTH_NAMED.fullmatch(value) is not None
    year, one, other = (int(found[name]) for name in ("year", "one", "other"))
    today = datetime.now(UTC).date()
    if len(found["year"]) == 2:  # noqa: PLR2004
        year += 1900
    return any(_is_past(year, month, day, today) for month, day in ((one, other), (other, one)))


def _is_past(year: int, month: int, day: int, today: date) -> bool:
    try:
        return date(1900, 1, 1) <= date(year, month, day) <= today
    except ValueError:
        return False


def coordinate(value: float) -> bool:
    """Degrees with a fraction."""
    return -180 <= value <= 180 and value != round(value, 1)  # noqa: PLR2004


def coordinates(value: str) -> bool:
    """Degrees with a fraction, a pair of them, or a point of well-known text."""
    return _DEGREES.fullmatch(value) is not None or _POINT.fullmatch(value) is not None
