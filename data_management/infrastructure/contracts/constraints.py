"""What a property states about its values without a `quality` entry: required, unique, its type and the type's options."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import open_data_contract_standard.model as odcs

from data_management.domain.expectations import EXPECTATION_TYPES
from data_management.domain.models import Dimension, Expectation, Rule
from data_management.domain.services.spelling import closest, did_you_mean
from data_management.infrastructure.contracts.columns import Column
from data_management.infrastructure.contracts.custom_properties import number
from data_management.infrastructure.contracts.formats import (
    FREE_STRINGS,
    INTEGER_RANGES,
    LARGEST_F32,
    STRING_PATTERNS,
    NotConvertible,
    strptime_format,
)
from data_management.infrastructure.contracts.metrics import allowed_values, checked_regex
from data_management.infrastructure.contracts.problems import Place, quoted
from data_management.infrastructure.contracts.quality import Draft, nested

_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_TIMES: Final = ("date", "timestamp", "time")
_OPTIONS: Final = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": ("multipleOf", *_BOUNDS, "format"),
    "number": ("multipleOf", *_BOUNDS, "format"),
    "boolean": (),
    "date": ("format", *_BOUNDS, "timezone", "defaultTimezone"),
    "timestamp": ("format", *_BOUNDS, "timezone", "defaultTimezone"),
    "time": ("format", *_BOUNDS, "timezone", "defaultTimezone"),
    "object": ("minProperties", "maxProperties", "required"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "map": (),
    "vector": (
        "dimensions",
        "elementType",
        "distanceMetric",
        "embeddingModel",
        "embeddingModelVersion",
        "normalized",
    ),
}
"""The logical types of ODCS v3.0 to v3.2 with their options."""

_CHECKED_TYPES: Final = ("string", "integer", "number", "boolean", *_TIMES)
_NO_EXPECTATION: Final = (
    "multipleOf",
    "minProperties",
    "maxProperties",
    "required",
    "minItems",
    "maxItems",
    "uniqueItems",
    "dimensions",
)


def logical_type_of(place: Place, property_: odcs.SchemaProperty) -> str | None:
    """The logical type; None where there is none, or it was reported."""
    given = property_.logicalType
    if given is None or given in _OPTIONS:
        return given
    otherwise = f"use one of {', '.join(_OPTIONS)}"
    place.at("logicalType").wrong(
        f"the logical type {quoted(given)} is not known", did_you_mean(given, tuple(_OPTIONS), otherwise)
    )
    return None


def date_format_of(place: Place, property_: odcs.SchemaProperty) -> str | None:
    """The `strptime` format of a date, time or timestamp."""
    given = (property_.logicalTypeOptions or {}).get("format")
    if given is None or property_.logicalType not in _TIMES:
        return None
    place = place.at("logicalTypeOptions", "format")
    fix = "write a pattern of the JDK's DateTimeFormatter, for instance 'yyyy-MM-dd' or 'dd.MM.yyyy HH:mm:ss'"
    if not isinstance(given, str):
        place.wrong(f"the format {quoted(given)} is not a date pattern", fix)
        return None
    try:
        return strptime_format(given)
    except NotConvertible as error:
        place.wrong(f"the format {quoted(given)} cannot be read: {error}", fix)
        return None


def constraint_drafts(place: Place, property_: odcs.SchemaProperty, column: Column, *, sole_key: bool) -> list[Draft]:
    """The rules of one property. `sole_key`: it alone is the primary key, so that its values are unique."""
    drafts = []

    def add(what: str, at: Place, expectation: Expectation | None, not_runnable: str | None = None) -> None:
        dimension = EXPECTATION_TYPES[expectation.type].dimension if expectation else Dimension.CONFORMITY
        rule = Rule(
            name=f"{column.name}.{what}",
            expectations=(expectation,) if expectation else (),
            dimension=dimension,
            column=column.name,
            not_runnable=not_runnable,
        )
        drafts.append(Draft(nested(rule, column), at))

    def values(to: str, **kwargs: Any) -> Expectation:
        return Expectation(f"expect_column_{to}", {"column": column.name, **kwargs})

    if property_.required or property_.primaryKey:
        add("required", place.at("required"), values("values_to_not_be_null"))
    if property_.unique or sole_key:
        add("unique", place.at("unique"), values("values_to_be_unique"))
    if column.logical_type in _CHECKED_TYPES and column.inside is None:
        add("type", place.at("logicalType"), values("values_to_be_of_type", type_=column.logical_type))
    if property_.enum:
        allowed = _enum(place.at("enum"), property_.enum, column.logical_type)
        add("enum", place.at("enum"), values("values_to_be_in_set", value_set=allowed))
    for what, at, to, kwargs in _of_options(place, property_, column.logical_type):
        if to.startswith("!"):
            add(what, at, None, to.removeprefix("!"))
        else:
            add(what, at, values(to, **kwargs))
    return drafts


def _enum(place: Place, items: list[odcs.EnumValue], logical_type: str | None) -> list[Any]:
    for index, item in enumerate(items):
        if "value" not in item.model_fields_set:
            place.at(index).wrong("it has no value", "write '- value: …'")
    return allowed_values(place, [item.value for item in items], logical_type)


_Found = Iterator[tuple[str, Place, str, dict[str, Any]]]
"""What is checked (for the rule's name), where it is stated, the expectation (or ``!`` and why there is none), its kwargs."""


def _of_options(place: Place, property_: odcs.SchemaProperty, logical_type: str | None) -> _Found:
    options = property_.logicalTypeOptions or {}
    if not options or (logical_type is None and property_.logicalType is not None):
        return
    place = place.at("logicalTypeOptions")
    if logical_type is None:
        place.wrong("logicalTypeOptions stand without a logicalType", "add 'logicalType:', for instance 'string'")
        return
    for name in options:
        if name not in _OPTIONS[logical_type]:
            known = _OPTIONS[logical_type]
            otherwise = f"{logical_type} takes {', '.join(known) or 'no options'}"
            likely = closest(name, known, cutoff=0.75)
            place.at(name).wrong(
                f"a column of type {logical_type} has no option {quoted(name)}",
                f"did you mean {likely!r}?" if likely else otherwise,
            )
    options = {name: value for name, value in options.items() if name in _OPTIONS[logical_type] and value is not None}
    read = _OF_TYPE.get(logical_type)
    if read is not None:
        yield from read(place, options, logical_type)
    for name in _NO_EXPECTATION:
        if name in options and options[name] not in (False, 0, []):
            what = "requiredProperties" if name == "required" else name
            yield what, place.at(name), f"!Great Expectations has no expectation for {name}", {}


def _of_string(
    place: Place,
    options: dict[str, Any],
    logical_type: str,  # noqa: ARG001  as its siblings take it
) -> _Found:
    lengths = {
        argument: length
        for name, argument in (("minLength", "min_value"), ("maxLength", "max_value"))
        if name in options and (length := _length(place.at(name), options[name])) is not None
    }
    if lengths.get("min_value", 0) > lengths.get("max_value", float("inf")):
        place.wrong("minLength is greater than maxLength", "correct one of them")
    if lengths:
        yield "length", place, "value_lengths_to_be_between", lengths
    if "pattern" in options:
        regex = checked_regex(place.at("pattern"), options["pattern"])
        if regex is not None:
            yield "pattern", place.at("pattern"), "values_to_match_regex", {"regex": regex}
    if "format" in options:
        yield from _string_format(place.at("format"), options["format"])


def _string_format(place: Place, given: object) -> _Found:
    name = str(given).strip().lower()
    if name in STRING_PATTERNS:
        yield "format", place, "values_to_match_regex", {"regex": STRING_PATTERNS[name]}
    elif name not in FREE_STRINGS:
        known = (*STRING_PATTERNS, *FREE_STRINGS)
        likely = closest(name, known, cutoff=0.75)
        if likely:
            place.wrong(f"the format {quoted(given)} is not known", f"did you mean {likely!r}?")
        else:
            yield "format", place, f"!nothing is known about the format {quoted(given)}", {}


def _length(place: Place, given: object) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        place.wrong(f"{quoted(given)} is not a length", "write a whole number, 0 or more")
        return None
    return given


def _of_number(place: Place, options: dict[str, Any], logical_type: str) -> _Found:
    yield from _range(place, options, _number_bound)
    if "multipleOf" in options and (number(options["multipleOf"]) or 0) <= 0:
        place.at("multipleOf").wrong(f"{quoted(options['multipleOf'])} is not above 0", "write a number above 0")
    if "format" not in options:
        return
    at, given = place.at("format"), str(options["format"])
    known = (*INTEGER_RANGES,) if logical_type == "integer" else ("f32", "f64")
    if given not in known:
        at.wrong(f"the format {quoted(given)} of type {logical_type} is not known", f"use one of {', '.join(known)}")
    elif given in INTEGER_RANGES:
        lowest, highest = INTEGER_RANGES[given]
        yield "format", at, "values_to_be_between", {"min_value": lowest, "max_value": highest}
    elif given == "f32":
        yield "format", at, "values_to_be_between", {"min_value": -LARGEST_F32, "max_value": LARGEST_F32}


def _of_time(place: Place, options: dict[str, Any], logical_type: str) -> _Found:
    if logical_type == "time":
        for name in _BOUNDS:
            if name in options:
                reason = "!Great Expectations compares numbers, dates and timestamps, not times of the day"
                yield name, place.at(name), reason, {}
        return
    pattern = options.get("format")

    def bound(place: Place, given: object) -> str | None:
        return _date_bound(place, given, logical_type, pattern)

    yield from _range(place, options, bound)


def _range(place: Place, options: dict[str, Any], read: Callable[[Place, object], Any]) -> _Found:
    """`exclusive…` is a bound by itself, and in v3.0 a boolean beside the bound."""
    kwargs: dict[str, Any] = {}
    for side, inclusive, exclusive in (("min", "minimum", "exclusiveMinimum"), ("max", "maximum", "exclusiveMaximum")):
        strict = options.get(exclusive)
        name = inclusive if isinstance(strict, bool) or strict is None else exclusive
        if name == exclusive and inclusive in options:
            place.at(exclusive).wrong(f"it has both {inclusive} and {exclusive}", "keep the stricter one")
        elif strict is True and inclusive not in options:
            place.at(exclusive).wrong(
                f"{exclusive} is true, and there is no {inclusive}", f"write the bound: '{exclusive}: 0'"
            )
        elif name in options and (bound := read(place.at(name), options[name])) is not None:
            kwargs[f"{side}_value"] = bound
            if strict is not None and strict is not False:
                kwargs[f"strict_{side}"] = True
    if "min_value" in kwargs and "max_value" in kwargs and _is_above(kwargs["min_value"], kwargs["max_value"]):
        place.wrong("the lower bound is above the upper one", "correct one of them")
    if kwargs:
        yield "range", place, "values_to_be_between", kwargs


def _is_above(lower: Any, upper: Any) -> bool:
    if not isinstance(lower, str):
        return bool(lower > upper)
    first, last = datetime.fromisoformat(lower), datetime.fromisoformat(upper)
    return (first.tzinfo is None) == (last.tzinfo is None) and first > last


def _number_bound(place: Place, given: object) -> float | None:
    found = number(given)
    if found is None:
        place.wrong(f"{quoted(given)} is not a number", "write a number, without quotes")
    return found


def _date_bound(place: Place, given: object, logical_type: str, pattern: object) -> str | None:
    """The bound in ISO 8601, which is what it may be written in, beside the column's own format."""
    text = str(given).strip()
    moment = _parsed(text, pattern)
    if moment is None:
        form = "2024-01-31" if logical_type == "date" else "2024-01-31T12:00:00"
        place.wrong(f"{quoted(given)} is not a {logical_type}", f"write it as {form}")
        return None
    with_time = isinstance(pattern, str) and any(letter in pattern for letter in "HhmS")
    if logical_type == "date" and not with_time and moment == datetime.combine(moment.date(), datetime.min.time()):
        return moment.date().isoformat()
    return moment.isoformat()


def _parsed(text: str, pattern: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, strptime_format(str(pattern)))  # noqa: DTZ007  a zone is kept where one is given
    except ValueError:
        return None


_OF_TYPE: Final[dict[str, Callable[[Place, dict[str, Any], str], _Found]]] = {
    "string": _of_string,
    "integer": _of_number,
    "number": _of_number,
    **dict.fromkeys(_TIMES, _of_time),
}
