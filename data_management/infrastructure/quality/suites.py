"""Great Expectations' suites as rules: a suite, its JSON, or single expectations."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from data_management.domain.custom_expectations import CustomExpectations, find_custom
from data_management.domain.expectations import ExpectationType, find_expectation_type
from data_management.domain.models import Dimension, Expectation, Rule, Severity
from data_management.errors import InvalidInput

_TYPE_KEYS: Final = ("type", "expectation_type")
_NOT_ARGUMENTS: Final = frozenset(
    {"batch_id", "result_format", "catch_exceptions", "meta", "notes", "id", "severity", "windows"}
)


def rules_of_file(path: Path, custom: CustomExpectations = ()) -> tuple[Rule, ...]:
    """The rules of a suite's JSON file, as GX writes it. `InvalidInput` says what is wrong with it."""
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"suite {path}: {error.strerror}; name a readable file") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"suite {path} is no JSON; export it from Great Expectations again") from error
    return rules_of(suite, custom, shown=f"suite {path}")


def rules_of_json(text: str | bytes, custom: CustomExpectations = ()) -> tuple[Rule, ...]:
    """The rules of a suite's JSON. `InvalidInput` says what is wrong with it."""
    try:
        suite = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the suite is no JSON; export it from Great Expectations again") from error
    return rules_of(suite, custom)


def rules_of(suite: Any, custom: CustomExpectations = (), *, shown: str = "the suite") -> tuple[Rule, ...]:
    """The rules of an `ExpectationSuite`, of its JSON, of one expectation, or of several. `InvalidInput` for anything else."""
    if isinstance(suite, Mapping) and "expectations" in suite:
        return _rules(suite["expectations"], custom, shown)
    if isinstance(suite, type):
        raise InvalidInput(f"{shown} is the class {suite.__name__}; make an expectation of it, with its arguments")
    if hasattr(suite, "expectations"):
        return _rules(suite.expectations, custom, shown)
    if isinstance(suite, Mapping) or _is_expectation(suite):
        return _rules([suite], custom, shown)
    if isinstance(suite, Iterable) and not isinstance(suite, str | bytes | type):
        return _rules(suite, custom, shown)
    raise InvalidInput(f"{shown} is a {type(suite).__name__}; give an expectation suite, its JSON, or expectations")


def _rules(expectations: Any, custom: CustomExpectations, shown: str) -> tuple[Rule, ...]:
    if not isinstance(expectations, Iterable) or isinstance(expectations, str | bytes | Mapping):
        raise InvalidInput(f"{shown}: its expectations are no list; export it from Great Expectations again")
    names: dict[str, int] = {}
    return tuple(
        _rule(one, custom, f"{shown}, expectation {place}", names) for place, one in enumerate(expectations, start=1)
    )


def _is_expectation(given: Any) -> bool:
    """Whether it is one of GX's expectations, or the configuration of one."""
    return not isinstance(given, type) and (
        hasattr(given, "configuration") or (hasattr(given, "type") and hasattr(given, "kwargs"))
    )


def _rule(given: Any, custom: CustomExpectations, shown: str, names: dict[str, int]) -> Rule:
    if _is_expectation(given):
        configured = getattr(given, "configuration", given)
        kind, arguments, severity = configured.type, configured.kwargs, getattr(given, "severity", None)
    elif isinstance(given, Mapping):
        kind = next((given[key] for key in _TYPE_KEYS if key in given), None)
        arguments, severity = given.get("kwargs", {}), given.get("severity")
    else:
        raise InvalidInput(f'{shown} is no mapping; write \'{{"type": "expect_…", "kwargs": {{…}}}}\'')
    if not isinstance(kind, str) or not isinstance(arguments, Mapping):
        raise InvalidInput(f"{shown} has no type, or kwargs that are no mapping; write 'type' and 'kwargs'")
    own = find_custom(kind, custom)
    known = own.on(arguments, of_property=False) if own else find_expectation_type(kind)
    kwargs = {str(name): value for name, value in arguments.items() if name not in _NOT_ARGUMENTS}
    column = kwargs.get("column", getattr(given, "column", None))
    name = ".".join(part for part in (column if isinstance(column, str) else None, _short(kind, known)) if part)
    names[name] = names.get(name, 0) + 1
    return Rule(
        name=name if names[name] == 1 else f"{name}_{names[name]}",
        expectations=(Expectation(known.name if known else kind, kwargs),),
        dimension=known.dimension if known else Dimension.CONFORMITY,
        severity=_severity(severity, shown),
        column=column if isinstance(column, str) else None,
    )


def _short(kind: str, known: ExpectationType | None) -> str:
    return known.short_name if known else kind


def _severity(given: Any, shown: str) -> Severity:
    if given is None:
        return Severity.CRITICAL
    try:
        return Severity(str(getattr(given, "value", given)).lower())
    except ValueError as error:
        raise InvalidInput(f"{shown} has a severity that is not known; use one of {', '.join(Severity)}") from error
