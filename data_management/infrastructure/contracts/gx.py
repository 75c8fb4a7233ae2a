"""Custom rules for Great Expectations: from an `implementation` to an expectation."""

from collections.abc import Mapping
from typing import Any, Final

from data_management.domain.custom_expectations import SETTING, find_custom, snake_case
from data_management.domain.expectations import (
    COMMON_ARGUMENTS,
    EXPECTATION_TYPES,
    ExpectationKind,
    ExpectationType,
    find_expectation_type,
)
from data_management.domain.models import Expectation
from data_management.domain.services.spelling import closest, did_you_mean
from data_management.infrastructure.contracts.documents import Unreadable, parse
from data_management.infrastructure.contracts.metrics import Check, Entry, checked_regex
from data_management.infrastructure.contracts.problems import Place, quoted
from data_management.infrastructure.contracts.thresholds import operators_of

_TYPE_KEYS: Final = ("type", "expectation_type", "expectation")
_IGNORED: Final = COMMON_ARGUMENTS - {"windows"}
"""What an exported suite carries; results are shaped by the engine, and severity is read apart."""
_BOUNDS: Final = ("min_value", "max_value")


def is_great_expectations(engine: str) -> bool:
    return "".join(letter for letter in engine.lower() if letter.isalpha()) in (
        "greatexpectations",
        "greatexpectation",
        "gx",
    )


def gx_check(entry: Entry) -> Check | None:
    """What a custom rule of engine greatExpectations runs; None where a problem was reported."""
    place = entry.place.at("implementation")
    given = operators_of(entry.place)
    if given:
        problem = f"Great Expectations does not know the operator {given[0]}"
        entry.place.at(given[0].value).wrong(problem, "say it by the expectation's kwargs, and remove the operator")
    implementation = _implementation(place, entry.quality.implementation)
    if implementation is None:
        return None
    type_ = _type(entry, place, implementation)
    if type_ is None:
        return None
    kwargs = _kwargs(place, implementation, type_)
    if kwargs is None:
        return None
    severity = implementation.get("severity", kwargs.get("severity"))
    kwargs = {name: value for name, value in kwargs.items() if name not in _IGNORED}
    if entry.column is not None and type_.kind is ExpectationKind.COLUMN:
        kwargs.setdefault("column", entry.column.name)
    before = len(place.report.problems)
    kwargs = _checked(place, type_, _with_resolved_columns(place, entry, type_, kwargs))
    if len(place.report.problems) > before:
        return None
    named: str | None = kwargs.get("column") if type_.kind is ExpectationKind.COLUMN else None
    if type_.needs_database:
        reason = f"{type_.name} needs a database, and data assets are files"
        return Check((), type_.dimension, None, type_.short_name, named, reason, severity)
    expectations = (Expectation(type_.name, kwargs),)
    return Check(expectations, type_.dimension, None, type_.short_name, named, None, severity)


