"""From foreign file to contract, and from datasets to foreign text."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from data_management.application.ports import ContractProblem, ContractTerms
from data_management.application.translating import ForeignFormat, Translated
from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import Dataset
from data_management.errors import InvalidInput
from data_management.infrastructure.contracts.documents import MOST_BYTES, Unreadable, read_document
from data_management.infrastructure.contracts.reader import read_text
from data_management.infrastructure.contracts.translating.dbt_export import properties_of
from data_management.infrastructure.contracts.translating.dbt_import import draft_of_dbt, is_dbt
from data_management.infrastructure.contracts.translating.drafts import Draft, for_people, yaml_text
from data_management.infrastructure.contracts.translating.gx_suites import draft_of_suite, is_suite, suite_of
from data_management.infrastructure.contracts.translating.json_schemas import (
    draft_of_json_schema,
    is_json_schema,
    schema_of,
)
from data_management.infrastructure.contracts.translating.markdown import document_of

_TRIES: Final = 5
_PLACEHOLDER: Final = "{dataset}"
_OF_QUALITY = re.compile(r"schema\[(\d+)\](?:\.properties\[(\d+)\])?\.quality\[(\d+)\]")
_OF_PROPERTY = re.compile(r"schema\[(\d+)\]\.properties\[(\d+)\]\.(\w+)(?:\.(\w+))?")
_MOST_COMMENTS: Final = 100


class OdcsContractTranslator:
    """Great Expectations, dbt, JSON Schema; and Markdown one way."""

    def __init__(self, custom: CustomExpectations = ()) -> None:
        """`custom` are the user's own expectations."""
        self._custom = custom

    def imported(self, path: Path, terms: ContractTerms, format_: ForeignFormat | None = None) -> Translated:
        content = _content(path)
        format_ = format_ or _format_of(content)
        draft = _draft(path, content, format_, terms.name, self._custom)
        if not draft.objects or not all(each["name"] for each in draft.objects):
            raise InvalidInput(f"{path} names no dataset; a model, source or schema in it needs a name")
        if terms.path is not None and len(draft.objects) > 1 and _PLACEHOLDER not in terms.path:
            raise InvalidInput(
                f"{path} has {len(draft.objects)} datasets, and they cannot all land at {terms.path}; write {_PLACEHOLDER} where "
                "the name of each shall stand"
            )
        return _sound(path, draft, terms, self._custom)

    def exported(self, datasets: Sequence[Dataset], format_: ForeignFormat) -> Translated:
        if format_ is ForeignFormat.MARKDOWN:
            return Translated(document_of(datasets))
        if format_ is ForeignFormat.DBT:
            text, losses = properties_of(datasets)
            return Translated(text, tuple(losses))
        if len(datasets) != 1:
            names = ", ".join(dataset.name for dataset in datasets)
            raise InvalidInput(f"{format_.value} holds one dataset, and there are {names}; choose one with --dataset")
        text, losses = (suite_of if format_ is ForeignFormat.GX else schema_of)(datasets[0])
        return Translated(text, tuple(losses))


def _content(path: Path) -> Any:
    try:
        if path.suffix.lower() != ".json":
            return read_document(path).root.value
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path} is larger than {MOST_BYTES // 1_000_000} MB; import a part of it")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except Unreadable as error:
        raise InvalidInput(f"{path}: {error.problem}; {error.fix}") from error
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}; name a readable file") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is no JSON: {error}; write it anew") from error


def _format_of(content: Any) -> ForeignFormat:
    for matches, format_ in (
        (is_suite, ForeignFormat.GX),
        (is_dbt, ForeignFormat.DBT),
        (is_json_schema, ForeignFormat.JSON_SCHEMA),
    ):
        if matches(content):
            return format_
    raise InvalidInput(
        "it is no expectation suite (JSON with 'expectations'), no properties file of dbt ('models' or 'sources'), and no JSON Schema "
        "('$schema' or 'properties'); name its format with --from"
    )


