"""What people are told of a rule that is not theirs to know everything of."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from data_management.domain.models import Expectation, Rule, Threshold


def rule_in_words(rule: Rule, private: AbstractSet[str]) -> str:
    """What a rule demands, in the contract's words where it has some: ``rowCount mustBeBetween [500, 1200]``.

    Where an argument names a private column, be it in a condition, the others may hold values of it: none is told.
    """
    threshold = told_threshold(rule, private)
    if threshold is not None and rule.metric == "rowCount":
        return f"{rule.metric} {threshold.in_words}"
    configured = ", ".join(_configured(each, private) for each in rule.expectations)
    return configured if threshold is None else f"{rule.metric or configured} {threshold.in_words}: {configured}"


def told_threshold(rule: Rule, private: AbstractSet[str]) -> Threshold | None:
    """The rule's, unless the rule is about a private column."""
    return None if any(_names_one(each, private) for each in rule.expectations) else rule.threshold


def _configured(expectation: Expectation, private: AbstractSet[str]) -> str:
    arguments = {name: value for name, value in expectation.kwargs.items() if name != "column"}
    hides = _names_one(expectation, private)
    shown = [f"{name}={'…' if hides else repr(value)}" for name, value in arguments.items()]
    return f"{expectation.type}({', '.join(shown)})" if shown else expectation.type


def _names_one(expectation: Expectation, private: AbstractSet[str]) -> bool:
    return any(name in text for text in _texts(expectation.kwargs) for name in private)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
