"""Contracts for the tests, as short as they can be."""

from pathlib import Path
from textwrap import dedent, indent

from data_management.application.ports import ContractReading
from data_management.domain.models import Dataset, Rule
from data_management.infrastructure.contracts import OdcsContractReader

HEAD = "kind: DataContract\napiVersion: v3.1.0\nid: flights-1\nversion: 1.0.0\n"


def written(folder: Path, text: str, name: str = "flights.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def reading(folder: Path, text: str) -> ContractReading:
    return OdcsContractReader().read(written(folder, text))


def with_schema(schema: str, before: str = "") -> str:
    """A contract with this `schema` list; `before` stands at its top level."""
    return f"{HEAD}{dedent(before)}schema:\n{dedent(schema)}"


def with_property(stated: str, object_quality: str = "") -> str:
    """A contract of one dataset, `flights`, with the columns `carrier` (as `stated`) and `delay`."""
    text = "- name: flights\n  properties:\n  - name: carrier\n" + indent(dedent(stated).strip("\n"), "    ")
    text += "\n  - name: delay\n    logicalType: integer\n"
    if object_quality:
        text += "  quality:\n" + indent(dedent(object_quality).strip("\n"), "  ") + "\n"
    return with_schema(text)


def with_quality(entry: str, *, on_object: bool = False) -> str:
    """The same with these `quality` entries on the column `carrier`, or on the dataset."""
    if on_object:
        return with_property("businessName: Carrier", entry)
    return with_property("quality:\n" + dedent(entry).strip("\n"))


def dataset_of(folder: Path, text: str) -> Dataset:
    found = reading(folder, text)
    assert not found.problems, [str(problem) for problem in found.problems]
    (dataset,) = found.datasets
    return dataset


def rules_of(folder: Path, text: str) -> dict[str, Rule]:
    return {rule.name: rule for rule in dataset_of(folder, text).rules}


def only_rule(folder: Path, text: str) -> Rule:
    """The one rule beside those that `delay`'s type makes."""
    (rule,) = [rule for rule in dataset_of(folder, text).rules if rule.name != "delay.type"]
    return rule


def expectations_of(rule: Rule) -> list[tuple[str, dict[str, object]]]:
    return [(expectation.type, expectation.kwargs) for expectation in rule.expectations]


def problems_of(folder: Path, text: str) -> list[str]:
    """What is wrong, without the file: ``7 schema[0].name: problem; fix``."""
    found = reading(folder, text)
    assert not found.datasets
    assert found.problems
    return [f"{problem.line} {problem.place}: {problem.problem}; {problem.fix}" for problem in found.problems]


def only_problem(folder: Path, text: str) -> str:
    (problem,) = problems_of(folder, text)
    return problem
