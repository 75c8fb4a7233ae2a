"""Is it a contract of the Open Data Contract Standard? Its envelope, its keys and the types of its values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, ForwardRef, Union, get_args, get_origin

import open_data_contract_standard.model as odcs
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from data_management.domain.services.spelling import closest
from data_management.infrastructure.contracts.documents import Node, Trail
from data_management.infrastructure.contracts.problems import Place, Report, quoted

_SUPPORTED = re.compile(r"v3\.[012]\.\d{1,3}", re.ASCII)
_LIKE_SUPPORTED = re.compile(r"v?3\.([012])(\.\d{1,3})?", re.ASCII)
SUPPORTED: Final = "v3.0.x, v3.1.0 and v3.2.0"

_ARGUMENTS: Final = ("validValues", "pattern", "missingValues", "properties")
"""Arguments of library metrics; v3.0 had `validValues` beside its rule."""


def read_standard(report: Report) -> odcs.OpenDataContractStandard | None:
    """The contract, without the values that were reported; None where it is not a contract that can be read on."""
    place = report.place
    if not isinstance(report.root.value, dict):
        place.wrong("it is not a mapping of keys to values", "begin with 'kind: DataContract' and 'apiVersion: v3.1.0'")
        return None
    if not _is_contract(place, report.root):
        return None
    _report_unknown_keys(place, report.root, odcs.OpenDataContractStandard)
    contract = _typed(report)
    if contract is not None:
        _report_missing(place, contract)
    return contract


def says_it_is_one(root: Node) -> bool:
    """Whether a document calls itself a data contract, whatever else is wrong with it."""
    return isinstance(root.value, dict) and root.value.get("kind") == "DataContract"


def _is_contract(place: Place, root: Node) -> bool:
    if not says_it_is_one(root):
        kind = root.value.get("kind")
        problem = "it has no kind" if kind is None else f"its kind is {quoted(kind)}"
        fix = "write 'kind: DataContract'; keep other files out of the contracts folder"
        place.at("kind").wrong(problem, fix)
        return False
    return _is_supported(place.at("apiVersion"), root)


def _is_supported(place: Place, root: Node) -> bool:
    node = root.children.get("apiVersion")
    version = "" if node is None or node.value is None else str(node.text)
    if _SUPPORTED.fullmatch(version):
        return True
    if not version:
        place.wrong(
            "it has no apiVersion", f"write the version of the standard, one of {SUPPORTED}: 'apiVersion: v3.1.0'"
        )
        return True  # read it as the newest, so that its other problems are seen at once
    like = _LIKE_SUPPORTED.fullmatch(version)
    if like:
        patch = like[2] or (".2" if like[1] == "0" else ".0")
        place.wrong(f"apiVersion {quoted(version)} is not written as the standard does", f"write 'v3.{like[1]}{patch}'")
        return True
    if re.match(r"v?2\.", version):
        place.wrong(
            f"apiVersion {quoted(version)} is of the standard's second generation (v2.x), which is laid out otherwise",
            f"convert the contract to {SUPPORTED}",
        )
    else:
        place.wrong(f"apiVersion {quoted(version)} is not supported", f"use {SUPPORTED}")
    return False


def _report_missing(place: Place, contract: odcs.OpenDataContractStandard) -> None:
    if not contract.id:
        place.at("id").wrong("it has no id", "give it one that never changes, for instance a UUID")
    if not contract.version:
        place.at("version").wrong("it has no version", "write the contract's own version: 'version: 1.0.0'")
    if not contract.schema_:
        place.at("schema").wrong(
            "it has no schema, so it declares no dataset", "add 'schema:' with at least one object"
        )


# -- keys ------------------------------------------------------------------------------------------------------------


def _report_unknown_keys(place: Place, node: Node, model: type[BaseModel]) -> None:
    fields = _fields(model)
    for key, child in node.children.items():
        name = str(key)
        if name in fields:
            for path, inner, inner_model in _models_in(child, fields[name]):
                _report_unknown_keys(place.at(name, *path), inner, inner_model)
        elif not (model is odcs.DataQuality and name == "validValues" and "rule" in node.children):
            place.at(name).wrong(f"the key {quoted(name)} is not known", _fix_of_unknown(name, model, tuple(fields)))


@cache
def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Key → annotation."""
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _fix_of_unknown(name: str, model: type[BaseModel], fields: tuple[str, ...]) -> str:
    if model is odcs.DataQuality and name in _ARGUMENTS:
        return "move it under 'arguments:'"
    if model is odcs.OpenDataContractStandard and name == "quality":
        return "move it into the schema object or the property that it is about"
    likely = closest(name, fields)
    if likely:
        return f"did you mean {likely!r}?"
    if "customProperties" in fields:
        return "remove it, or move it into 'customProperties:'"
    return f"remove it; known are {', '.join(fields)}"


