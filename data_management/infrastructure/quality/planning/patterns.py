"""Python's regular expressions for RE2, which DuckDB runs; exactly, or not at all."""

import re
import warnings
from re import _constants as codes  # type: ignore[attr-defined] # the standard library's own parser, as `re` uses it
from re import _parser as parser  # type: ignore[attr-defined] # the same
from typing import Any, Final

_MOST_REPEATS: Final = 1000
_SPACES: Final = r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_CLASSES: Final = {
    codes.CATEGORY_DIGIT: r"\p{Nd}",
    codes.CATEGORY_NOT_DIGIT: r"\P{Nd}",
    codes.CATEGORY_SPACE: _SPACES,
    codes.CATEGORY_WORD: r"\p{L}\p{N}_",
}
_ASCII_CLASSES: Final = {
    codes.CATEGORY_DIGIT: "0-9",
    codes.CATEGORY_NOT_DIGIT: r"\x00-/:-\x{10ffff}",
    codes.CATEGORY_SPACE: r"\t-\r\x20",
    codes.CATEGORY_WORD: "0-9A-Za-z_",
}
_NEGATED: Final = {codes.CATEGORY_NOT_SPACE: codes.CATEGORY_SPACE, codes.CATEGORY_NOT_WORD: codes.CATEGORY_WORD}


class NotTranslatable(Exception):
    """RE2 cannot say this, or says it otherwise."""


def re2(pattern: str) -> str:
    """`pattern` for a search by RE2 that finds what Python's `re.search` would find.

    Source of the differences: RE2's syntax page; Python's classes are Unicode's, and ``$`` holds before a last line
    break too. `NotTranslatable` for look-around, back-references, word boundaries, flags, and Python's own extensions;
    `re.error` for what is no pattern.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = re.compile(pattern)
        tree = parser.parse(pattern)
    if compiled.flags & ~(re.UNICODE | re.ASCII | re.DOTALL | re.MULTILINE):
        raise NotTranslatable("a flag")
    return _Writer(compiled.flags).sequence(tree)


class _Writer:
    def __init__(self, flags: int) -> None:
        self._flags = flags
        self._classes = _ASCII_CLASSES if flags & re.ASCII else _CLASSES

    def sequence(self, items: Any) -> str:
        return "".join(self._item(code, argument) for code, argument in items)

    def _item(self, code: Any, argument: Any) -> str:  # noqa: C901  one case per kind of node
        if code is codes.LITERAL:
            return _character(argument)
        if code is codes.NOT_LITERAL:
            return f"[^{_character(argument)}]"
        if code is codes.ANY:
            return r"[\x00-\x{10ffff}]" if self._flags & re.DOTALL else r"[^\n]"
        if code is codes.IN:
            return self._set(argument)
        if code is codes.AT:
            return self._place(argument)
        if code is codes.BRANCH:
            return "(?:" + "|".join(self.sequence(branch) for branch in argument[1]) + ")"
        if code is codes.SUBPATTERN:
            _, added, removed, inner = argument
            if added or removed:
                raise NotTranslatable("flags within a group")
            return f"(?:{self.sequence(inner)})"
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            least, most, inner = argument
            if least > _MOST_REPEATS or (most is not codes.MAXREPEAT and most > _MOST_REPEATS):
                raise NotTranslatable("many repeats")
            times = f"{{{least},{'' if most is codes.MAXREPEAT else most}}}"
            return f"(?:{self.sequence(inner)}){times}"
        raise NotTranslatable(str(code))

    def _place(self, place: Any) -> str:
        multiline = bool(self._flags & re.MULTILINE)
        if place is codes.AT_BEGINNING:
            return "(?m:^)" if multiline else r"\A"
        if place is codes.AT_BEGINNING_STRING:
            return r"\A"
        if place is codes.AT_END and not multiline:
            return r"(?:\n?\z)"
        if place is codes.AT_END_STRING:
            return r"\z"
        raise NotTranslatable(str(place))

    def _set(self, items: Any) -> str:
        negated, parts = "", []
        for code, argument in items:
            if code is codes.NEGATE:
                negated = "^"
            elif code is codes.LITERAL:
                parts.append(_character(argument))
            elif code is codes.RANGE:
                parts.append(f"{_character(argument[0])}-{_character(argument[1])}")
            elif code is codes.CATEGORY and argument in self._classes:
                parts.append(self._classes[argument])
            elif code is codes.CATEGORY and argument in _NEGATED and len(items) == 1:
                return f"[^{self._classes[_NEGATED[argument]]}]"
            else:
                raise NotTranslatable(str(argument))
        return f"[{negated}{''.join(parts)}]"


def _character(code: int) -> str:
    character = chr(code)
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004  a lone surrogate is in no UTF-8 text
        raise NotTranslatable("a surrogate")
    if character.isascii() and (character.isalnum() or character in "_ ,;:<>=!%&/~`@'\"#"):
        return character
    return f"\\x{{{code:x}}}"
