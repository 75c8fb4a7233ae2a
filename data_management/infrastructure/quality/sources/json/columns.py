"""From objects to columns: what kinds of values each key has, and the one type that holds them all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf, isinf
from types import NoneType
from typing import Any

import pyarrow as pa

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.source import RawColumn

_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_NESTED, _TEXTS = frozenset({dict, list}), frozenset({str, NoneType})
_TOO_LARGE = "holds a number beyond what a double holds; write it as text"
_INT64 = 1 << 63
_EXACT = 1 << 53
_HUGE = 10**38
_TYPES = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.decimal128(38, 0): "DECIMAL(38,0)",
}


@dataclass
class _Seen:
    kinds: set[type] = field(default_factory=set)
    largest: int = 0


class Survey:
    """What has been seen of all objects so far. `Rejected` for too many keys, too deep nesting, and numbers beyond a double."""

    def __init__(self, shown: str, unit: str, bounds: Bounds) -> None:
        self._shown, self._unit, self._bounds = shown, unit, bounds
        self._seen: dict[str, _Seen] = {}
        self.rows = 0
        self._only: dict[str, Any] = {}

    def add(self, objects: Sequence[tuple[int, dict[str, Any]]]) -> None:
        rows = [row for _, row in objects]
        self.rows += len(rows)
        self._only = rows[0] if self.rows == 1 else {}
        for name in dict.fromkeys(chain.from_iterable(rows)):
            seen = self._seen.get(name) or self._new(name)
            values = [row.get(name) for row in rows]
            kinds = set(map(type, values)) - {NoneType}
            seen.kinds |= kinds
            if int in kinds:
                largest = max(abs(value) for value in values if type(value) is int)
                seen.largest = max(seen.largest, largest)
            if float in kinds and (inf in values or -inf in values):
                raise self._refused(next(n for n, row in objects if _is_infinite(row.get(name))), _TOO_LARGE)
            if kinds & {dict, list}:
                self._look_into(objects, name)

    @property
    def names(self) -> list[str]:
        return list(self._seen)

    def types(self) -> list[pa.DataType]:
        return [_type_of(seen) for seen in self._seen.values()]

    def columns(self) -> tuple[RawColumn, ...]:
        return tuple(RawColumn(name, _TYPES[kind]) for name, kind in zip(self._seen, self.types(), strict=True))

    def notes(self) -> tuple[ReadingNote, ...]:
        wrapped = [
            name for name, value in self._only.items() if value and isinstance(value, list) and _are_objects(value)
        ]
        return tuple(
            ReadingNote(
                code="wrapped-rows",
                message=f"it is one object, whose {name!r} is an array of objects; if these are the rows, write the array alone",
            )
            for name in wrapped
        ) + tuple(
            ReadingNote(code="mixed-types", message=f"column {name!r} mixes JSON types; read as text")
            for name, seen in self._seen.items()
            if _type_of(seen) == pa.string() and seen.kinds and not (seen.kinds <= {dict, list} or seen.kinds == {str})
        )

    def _new(self, key: str) -> _Seen:
        if len(self._seen) >= self._bounds.columns:
            raise Rejected(
                f"{self._shown} has more than {self._bounds.columns} different keys; use rows, not keys, or raise DATA_MANAGEMENT_FILE_COLUMNS"
            )
        seen = self._seen[key] = _Seen()
        return seen

    def _look_into(self, objects: Sequence[tuple[int, dict[str, Any]]], name: str) -> None:
        most = self._bounds.depth
        for number, row in objects:
            value = row.get(name)
            if not isinstance(value, dict | list):
                continue
            parts = value.values() if isinstance(value, dict) else value
            if _NESTED.isdisjoint(map(type, parts)) and inf not in parts and -inf not in parts:
                continue
            try:
                text = _ENCODE(value)
            except ValueError as error:
                raise self._refused(number, _TOO_LARGE) from error
            if text.count("[") + text.count("{") > most and _depth(value, most) > most:
                raise self._refused(number, f"is nested deeper than {most} levels; flatten it")

    def _refused(self, number: int, what: str) -> Rejected:
        return Rejected(f"{self._shown}: {self._unit} {number} {what}")


def _are_objects(values: Sequence[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _depth(value: dict[str, Any] | list[Any], most: int) -> int:
    """How many arrays and objects lie within each other; counted up to one more than `most`."""
    level: list[Any] = [value]
    for depth in range(1, most + 1):
        level = [
            part
            for one in level
            for part in (one.values() if isinstance(one, dict) else one)
            if isinstance(part, dict | list)
        ]
        if not level:
            return depth
    return most + 1


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float) and isinf(value)


def table_of(rows: Sequence[dict[str, Any]], names: Sequence[str], types: Sequence[pa.DataType]) -> pa.Table:
    """The rows as columns of these types, which hold them all."""
    arrays = [_array([row.get(name) for row in rows], kind) for name, kind in zip(names, types, strict=True)]
    return pa.table(arrays, names=list(names))


def _type_of(seen: _Seen) -> pa.DataType:
    """Integers as they are, with fractions as float64; text where that would round, and for all else."""
    kinds = seen.kinds
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int} and seen.largest < _INT64:
        return pa.int64()
    if kinds == {int} and seen.largest < _HUGE:
        return pa.decimal128(38, 0)
    if kinds == {float} or (kinds == {int, float} and seen.largest <= _EXACT):
        return pa.float64()
    return pa.string()


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind != pa.string() or _TEXTS.issuperset(map(type, values)):
        return pa.array(values, kind)
    texts = [value if value is None or isinstance(value, str) else _ENCODE(value) for value in values]
    return pa.array(texts, kind)
