"""A contract as a document for people."""

from collections.abc import Iterable, Iterator, Sequence

from data_management.domain.models import Dataset, Rule
from data_management.domain.services import describe_rule

_SPECIAL = "\\`*_[]<>|~&"
_FIRST = "#+-=0123456789"


def document_of(datasets: Sequence[Dataset]) -> str:
    return "\n".join(line for dataset in datasets for line in _section(dataset))


def _section(dataset: Dataset) -> Iterator[str]:
    yield f"# {_text(dataset.name)}"
    yield ""
    if dataset.description:
        yield from (_text(dataset.description), "")
    yield f"Contract {_text(dataset.contract_id)}, version {_text(dataset.contract_version)}."
    facts = [
        ("Owners", ", ".join(dataset.owners)),
        ("Domain", dataset.domain or ""),
        ("Tags", ", ".join(dataset.tags)),
        ("Landing", dataset.landing.uri if dataset.landing else ""),
    ]
    yield ""
    yield from (f"- {name}: {_text(value)}" for name, value in facts if value)
    yield from ("", "## Columns", "")
    yield from _table(
        ("column", "type", "required", "classification", "description"),
        (
            (c.name, c.logical_type, "yes" if c.required else "", c.classification, c.description)
            for c in dataset.columns
        ),
    )
    yield from ("", "## Rules", "")
    yield from _table(
        ("rule", "column", "dimension", "severity", "demands", "description"),
        ((r.name, r.column, r.dimension.value, r.severity.value, _demand(r), r.description) for r in dataset.rules),
    )
    yield ""


def _demand(rule: Rule) -> str:
    return describe_rule(rule).rpartition(" (")[0]


def _table(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(_text(cell or '') for cell in row)} |"


def _text(value: str) -> str:
    """On one line, and never markup or HTML."""
    text = "".join(f"\\{c}" if c in _SPECIAL else c if c.isprintable() else " " for c in value).strip()
    return f"&#{ord(text[0])};{text[1:]}" if text and text[0] in _FIRST else text
