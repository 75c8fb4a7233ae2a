"""Two versions of contracts: datasets, their columns, keys, servers and policies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from data_management.domain.models import BadRows, ColumnSpec, Dataset, Landing, OnFail, ReadOptions, Severity
from data_management.domain.models.contract_changes import (
    ContractChange,
    ContractChangeKind,
    ContractDiff,
    ContractPart,
    Party,
)
from data_management.domain.services.diffing.rules import rule_changes

_BOTH: Final = (Party.PRODUCERS, Party.CONSUMERS)
_PRODUCERS: Final = (Party.PRODUCERS,)
_CONSUMERS: Final = (Party.CONSUMERS,)
_WIDER: Final = {("integer", "number"), ("date", "timestamp")}
"""From a logical type to one that holds all its values."""


def diff_contracts(before: Iterable[Dataset], after: Iterable[Dataset]) -> ContractDiff:
    """What changed, dataset by dataset in the order of their names.

    A dataset is the same by the ids of its contract and schema object, or by its name; a column by its name; a rule by its
    name, or where that changed alone by what it demands.
    """
    old, new = _by_name(before), _by_name(after)
    renamed = _renamed(old, new)
    changes: list[ContractChange] = []
    for name, dataset in old.items():
        successor = new.get(name) or new.get(renamed.get(name, ""))
        if successor is None:
            changes.append(_of_dataset(name, ContractChangeKind.REMOVED, breaks=_BOTH))
        else:
            changes += _changes(dataset, successor)
    known = {*old, *renamed.values()}
    changes += [_of_dataset(name, ContractChangeKind.ADDED) for name in new if name not in known]
    return ContractDiff(tuple(sorted(changes, key=lambda change: change.dataset)))


def _by_name(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    return {dataset.name: dataset for dataset in datasets}


def _renamed(old: dict[str, Dataset], new: dict[str, Dataset]) -> dict[str, str]:
    """From an old name to the new one, where the schema object says that it is the same."""
    gone = {_identity(each): name for name, each in old.items() if name not in new and each.object_id is not None}
    return {
        gone[_identity(each)]: name
        for name, each in new.items()
        if name not in old and each.object_id is not None and _identity(each) in gone
    }


def _identity(dataset: Dataset) -> tuple[str, str | None]:
    return dataset.contract_id, dataset.object_id


def _of_dataset(name: str, kind: ContractChangeKind, breaks: tuple[Party, ...] = ()) -> ContractChange:
    return ContractChange(name, ContractPart.DATASET, name, kind, breaks=breaks)


def _changes(before: Dataset, after: Dataset) -> Iterator[ContractChange]:
    name = after.name
    if before.name != name:
        yield ContractChange(
            name, ContractPart.DATASET, name, ContractChangeKind.RENAMED, before.name, name, breaks=_CONSUMERS
        )
    yield from _column_changes(before, after)
    yield from rule_changes(before, after)
    yield from _server_changes(name, before.landing, after.landing)
    yield from _policy_changes(before, after)
    yield from _texts(before, after)


# -- columns ---------------------------------------------------------------------------------------------------------


def _column_changes(before: Dataset, after: Dataset) -> Iterator[ContractChange]:
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    demanded = {rule.column for rule in after.rules if rule.expectations and rule.severity is Severity.CRITICAL}
    for name, column in old.items():
        if name in new:
            yield from _of_column(after.name, column, new[name])
        else:
            yield ContractChange(
                after.name, ContractPart.COLUMN, name, ContractChangeKind.REMOVED, _type(column), breaks=_CONSUMERS
            )
    for name, column in new.items():
        if name not in old:
            breaks = _PRODUCERS if column.required or name in demanded else ()
            yield ContractChange(
                after.name, ContractPart.COLUMN, name, ContractChangeKind.ADDED, after=_type(column), breaks=breaks
            )


def _of_column(dataset: str, before: ColumnSpec, after: ColumnSpec) -> Iterator[ContractChange]:
    def change(
        kind: ContractChangeKind, old: object, new: object, breaks: tuple[Party, ...] = (), what: str = ""
    ) -> ContractChange:
        name = f"{after.name}{what}"
        return ContractChange(dataset, ContractPart.COLUMN, name, kind, _shown(old), _shown(new), breaks)

    if before.logical_type != after.logical_type:
        kind = _retyped(before.logical_type, after.logical_type)
        breaks = {ContractChangeKind.STRICTER: _PRODUCERS, ContractChangeKind.LOOSER: _CONSUMERS}.get(kind, _BOTH)
        yield change(kind, before.logical_type or "any type", after.logical_type or "any type", breaks)
    if before.required != after.required:
        if after.required:
            yield change(ContractChangeKind.STRICTER, "may be missing", "required", _PRODUCERS)
        else:
            yield change(ContractChangeKind.LOOSER, "required", "may be missing", _CONSUMERS)
    if before.date_format != after.date_format:
        yield change(
            ContractChangeKind.CHANGED, before.date_format, after.date_format, _PRODUCERS, what=" (format of dates)"
        )
    if before.classification != after.classification:
        yield change(ContractChangeKind.CHANGED, before.classification, after.classification, what=" (classification)")


def _retyped(before: str | None, after: str | None) -> ContractChangeKind:
    if before is None or (after, before) in _WIDER:
        return ContractChangeKind.STRICTER
    if after is None or (before, after) in _WIDER:
        return ContractChangeKind.LOOSER
    return ContractChangeKind.CHANGED


def _type(column: ColumnSpec) -> str | None:
    return column.logical_type


# -- servers ---------------------------------------------------------------------------------------------------------


def _server_changes(dataset: str, before: Landing | None, after: Landing | None) -> Iterator[ContractChange]:
    def change(
        what: str, old: object, new: object, breaks: tuple[Party, ...] = (), kind: ContractChangeKind | None = None
    ) -> ContractChange:
        kind = kind or ContractChangeKind.CHANGED
        return ContractChange(dataset, ContractPart.SERVER, what, kind, _shown(old), _shown(new), breaks)

    if before is None or after is None:
        if before is not None:
            yield change("landing", before.uri, None, _PRODUCERS, ContractChangeKind.REMOVED)
        elif after is not None:
            yield change("landing", None, after.uri, kind=ContractChangeKind.ADDED)
        return
    if before.uri != after.uri:
        yield change("landing", before.uri, after.uri, _PRODUCERS)
    if before.marker != after.marker:
        yield change("marker", before.marker, after.marker, _PRODUCERS)
    if before.store != after.store:
        yield change("store", before.store, after.store, _PRODUCERS)
    if before.new_objects != after.new_objects:
        yield change("where new objects are looked for", before.new_objects, after.new_objects)
    yield from _reading_changes(change, before.options, after.options)


def _reading_changes(
    change: Callable[..., ContractChange], before: ReadOptions, after: ReadOptions
) -> Iterator[ContractChange]:
    for what in ("format", "delimiter", "encoding", "header", "sheet"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            yield change(what, old, new, () if new is None else _PRODUCERS)
    if before.bad_rows != after.bad_rows:
        stricter = after.bad_rows is BadRows.REJECT
        kind = ContractChangeKind.STRICTER if stricter else ContractChangeKind.LOOSER
        yield change("badRows", before.bad_rows.value, after.bad_rows.value, _PRODUCERS if stricter else (), kind)
    if before.max_bad_rows != after.max_bad_rows and before.bad_rows is after.bad_rows is BadRows.COUNT:
        yield change("maxBadRows", *_limit(before.max_bad_rows, after.max_bad_rows))


# -- policy ----------------------------------------------------------------------------------------------------------


def _policy_changes(before: Dataset, after: Dataset) -> Iterator[ContractChange]:
    def change(
        what: str, old: object, new: object, breaks: tuple[Party, ...] = (), kind: ContractChangeKind | None = None
    ) -> ContractChange:
        kind = kind or ContractChangeKind.CHANGED
        return ContractChange(after.name, ContractPart.POLICY, what, kind, _shown(old), _shown(new), breaks)

    old, new = before.policy, after.policy
    if old.gate.min_score != new.gate.min_score:
        yield change("minScore", *_floor(old.gate.min_score, new.gate.min_score))
    least, now_least = dict(old.gate.min_dimensions), dict(new.gate.min_dimensions)
    for dimension in sorted({*least, *now_least}):
        if least.get(dimension) != now_least.get(dimension):
            yield change(f"minScore of {dimension}", *_floor(least.get(dimension), now_least.get(dimension)))
    if old.max_quarantined != new.max_quarantined:
        yield change("maxQuarantined", *_limit(old.max_quarantined, new.max_quarantined))
    if old.on_fail != new.on_fail:
        stricter = new.on_fail is OnFail.BLOCK
        kind = ContractChangeKind.STRICTER if stricter else ContractChangeKind.LOOSER
        yield change("onFail", old.on_fail.value, new.on_fail.value, _CONSUMERS if stricter else (), kind)
    weights, now_weights = dict(old.dimension_weights), dict(new.dimension_weights)
    if weights != now_weights:
        yield change("weights of dimensions", weights or None, now_weights or None)
    if before.samples != after.samples:
        yield change("samples", before.samples, after.samples)
    if before.revalidation != after.revalidation:
        yield change("revalidate", before.revalidation.of.value, after.revalidation.of.value)


_Limited = tuple[float | None, float | None, tuple[Party, ...], ContractChangeKind]


def _limit(before: float | None, after: float | None) -> _Limited:
    """Less is stricter, and None is no limit."""
    infinite = float("inf")
    stricter = (infinite if after is None else after) < (infinite if before is None else before)
    return before, after, _PRODUCERS if stricter else (), _kind(stricter=stricter)


def _floor(before: float | None, after: float | None) -> _Limited:
    """More is stricter, and None demands nothing."""
    stricter = (-1.0 if after is None else after) > (-1.0 if before is None else before)
    return before, after, _PRODUCERS if stricter else (), _kind(stricter=stricter)


def _kind(*, stricter: bool) -> ContractChangeKind:
    return ContractChangeKind.STRICTER if stricter else ContractChangeKind.LOOSER


# -- texts -----------------------------------------------------------------------------------------------------------


def _texts(before: Dataset, after: Dataset) -> Iterator[ContractChange]:
    def change(what: str, old: object, new: object) -> ContractChange:
        return ContractChange(after.name, ContractPart.TEXT, what, ContractChangeKind.CHANGED, _shown(old), _shown(new))

    for what in ("description", "owners", "tags", "domain"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            yield change(what, old, new)
    described = {column.name: column.description for column in before.columns}
    for column in after.columns:
        if column.name in described and described[column.name] != column.description:
            yield change(f"description of {column.name}", described[column.name], column.description)


def _shown(value: object) -> str | None:
    if value in (None, "", ()):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | float | int):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, Sequence):
        return ", ".join(map(str, value))
    return _record(value)


def _record(value: Any) -> str:
    fields = value if isinstance(value, dict) else vars(value)
    return ", ".join(f"{name} {each}" for name, each in fields.items() if each not in (None, False))
