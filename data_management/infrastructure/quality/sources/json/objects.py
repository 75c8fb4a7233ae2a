"""The objects of a text, one after the other, whatever blocks it comes in."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from data_management.errors import Rejected

_BLANK = " \t\r"
_SPACE = re.compile(r"[ \t\r\n]*")
Objects = Iterator[tuple[int, dict[str, Any]]]
"""Each with its number: of the line, or of the element, from 1 on."""


class Decoder(json.JSONDecoder):
    """Refuses what RFC 8259 does not have, and counts repeated keys (the last one counts, as in most readers).

    One that does not count is faster, and right for what another has counted.
    """

    scan_once: Callable[[str, int], tuple[Any, int]]

    def __init__(self, *, counting: bool = True) -> None:
        self.repeated = 0
        super().__init__(object_pairs_hook=self._object if counting else None, parse_constant=_refuse)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            self.repeated += len(pairs) - len(result)
        return result


def of_lines(blocks: Iterator[str], decoder: Decoder, shown: str, longest: int) -> Objects:
    """One object a line; blank lines are left out."""
    rest, number = "", 0
    for block in blocks:
        lines = (rest + block).split("\n")
        rest = lines.pop()
        for line in lines:
            number += 1
            if line.strip(_BLANK):
                yield number, _of_line(line, number, decoder, shown)
        if len(rest) > longest:
            raise Rejected(f"{shown}: line {number + 1} is longer than {longest >> 20} MB; write one object a line")
    if rest.strip(_BLANK):
        yield number + 1, _of_line(rest, number + 1, decoder, shown)


def of_array(blocks: Iterator[str], decoder: Decoder, shown: str, longest: int) -> Objects:
    """The elements of one array, which are objects; nothing may follow it."""
    text = _Window(blocks)
    number = 0
    if text.next_character() != "[":
        raise Rejected(f"{shown} is no array of objects; write '[', objects and ']', or one object a line")
    text.place += 1
    first = text.next_character()
    while first != "]" or number:
        number += 1
        yield number, _element(text, number, decoder, shown, longest)
        first = text.next_character()
        if first == "]":
            break
        if first != ",":
            what = "the array does not end" if first == "" else f"no comma follows element {number}"
            raise Rejected(f"{shown} is no valid JSON: {what}; transfer it again, or write it anew")
        text.place += 1
        first = text.next_character()
    text.place += 1
    if text.next_character():
        raise Rejected(f"{shown} has something behind the end of its array; write one array, or one object a line")


class _Window:
    """The part of the text that is looked at; it grows at its end and is cut off at its start."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self.text, self.place = "", 0

    def next_character(self) -> str:
        """The next one that is no space, without taking it; empty at the end."""
        while True:
            space = _SPACE.match(self.text, self.place)
            assert space is not None
            self.place = space.end()
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.grow(1):
                return ""

    def grow(self, least: int) -> bool:
        """Take in `least` characters more, or what there is; False where there is nothing."""
        parts, got = [self.text[self.place :]], 0
        for block in self._blocks:
            parts.append(block)
            got += len(block)
            if got >= least:
                break
        self.text, self.place = "".join(parts), 0
        return got > 0


def _element(text: _Window, number: int, decoder: Decoder, shown: str, longest: int) -> dict[str, Any]:
    before = decoder.repeated
    while True:
        try:
            value, end = decoder.raw_decode(text.text, text.place)
            break
        except RecursionError as error:
            raise _invalid(shown, "element", number) from error
        except ValueError as error:
            seen = len(text.text) - text.place
            if seen > longest or not text.grow(seen):  # twice as much each time, so that retrying stays linear
                raise _invalid(shown, "element", number) from error
        decoder.repeated = before
    _check_text(value, text.text[text.place : end], "element", number, shown)
    text.place = end
    return _checked(value, "element", number, shown)


def _of_line(line: str, number: int, decoder: Decoder, shown: str) -> dict[str, Any]:
    try:
        value, end = decoder.scan_once(line, 0 if line[0] == "{" else len(line) - len(line.lstrip(_BLANK)))
    except (ValueError, StopIteration, RecursionError) as error:
        raise _invalid(shown, "line", number) from error
    if end != len(line) and line[end:].strip(_BLANK):
        raise _invalid(shown, "line", number)
    if "\\u" in line:
        _check_text(value, line, "line", number, shown)
    return value if type(value) is dict else _checked(value, "line", number, shown)


def _check_text(value: Any, text: str, unit: str, number: int, shown: str) -> None:
    """Escapes may make a surrogate without its other half, which is no text."""
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except (UnicodeEncodeError, RecursionError) as error:
            raise _invalid(shown, unit, number) from error


def _checked(value: Any, unit: str, number: int, shown: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Rejected(f"{shown}: {unit} {number} is JSON but no object; write objects, with the columns as keys")
    return value


def _invalid(shown: str, unit: str, number: int) -> Rejected:
    return Rejected(
        f"{shown}: {unit} {number} is no valid JSON; write one whole object a line, or one array of objects, without NaN"
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
