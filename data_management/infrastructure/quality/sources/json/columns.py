"""From objects to columns: what kinds of values each key has, and the one type that holds them all."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected
from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.source import RawColumn

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

    def add(self, number: int, row: dict[str, Any]) -> None:
        self.rows += 1
        for key, value in row.items():
            seen = self._seen.get(key)
            if seen is None:
                seen = self._new(key)
            if value is None:
                continue
            kind = type(value)
            seen.kinds.add(kind)
            if kind is int:
                seen.largest = max(seen.largest, value, -value)
            elif kind is float:
                if value * 0 != 0:
                    raise self._refused(number, "holds a number beyond what a double holds; write it as text")
            elif kind is dict or kind is list:
                self._look_into(value, number)

    @property
    def names(self) -> list[str]:
        return list(self._seen)

    def types(self) -> list[pa.DataType]:
        return [_type_of(seen) for seen in self._seen.values()]

    def columns(self) -> tuple[RawColumn, ...]:
        return tuple(RawColumn(name, _TYPES[kind]) for name, kind in zip(self._seen, self.types(), strict=True))

    def notes(self) -> tuple[ReadingNote, ...]:
        return tuple(
            ReadingNote(code="mixed-types", message=f"column {name!r} mixes JSON types; read as text")
            for name, seen in self._seen.items()
            if _type_of(seen) == pa.string() and seen.kinds and not (seen.kinds <= {dict, list} or seen.kinds == {str})
        )

    def _new(self, key: str) -> _Seen:
        if len(self._seen) >= self._bounds.columns:
            raise Rejected(f"{self._shown} has more than {self._bounds.columns} different keys; use rows, not keys")
        seen = self._seen[key] = _Seen()
        return seen

    def _look_into(self, value: Any, number: int) -> None:
        level: list[Any] = [value]
        for _ in range(self._bounds.depth):
            below: list[Any] = []
            for one in level:
                for part in one.values() if isinstance(one, dict) else one:
                    if isinstance(part, dict | list):
                        below.append(part)
                    elif isinstance(part, float) and part * 0 != 0:
                        raise self._refused(number, "holds a number beyond what a double holds; write it as text")
            if not below:
                return
            level = below
        raise self._refused(number, f"is nested deeper than {self._bounds.depth} levels; flatten it")

    def _refused(self, number: int, what: str) -> Rejected:
        return Rejected(f"{self._shown}: {self._unit} {number} {what}")


def table_of(rows: Sequence[dict[str, Any]], names: Sequence[str], types: Sequence[pa.DataType]) -> pa.Table:
    """The rows as columns of these types, which hold them all."""
    arrays = [_array((row.get(name) for row in rows), kind) for name, kind in zip(names, types, strict=True)]
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


def _array(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    if kind != pa.string():
        return pa.array(list(values), kind)
    texts = [
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)
        for value in values
    ]
    return pa.array(texts, kind)
