"""How the columns of a data asset differ from those that were there before, or that the contract requires."""

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.domain.models.checks import Column
from data_management.domain.models.datasets import ColumnSpec


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RETYPED = "retyped"
    REORDERED = "reordered"


@dataclass(frozen=True)
class SchemaChange:
    """One difference; a `breaking` one is felt by who reads the columns by name and type."""

    kind: ChangeKind
    column: str | None = None
    before: str | None = None
    after: str | None = None
    breaking: bool = False
    required: bool = False
    """The contract requires the column that is not there."""

    def __str__(self) -> str:
        match self.kind:
            case ChangeKind.RETYPED:
                text = f"column {self.column!r} was {self.before} and is {self.after}"
            case ChangeKind.REORDERED:
                text = "its columns stand in another order"
            case ChangeKind.REMOVED if self.required:
                text = f"column {self.column!r}, which the contract requires, is not there"
            case _:
                text = f"column {self.column!r} was {self.kind}"
        return f"{text} (breaking)" if self.breaking else text


def schema_changes(
    before: Sequence[Column] | None,
    now: Sequence[Column],
    specs: Sequence[ColumnSpec] = (),
    *,
    empty: Collection[str] = (),
    inferred: bool = False,
    by_position: bool = False,
) -> tuple[SchemaChange, ...]:
    """What changed since `before` (None: nothing to compare with), and what the contract requires in vain.

    A column without values (`empty`) shows no type. Where types are `inferred` from text, a narrower one says only that the values
    of this file are so, and breaks nobody; nor is it told of a column that the contract has read as another type. The order breaks who reads `by_position`.
    """
    changes = [] if before is None else _compared(before, now, empty, inferred=inferred, by_position=by_position)
    names = {column.name for column in now}
    required = [spec.name for spec in specs if spec.required and spec.name not in names]
    return (
        *(change for change in changes if change.kind is not ChangeKind.REMOVED or change.column not in required),
        *(SchemaChange(ChangeKind.REMOVED, name, breaking=True, required=True) for name in required),
    )


def _compared(
    before: Sequence[Column], now: Sequence[Column], empty: Collection[str], *, inferred: bool, by_position: bool
) -> list[SchemaChange]:
    old, new = ({column.name: column.own_type for column in columns} for columns in (before, now))
    stated = {column.name for column in (*before, *now) if column.stored}
    changes = [SchemaChange(ChangeKind.ADDED, name, after=new[name]) for name in new if name not in old]
    changes += [
        SchemaChange(ChangeKind.REMOVED, name, before=old[name], breaking=True) for name in old if name not in new
    ]
    for name in (name for name in old if name in new and name not in empty and old[name] != new[name]):
        breaking = not _holds(new[name], old[name]) and not (inferred and _holds(old[name], new[name]))
        if breaking or not (inferred and name in stated):
            changes.append(SchemaChange(ChangeKind.RETYPED, name, old[name], new[name], breaking=breaking))
    if [name for name in old if name in new] != [name for name in new if name in old]:
        changes.append(SchemaChange(ChangeKind.REORDERED, breaking=by_position))
    return changes


_SIGNED: Final = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39}
_UNSIGNED: Final = {"UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10, "UBIGINT": 20, "UHUGEINT": 39}
_FLOATS: Final = {"FLOAT": 1, "DOUBLE": 2}
_MOMENTS: Final = {"DATE": 1, "TIMESTAMP_S": 2, "TIMESTAMP_MS": 3, "TIMESTAMP": 4, "TIMESTAMP_NS": 4}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


def _holds(wide: str, narrow: str) -> bool:
    """Whether a column of type `wide` can be read where one of type `narrow` was: each of its values fits."""
    wide, narrow = wide.upper(), narrow.upper()
    if wide == narrow:
        return True
    for order in (_FLOATS, _MOMENTS, _SIGNED, _UNSIGNED):
        if wide in order and narrow in order:
            return order[wide] >= order[narrow]
    if wide in _SIGNED and narrow in _UNSIGNED:
        return _SIGNED[wide] > _UNSIGNED[narrow]
    decimal, before = _DECIMAL.fullmatch(wide), _DECIMAL.fullmatch(narrow)
    if decimal:
        whole, scale = int(decimal[1]) - int(decimal[2]), int(decimal[2])
        if before:
            return whole >= int(before[1]) - int(before[2]) and scale >= int(before[2])
        return whole >= (_SIGNED | _UNSIGNED).get(narrow, 99)
    return wide == "DOUBLE" and (narrow in _SIGNED or narrow in _UNSIGNED or before is not None)