def _models_in(node: Node, annotation: Any) -> Iterator[tuple[Trail, Node, type[BaseModel]]]:
    """The parts of `node` that are described by models, each with its path from `node`."""
    if isinstance(node.value, list):
        for item in _kinds(annotation).items:
            for index, child in node.children.items():
                for path, inner, model in _models_in(child, item):
                    yield (index, *path), inner, model
    elif isinstance(node.value, dict):
        for model in _kinds(annotation).models:
            yield (), node, model


@dataclass(frozen=True)
class _Kinds:
    """What a value of some annotation may be: lists of `items`, or mappings that `models` describe."""

    items: tuple[Any, ...]
    models: tuple[type[BaseModel], ...]


@cache
def _kinds(annotation: Any) -> _Kinds:
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    items = tuple(get_args(option)[0] for option in options if get_origin(option) is list)
    named = [getattr(odcs, each.__forward_arg__) if isinstance(each, ForwardRef) else each for each in options]
    return _Kinds(items, tuple(each for each in named if isinstance(each, type) and issubclass(each, BaseModel)))


# -- types -----------------------------------------------------------------------------------------------------------


def _typed(report: Report) -> odcs.OpenDataContractStandard | None:
    """The contract by the library's models; what they refuse is reported and taken away."""
    known = {info.alias or name for name, info in odcs.OpenDataContractStandard.model_fields.items()}
    value = {key: value for key, value in report.root.value.items() if key in known}
    try:
        return odcs.OpenDataContractStandard.model_validate(value)
    except ValidationError as error:
        wrong = dict(_by_path(report.root, error.errors(include_url=False)))
    for path, detail in wrong.items():
        node = report.root.at(path)
        report.add_broken(path, *_type_problem(path, node, detail))
    try:
        return odcs.OpenDataContractStandard.model_validate(_without(value, (), wrong))
    except ValidationError:
        return None


def _by_path(root: Node, errors: list[ErrorDetails]) -> Iterator[tuple[Trail, ErrorDetails]]:
    """One error per place. Of the branches of a union, the one that the value was meant for speaks."""
    found: dict[Trail, ErrorDetails] = {}
    second: dict[Trail, ErrorDetails] = {}
    for error in errors:
        path: Trail = ()
        node, meant = root, True
        for part in error["loc"]:
            if part in node.children:
                node, path = node.children[part], (*path, part)
            elif isinstance(node.value, list | dict):  # the name of a union's branch
                meant = meant and isinstance(node.value, list) == str(part).startswith("list[")
        (found if meant else second).setdefault(path, error)
    yield from found.items()
    for path, error in second.items():
        if not any(other[: len(path)] == path for other in found):
            yield path, error


def _type_problem(path: Trail, node: Node | None, error: ErrorDetails) -> tuple[str, str]:
    key, what = path[-1] if path else "it", error["msg"]
    name = f"{key!r}" if isinstance(key, str) else f"item {key}"
    scalar = node is not None and node.text is not None
    if error["type"] == "string_type" and scalar and node is not None:
        return f"{name} must be text, and {node.text} is not", f'put it in quotes: "{node.text}"'
    if error["type"] in ("model_type", "dict_type", "model_attributes_type"):
        if len(path) > 1 and path[-2] == "enum":
            return f"{name} of enum must be a mapping", "write each as '- value: …'"
        return f"{name} must be a mapping of keys to values", "write 'key: value' lines below it"
    if error["type"] == "list_type":
        return f"{name} must be a list", "write its items as lines that begin with '- '"
    value = f", not {quoted(node.text)}" if scalar and node is not None else ""
    return f"{name} cannot be used{value}: {what[:1].lower()}{what[1:]}", "correct the value"


def _without(value: Any, path: Trail, wrong: dict[Trail, ErrorDetails]) -> Any:
    """`value` without what is wrong; what lists hold becomes empty, so that indices stay."""
    if isinstance(value, dict):
        return {key: _without(child, (*path, key), wrong) for key, child in value.items() if (*path, key) not in wrong}
    if isinstance(value, list):
        return [
            _empty(wrong[*path, index]) if (*path, index) in wrong else _without(child, (*path, index), wrong)
            for index, child in enumerate(value)
        ]
    return value


def _empty(error: ErrorDetails) -> Any:
    if error["type"] in ("model_type", "model_attributes_type"):
        return {}
    return "" if error["type"] == "string_type" else 0
