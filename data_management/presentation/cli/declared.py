"""The datasets that the project's contracts declare, and the contracts that are broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click

from data_management.application.ports import ContractReading
from data_management.domain.models import Dataset
from data_management.errors import InvalidInput, NotFound
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.completion import complete_dataset

dataset_option = click.option(
    "--dataset", "dataset_name", help="Only this dataset.", shell_complete=complete_dataset, metavar="NAME"
)


@dataclass(frozen=True)
class Declared:
    """By the datasets' names."""

    datasets: dict[str, Dataset]
    broken: dict[str, str]
    """The problems of the contract that would declare it."""
    texts: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    """Reads the contract that declares it."""


def declared(backend: Backend, only: str | None = None) -> Declared:
    """What the contracts folder holds, all or one dataset of it; `NotFound` where no contract declares that one."""
    readings = backend.contracts().read_folder(backend.contracts_folder())
    datasets = {dataset.name: dataset for reading in readings for dataset in reading.datasets}
    broken: dict[str, str] = {}
    for reading in readings:
        for name in reading.names if reading.problems else ():
            broken[name] = "\n".join(filter(None, (broken.get(name), _problems(reading))))
    texts = {
        dataset.name: partial(Path(reading.file).read_text, encoding="utf-8")
        for reading in readings
        for dataset in reading.datasets
    }
    if only is None:
        return Declared(datasets, broken, texts)
    if only not in datasets and only not in broken:
        known = ", ".join(sorted({*datasets, *broken})) or "none"
        raise NotFound(f"no contract in {backend.contracts_folder()} declares dataset {only!r}; declared are: {known}")
    return Declared(
        {name: each for name, each in datasets.items() if name == only},
        {name: each for name, each in broken.items() if name == only},
        texts,
    )


def sound(backend: Backend, name: str) -> Dataset:
    """One dataset, whose contract must be sound: `InvalidInput` with its problems where it is not."""
    found = declared(backend, name)
    if name in found.broken:
        raise InvalidInput(found.broken[name])
    return found.datasets[name]


def _problems(reading: ContractReading) -> str:
    return "\n".join(str(problem) for problem in reading.problems)
