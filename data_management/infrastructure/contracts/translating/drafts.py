"""A contract while it is made of something else: plain values in the standard's own words, and what was lost."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([ .-][A-Za-z0-9_]+)*")
_WORDS: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


@dataclass
class Draft:
    """Schema objects of ODCS as mappings, owners, and what could not be said."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


def expectation(type_: str, kwargs: Mapping[str, Any], severity: str | None = None) -> dict[str, Any]:
    """An entry of `quality` that Great Expectations runs."""
    entry: dict[str, Any] = {
        "type": "custom",
        "engine": "greatExpectations",
        "implementation": {"type": type_, "kwargs": dict(kwargs)},
    }
    return entry | ({"severity": severity} if severity else {})


def for_people(what: str, severity: str | None = None) -> dict[str, Any]:
    """An entry that says what nobody runs, lest it be forgotten."""
    return {"type": "text", "description": what} | ({"severity": severity} if severity else {})


def yaml_text(document: Mapping[str, Any], comments: Iterable[str]) -> str:
    """What YAML 1.1 and 1.2 read alike."""
    body = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=130)
    return "".join(f"# {' '.join(line.split())}\n" for line in comments) + body


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Lists stand further in than what they belong to."""
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)
