"""The user's own expectations: classes that GX registers when their modules are imported."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from data_management.domain.custom_expectations import SETTING, CustomExpectation, CustomExpectations
from data_management.domain.expectations import EXPECTATION_TYPES

_MOST_TEXT: Final = 300
_absent: dict[str, str] = {}


@dataclass(frozen=True)
class CustomCode:
    """The classes, and a folder beside `sys.path` where their modules may be."""

    expectations: CustomExpectations = ()
    folder: str | None = None


NO_CODE: Final = CustomCode()


def import_expectations(code: CustomCode, *, for_good: bool = False) -> None:
    """Import the classes. What fails is kept for `why_absent`, so that it harms the rules that need it alone.

    `for_good` leaves the folder on `sys.path`, for what the modules import later.
    """
    if not code.expectations:
        return
    with _on_path(code.folder, for_good=for_good):
        for one in code.expectations:
            _absent.pop(one.type, None)
            if (reason := _import(one, code.folder)) is not None:
                _absent[one.type] = reason


def why_absent(kind: str) -> str | None:
    """Why an expectation that the setting names is not there; None where it is, or the setting does not name it."""
    return _absent.get(kind)


def absent() -> Mapping[str, str]:
    """The reasons by type."""
    return dict(_absent)


def _import(one: CustomExpectation, folder: str | None) -> str | None:
    """Why there is no such expectation, or None."""
    from great_expectations.expectations.expectation import Expectation

    named, core = f"{SETTING} names {one}", _core()
    try:
        module = importlib.import_module(one.module)
    except (Exception, SystemExit) as error:  # noqa: BLE001  it is somebody's code
        said = " ".join(f"{type(error).__name__}: {error}".split())[:_MOST_TEXT]
        where = f" or put it into {folder}" if folder else ""
        return f"{named}, and the module cannot be imported ({said}); mend it, install what it needs,{where}"
    finally:
        replaced = _restore(core)
    if replaced:
        return f"{named}, and the module replaces Great Expectations' own {replaced[0]}; rename that class"
    found = getattr(module, one.class_name, None)
    if found is None:
        return f"{named}, and {_place(module)} has no {one.class_name}; correct the name"
    if not (isinstance(found, type) and issubclass(found, Expectation)):
        return f"{named}, which is no expectation of Great Expectations; derive it from one of its classes"
    if found.expectation_type != one.type:
        called = found.expectation_type or "nothing, as it is abstract"
        return f"{named}, which Great Expectations calls {called}; name the class itself by its own name"
    _register(one.type, found)
    return None


def _place(module: Any) -> str:
    return str(getattr(module, "__file__", None) or module.__name__)


def _core() -> dict[str, Any]:
    from great_expectations.expectations.registry import get_expectation_impl

    return {name: get_expectation_impl(name) for name in EXPECTATION_TYPES}


def _restore(core: Mapping[str, Any]) -> list[str]:
    """GX lets whoever comes last have a name; the names of its core that were taken."""
    return [name for name, its_own in core.items() if _register(name, its_own)]


def _register(name: str, class_: Any) -> bool:
    """Whether another class had the name."""
    from great_expectations.expectations.registry import get_expectation_impl, register_expectation

    if get_expectation_impl(name) is class_:
        return False
    register_expectation(class_)
    return True


@contextmanager
def _on_path(folder: str | None, *, for_good: bool) -> Iterator[None]:
    """At the end, where it hides nothing."""
    adds = folder is not None and folder not in sys.path
    if folder is not None and adds:
        sys.path.append(folder)
    try:
        yield
    finally:
        if folder is not None and adds and not for_good:
            sys.path.remove(folder)
