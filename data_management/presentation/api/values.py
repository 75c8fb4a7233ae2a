"""Values of the data are for those alone who have the permission to see them."""

from typing import Any, TypeVar, cast

from pydantic import BaseModel

from data_management.application.commands import Caller
from data_management.domain.models import Permission
from data_management.presentation.dtos import CheckDto
from data_management.presentation.dtos.profiles import ColumnProfileDto

M = TypeVar("M", bound=BaseModel)


def without_values(document: M, caller: Caller) -> M:
    """The same without samples, commonest values and bounds of texts, wherever they are in it."""
    if caller.principal.may(Permission.SAMPLES):
        return document
    return cast("M", _without(document))


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(each) for each in value]
    if not isinstance(value, BaseModel):
        return value
    changed = {name: _without(each) for name, each in value if isinstance(each, list | BaseModel)}
    if isinstance(value, CheckDto):
        observed = value.observed if isinstance(value.observed, int | float | None) else None
        changed |= {"samples": [], "gx_result": None, "observed": observed}
    elif isinstance(value, ColumnProfileDto):
        changed["top_values"] = None
        if value.longest is not None:  # a column of texts
            changed |= {"minimum": None, "maximum": None}
    return value.model_copy(update=changed)