def _implementation(place: Place, given: str | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    value: Any = given
    if isinstance(given, str):
        try:
            document = parse(given)
        except Unreadable as error:
            place.wrong(f"the implementation cannot be read: {error.problem}", error.fix)
            return None
        for flaw in document.flaws:
            place.wrong(f"the implementation is flawed: {flaw.problem}", flaw.fix)
        value = document.root.value
    if not isinstance(value, Mapping) or not value:
        place.wrong(
            "the implementation is no mapping of an expectation",
            "write '{type: expect_…, kwargs: {…}}'",
        )
        return None
    return value


def _type(entry: Entry, place: Place, implementation: Mapping[str, Any]) -> ExpectationType | None:
    names = [implementation[key] for key in _TYPE_KEYS if key in implementation]
    if len(names) != 1 or not isinstance(names[0], str):
        problem = (
            "the implementation names no expectation" if not names else "the implementation names no single expectation"
        )
        place.wrong(problem, "write 'type: expect_…' once")
        return None
    custom = find_custom(names[0], entry.custom)
    if custom is not None:
        return custom.on(_arguments(implementation), of_property=entry.column is not None)
    found = find_expectation_type(names[0])
    if found is None:
        known = (*EXPECTATION_TYPES, *(one.type for one in entry.custom))
        likely = did_you_mean(snake_case(names[0]), known, "use one of Great Expectations' core expectations.")
        place.wrong(
            f"the expectation {quoted(names[0])} is not known",
            f"{likely} Or is it your own? Name its class in {SETTING}",
        )
    return found


def _arguments(implementation: Mapping[str, Any]) -> dict[str, Any]:
    given = implementation.get("kwargs")
    return {**implementation, **(given if isinstance(given, Mapping) else {})}


def _kwargs(place: Place, implementation: Mapping[str, Any], type_: ExpectationType) -> dict[str, Any] | None:
    """The arguments by GX's names, from ``kwargs`` and from beside the type; camelCase is understood, as in ODCS's examples."""
    given = implementation.get("kwargs")
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        place.at("kwargs").wrong("kwargs is not a mapping", "write 'kwargs: {column: …}'")
        return None
    inline = {key: value for key, value in implementation.items() if key not in (*_TYPE_KEYS, "kwargs")}
    spellings = {_letters(name): name for name in (*type_.arguments, *COMMON_ARGUMENTS)}
    kwargs: dict[str, Any] = {}
    for key, value in (*inline.items(), *given.items()):
        name = key if key in type_.arguments else str(spellings.get(_letters(key), key))
        if name in kwargs and name not in _IGNORED:
            place.wrong(f"{type_.name} is given {name!r} twice", "remove one of them")
        kwargs[name] = value
    return kwargs


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


def _with_resolved_columns(
    place: Place, entry: Entry, type_: ExpectationType, kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    resolved = dict(kwargs)
    for argument in type_.column_arguments:
        named = kwargs.get(argument)
        if argument == "column_list" and isinstance(named, list) and all(isinstance(name, str) for name in named):
            resolved[argument] = [entry.columns.resolve(_at(place, argument), name) for name in named]
        elif isinstance(named, str) and (entry.column is None or named != entry.column.name):
            resolved[argument] = entry.columns.resolve(_at(place, argument), named)
    return resolved


def _checked(place: Place, type_: ExpectationType, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The same arguments; whatever GX itself would refuse only when it runs is reported."""
    for name in kwargs:
        if name not in type_.arguments and not type_.custom:
            likely = closest(name, type_.arguments)
            fix = f"did you mean {likely!r}?" if likely else f"it takes {', '.join(type_.arguments)}"
            _at(place, name).wrong(f"{type_.name} has no argument {quoted(name)}", fix)
    for name in type_.required:
        if kwargs.get(name) is None:
            place.wrong(f"{type_.name} lacks the argument {name!r}", f"add '{name}:' to its kwargs")
    for name, value in kwargs.items():
        if value is not None and (name in type_.arguments or _is_parameter(value)):
            _check_value(_at(place, name), type_, name, value)
    bounded = type_.name.endswith("_to_be_between") and set(_BOUNDS) <= set(type_.arguments)
    if bounded and all(kwargs.get(name) is None for name in _BOUNDS):
        place.wrong(f"{type_.name} has neither min_value nor max_value", "add one of them to its kwargs")
    return kwargs


def _at(place: Place, argument: str) -> Place:
    """Where the argument is given, as far as that can be told from its name."""
    at = place.at("kwargs", argument)
    return at if at.node is not None else place.at(argument)


def _is_parameter(value: object) -> bool:
    return isinstance(value, dict) and "$PARAMETER" in value


def _check_value(place: Place, type_: ExpectationType, name: str, value: Any) -> None:
    what = f"{name} {quoted(value)} of {type_.name}"
    if _is_parameter(value):
        place.wrong(f"{what} is a suite parameter, and there is no suite to take it from", "write the value")
    elif name in ("column", "column_A", "column_B") and not isinstance(value, str):
        place.wrong(f"{what} is no column's name", "write it as text")
    elif name.endswith(("_set", "_list")) and (not isinstance(value, list) or not value):
        place.wrong(f"{what} is no list", "write '[…]' with at least one item")
    elif name == "column_list" and not all(isinstance(item, str) for item in value):
        place.wrong(f"{what} is no list of columns' names", "write them as text")
    elif name == "mostly" and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1):
        place.wrong(f"{what} is no share", "write a number from 0 to 1")
    elif name in ("strict_min", "strict_max", "strictly", "or_equal", "double_sided") and not isinstance(value, bool):
        place.wrong(f"{what} is neither true nor false", "write 'true' or 'false'")
    elif name in ("regex", "regex_list"):
        for pattern in value if isinstance(value, list) else [value]:
            checked_regex(place, pattern)