def _draft(path: Path, content: Any, format_: ForeignFormat, name: str, custom: CustomExpectations) -> Draft:
    try:
        match format_:
            case ForeignFormat.GX if is_suite(content):
                return draft_of_suite(content, name, custom)
            case ForeignFormat.DBT if is_dbt(content):
                return draft_of_dbt(content)
            case ForeignFormat.JSON_SCHEMA if isinstance(content, dict):
                return draft_of_json_schema(content, name)
    except (AttributeError, TypeError, KeyError) as error:
        raise InvalidInput(
            f"{path} is malformed for the format {format_.value}: {error}; check it there first"
        ) from error
    raise InvalidInput(f"{path} is not of the format {format_.value}")


def _sound(path: Path, draft: Draft, terms: ContractTerms, custom: CustomExpectations) -> Translated:
    """The contract, once our own reader takes it: what it refuses is left to people."""
    for _ in range(_TRIES):
        text = _text(path, draft, terms)
        problems = read_text(text, path, custom).problems
        if not problems:
            return Translated(text, tuple(draft.losses))
        mended = {_mend(draft, problem) for problem in problems}
        if not any(mended):
            break
    shown = "\n".join(f"{problem.place}: {problem.problem}" for problem in problems[:10])
    raise InvalidInput(f"{path} makes no contract: {shown}")


def _text(path: Path, draft: Draft, terms: ContractTerms) -> str:
    document: dict[str, Any] = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": terms.name,
        "version": "0.1.0",
        "status": "draft",
    }
    if draft.owners:
        members = [{"username": owner, "role": "owner"} for owner in dict.fromkeys(draft.owners)]
        document["team"] = {"name": terms.name, "members": members}
    if terms.path is not None:
        document["servers"] = [_server(object_["name"], terms.path) for object_ in draft.objects]
    document["schema"] = draft.objects
    comments = [f"Imported by data-management from {path.name}. A person reads and accepts it."]
    if terms.path is None:
        comments.append("It names no server: add one, so that a run looks for files somewhere.")
    comments += [f"Lost: {loss}" for loss in draft.losses[:_MOST_COMMENTS]]
    if len(draft.losses) > _MOST_COMMENTS:
        comments.append(f"And {len(draft.losses) - _MOST_COMMENTS} more.")
    return yaml_text(document, comments)


def _server(dataset: str, path: str) -> dict[str, Any]:
    """It is named like its dataset, which is how servers and datasets find each other."""
    return {"server": dataset, "type": "local", "path": path.replace(_PLACEHOLDER, dataset)}


def _mend(draft: Draft, problem: ContractProblem) -> bool:
    """Leave to people what the problem is about; whether there was something to leave."""
    found = _OF_QUALITY.match(problem.place)
    if found is not None:
        target = draft.objects[int(found[1])]
        if found[2] is not None:
            target = target["properties"][int(found[2])]
        entry = target["quality"][int(found[3])]
        if entry.get("type") == "text":
            return True  # two problems of one entry
        what = json.dumps(entry.get("implementation", {k: entry[k] for k in entry if k != "severity"}), default=str)
        draft.losses.append(f"{problem.place}: {problem.problem}; it stands as a rule for people: {what}")
        target["quality"][int(found[3])] = for_people(what, entry.get("severity"))
        return True
    found = _OF_PROPERTY.match(problem.place)
    if found is None:
        return False
    target = draft.objects[int(found[1])]["properties"][int(found[2])]
    holder, key = (target.get(found[3]), found[4]) if isinstance(target.get(found[3]), dict) else (target, found[3])
    if not isinstance(holder, dict) or key not in holder or key == "name":
        return False
    draft.losses.append(f"{target['name']}: {key} {holder.pop(key)!r} is left out: {problem.problem}")
    if not target.get(found[3], True):
        target.pop(found[3])
    return True
