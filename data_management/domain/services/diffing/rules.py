"""Two versions of a dataset's rules."""

from collections.abc import Iterator
from typing import Final

from data_management.domain.models import Dataset, Rule, Severity
from data_management.domain.models.contract_changes import ContractChange, ContractChangeKind, ContractPart, Party
from data_management.domain.services.diffing.strictness import strictness

_STATED: Final = {
    "type": "expect_column_values_to_be_of_type",
    "required": "expect_column_values_to_not_be_null",
}
"""Rules that only repeat what a column states, by how their names end."""
_KEYS: Final = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")


def rule_changes(before: Dataset, after: Dataset) -> Iterator[ContractChange]:
    """The rules that say more than the columns do; those of columns that came or went are part of that."""
    both = {column.name for column in before.columns} & {column.name for column in after.columns}
    come_or_gone = {column.name for column in (*before.columns, *after.columns)} - both
    old, new = _rules(before, come_or_gone), _rules(after, come_or_gone)
    renamed = _renamed(old, new)
    for name, rule in old.items():
        if name in new:
            yield from _compared(after.name, rule, new[name])
        elif name in renamed:
            yield ContractChange(
                after.name, ContractPart.RULE, renamed[name], ContractChangeKind.RENAMED, name, renamed[name]
            )
        else:
            breaks = (Party.CONSUMERS,) if _is_key(rule) else ()
            yield ContractChange(
                after.name, _part(rule), name, ContractChangeKind.REMOVED, describe(rule), breaks=breaks
            )
    for name, rule in new.items():
        if name not in old and name not in renamed.values():
            breaks = (Party.PRODUCERS,) if _is_demanding(rule) else ()
            yield ContractChange(
                after.name, _part(rule), name, ContractChangeKind.ADDED, after=describe(rule), breaks=breaks
            )


def describe(rule: Rule) -> str:
    """What a rule demands, for people."""
    if not rule.expectations:
        return f"{rule.not_runnable} ({rule.severity})"
    parts = [
        f"{each.type.removeprefix('expect_')}({', '.join(f'{k}={v!r}' for k, v in each.kwargs.items() if k != 'column')})"
        for each in rule.expectations
    ]
    if rule.threshold is not None:
        bounds = " and ".join(f"{bound:g}" for bound in rule.threshold.bounds)
        parts.append(f"{rule.threshold.operator} {bounds} {rule.threshold.unit}")
    return f"{', '.join(parts)} ({rule.severity})"


def _rules(dataset: Dataset, left_out: set[str]) -> dict[str, Rule]:
    return {rule.name: rule for rule in dataset.rules if rule.column not in left_out and not _repeats_its_column(rule)}


def _repeats_its_column(rule: Rule) -> bool:
    return rule.column is not None and any(
        rule.name == f"{rule.column}.{what}" and rule.expectation == type_ for what, type_ in _STATED.items()
    )


def _renamed(old: dict[str, Rule], new: dict[str, Rule]) -> dict[str, str]:
    """From a rule's old name to its new one, where all else stayed; each rule once."""
    free = {name: rule for name, rule in new.items() if name not in old}
    found: dict[str, str] = {}
    for name, rule in old.items():
        if name in new:
            continue
        same = next((other for other, its in free.items() if its.definition_hash == rule.definition_hash), None)
        if same is not None:
            found[name] = same
            del free[same]
    return found


def _compared(dataset: str, before: Rule, after: Rule) -> Iterator[ContractChange]:
    kind = strictness(before, after)
    if kind is not None:
        breaks = _broken(before, after, kind)
        yield ContractChange(dataset, _part(after), after.name, kind, describe(before), describe(after), breaks)
    elif before.definition_hash != after.definition_hash:
        old, new = (f"{each.dimension}, weight {each.effective_weight:g}" for each in (before, after))
        yield ContractChange(dataset, ContractPart.POLICY, after.name, ContractChangeKind.CHANGED, old, new)
    if before.description != after.description:
        yield ContractChange(
            dataset,
            ContractPart.TEXT,
            f"description of {after.name}",
            ContractChangeKind.CHANGED,
            before.description or None,
            after.description or None,
        )


def _broken(before: Rule, after: Rule, kind: ContractChangeKind) -> tuple[Party, ...]:
    """Only a critical rule decides what is accepted; only a key is what others rely on row by row."""
    parties = []
    if kind is not ContractChangeKind.LOOSER and _is_demanding(after):
        parties.append(Party.PRODUCERS)
    if kind is not ContractChangeKind.STRICTER and _is_key(before):
        parties.append(Party.CONSUMERS)
    return tuple(parties)


def _is_demanding(rule: Rule) -> bool:
    return rule.severity is Severity.CRITICAL and bool(rule.expectations)


def _is_key(rule: Rule) -> bool:
    return rule.severity is Severity.CRITICAL and rule.expectation in _KEYS


def _part(rule: Rule) -> ContractPart:
    return ContractPart.KEY if _is_key(rule) else ContractPart.RULE
