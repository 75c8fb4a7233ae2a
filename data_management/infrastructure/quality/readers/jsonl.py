"""JSON lines, strictly: one object a line (RFC 8259, so no NaN); columns are the union of their keys."""

import json
from typing import Any, NoReturn

import pyarrow as pa

from data_management.domain.models import ReadingNote, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.files import Content
from data_management.infrastructure.quality.readers.table import RawTable
from data_management.infrastructure.quality.readers.text import decoded

_INT64 = 1 << 63
_EXACT = 1 << 53
_HUGE = 10**38
_MOST_COLUMNS = 10_000


class _Decoder(json.JSONDecoder):
    """Refuses what RFC 8259 does not have, and counts repeated keys (the last one counts, as in most readers)."""

    def __init__(self) -> None:
        self.repeated = 0
        super().__init__(object_pairs_hook=self._object, parse_constant=_refuse, parse_float=_finite)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        self.repeated += len(pairs) - len(result)
        return result


def read_jsonl(content: Content, options: ReadOptions) -> RawTable:
    notes: list[ReadingNote] = []
    rows = _objects(decoded(content, options.encoding), content, notes)
    names = list(dict.fromkeys(key for row in rows for key in row))
    if len(names) > _MOST_COLUMNS:
        raise Rejected(
            f"{content.shown} has {len(names)} different keys, more than {_MOST_COLUMNS}; use rows, not keys"
        )
    columns = {name: _column(name, [row.get(name) for row in rows], notes) for name in names}
    return RawTable(table=pa.table(columns), textual=False, notes=notes)


def _objects(text: str, content: Content, notes: list[ReadingNote]) -> list[dict[str, Any]]:
    decoder = _Decoder()
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip(" \t\r"):
            continue
        try:
            value = decoder.decode(line)
            line.encode() if "\\u" not in line else json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:  # UnicodeEncodeError, a lone surrogate, is a ValueError too
            raise Rejected(f"{content.shown}: line {number} is no valid JSON; write one object a line") from error
        if not isinstance(value, dict):
            raise Rejected(f"{content.shown}: line {number} is JSON but no object; write one object a line")
        rows.append(value)
    if decoder.repeated:
        notes.append(
            ReadingNote(
                code="repeated-keys", message=f"{decoder.repeated} key(s) repeat within an object; the last counts"
            )
        )
    if rows and not any(rows):
        raise Rejected(f"{content.shown} holds only empty objects; write the columns as keys")
    return rows


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _column(name: str, values: list[Any], notes: list[ReadingNote]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.array(values, pa.string())
    if kinds == {str}:
        return pa.array(values, pa.string())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds <= {int, float} and (numbers := _numbers(values)) is not None:
        return numbers
    if not kinds <= {dict, list}:
        notes.append(ReadingNote(code="mixed-types", message=f"column {name!r} mixes JSON types; read as text"))
    texts = [
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values
    ]
    return pa.array(texts, pa.string())


def _numbers(values: list[Any]) -> pa.Array | None:
    """Integers as they are, with fractions as float64; None where that would round."""
    integers = [abs(value) for value in values if isinstance(value, int)]
    largest = max(integers, default=0)
    if any(isinstance(value, float) for value in values):
        return pa.array(values, pa.float64()) if largest <= _EXACT else None
    if largest < _INT64:
        return pa.array(values, pa.int64())
    return pa.array(values, pa.decimal128(38, 0)) if largest < _HUGE else None
