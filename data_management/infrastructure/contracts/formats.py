"""The `format` of logical types: date patterns of the JDK, ranges of integers, shapes of strings."""

import re
from itertools import groupby
from typing import Final

_JDK: Final = {
    "yyyy": "%Y",
    "uuuu": "%Y",
    "y": "%Y",
    "u": "%Y",
    "yy": "%y",
    "uu": "%y",
    "M": "%m",
    "MM": "%m",
    "L": "%m",
    "LL": "%m",
    "MMM": "%b",
    "LLL": "%b",
    "MMMM": "%B",
    "LLLL": "%B",
    "d": "%d",
    "dd": "%d",
    "DDD": "%j",
    "E": "%a",
    "EE": "%a",
    "EEE": "%a",
    "EEEE": "%A",
    "H": "%H",
    "HH": "%H",
    "h": "%I",
    "hh": "%I",
    "m": "%M",
    "mm": "%M",
    "s": "%S",
    "ss": "%S",
    **{"S" * digits: "%f" for digits in range(1, 7)},
    "a": "%p",
    "X": "%z",
    "XX": "%z",
    "XXX": "%z",
    "x": "%z",
    "xx": "%z",
    "xxx": "%z",
    "Z": "%z",
    "ZZZZZ": "%z",
    "z": "%Z",
}
_QUOTED_OR_NOT = re.compile(r"'((?:[^']|'')*)'|([^']+)|(')")


class NotConvertible(ValueError):
    """A date pattern that `strptime` cannot express; the message says which part."""


def strptime_format(pattern: str) -> str:
    """The `strptime` format of a pattern of the JDK's DateTimeFormatter, as ODCS prescribes; raises `NotConvertible`."""
    if not pattern:
        raise NotConvertible("it is empty")
    converted = []
    for literal, letters, stray in _QUOTED_OR_NOT.findall(pattern):
        if stray:
            raise NotConvertible("a quote is not closed")
        if letters:
            converted += [_run("".join(run)) for _, run in groupby(letters)]
        else:
            converted.append((literal.replace("''", "'") or "'").replace("%", "%%"))
    return "".join(converted)


def _run(run: str) -> str:
    """A run of the same character."""
    if run in _JDK:
        return _JDK[run]
    if run[0] in "[]{}#" or (run[0].isascii() and run[0].isalpha()):
        raise NotConvertible(f"{run!r} has no counterpart")
    return run.replace("%", "%%")


INTEGER_RANGES: Final = {
    **{f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64, 128)},
    **{f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64, 128)},
}
"""Lowest and highest, both included, by the names of Rust's integer types."""

LARGEST_F32: Final = 3.4028234663852886e38

_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = rf"({_BYTE}\.){{3}}{_BYTE}"
_H16 = "[0-9A-Fa-f]{1,4}"
_LS32 = f"({_H16}:{_H16}|{_IPV4})"
_IPV6 = "|".join(  # the forms of RFC 3986, section 3.2.2
    [
        f"({_H16}:){{6}}{_LS32}",
        f"::({_H16}:){{5}}{_LS32}",
        f"({_H16})?::({_H16}:){{4}}{_LS32}",
        f"(({_H16}:)?{_H16})?::({_H16}:){{3}}{_LS32}",
        f"(({_H16}:){{0,2}}{_H16})?::({_H16}:){{2}}{_LS32}",
        f"(({_H16}:){{0,3}}{_H16})?::{_H16}:{_LS32}",
        f"(({_H16}:){{0,4}}{_H16})?::{_LS32}",
        f"(({_H16}:){{0,5}}{_H16})?::{_H16}",
        f"(({_H16}:){{0,6}}{_H16})?::",
    ]
)
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

STRING_PATTERNS: Final = {
    "email": rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})*$",
    "uuid": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$",
    "hostname": rf"^{_LABEL}(\.{_LABEL})*$",
    "ipv4": f"^{_IPV4}$",
    "ipv6": f"^({_IPV6})$",
    "byte": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
"""For the whole value, in the syntax that Python's `re` and RE2 share."""

FREE_STRINGS: Final = frozenset({"password", "binary"})
"""Formats that say what a string is, and demand nothing of it."""
