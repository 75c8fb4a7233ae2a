"""The project: its contracts, and where their files land."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from data_management.application.diagnosis import Condition, Finding, failure_of
from data_management.application.ports import ContractReader, DataLocationService
from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import Dataset, Landing
from data_management.errors import DataManagementError

_SHOWN: Final = 5


class ContractsProbe:
    subject = "contracts"

    def __init__(self, contracts: ContractReader, folder: Path) -> None:
        self._contracts = contracts
        self._folder = folder

    def findings(self) -> Iterator[Finding]:
        readings = self._contracts.read_folder(self._folder)
        datasets = [dataset for reading in readings for dataset in reading.datasets]
        broken = [reading for reading in readings if reading.problems]
        for reading in broken:
            message = f"{reading.file} has {len(reading.problems)} problem(s), the first: {reading.problems[0].problem}"
            yield Finding(
                self.subject, Condition.FAILURE, message, "`data-management contract lint` shows all, with their lines"
            )
        if not datasets and not broken:
            message = f"{self._folder} holds no contract"
            yield Finding(
                self.subject, Condition.WARNING, message, "write one, or `data-management contract suggest FILES`"
            )
        if datasets:
            names = ", ".join(dataset.name for dataset in datasets[:_SHOWN]) + (", …" if datasets[_SHOWN:] else "")
            yield Finding(self.subject, Condition.OK, f"{len(datasets)} dataset(s): {names}")


class ExpectationsProbe:
    """The user's own expectations, as workers find them."""

    subject = "expectations"

    def __init__(self, custom: CustomExpectations, absent: Callable[[], Mapping[str, str]]) -> None:
        """`absent` says why some are not there, by their types."""
        self._custom = custom
        self._absent = absent

    def findings(self) -> Iterator[Finding]:
        absent = self._absent()
        for reason in absent.values():
            message, _, fix = reason.rpartition("; ")
            yield Finding(self.subject, Condition.FAILURE, message, fix)
        there = [one.type for one in self._custom if one.type not in absent]
        if there:
            yield Finding(self.subject, Condition.OK, f"{len(there)} of your own: {', '.join(there)}")


class LandingsProbe:
    """Folders and buckets; a bucket is listed, which tells endpoint, credentials and permission."""

    subject = "landings"

    def __init__(self, contracts: ContractReader, folder: Path, locations: DataLocationService) -> None:
        self._contracts = contracts
        self._folder = folder
        self._locations = locations

    def findings(self) -> Iterator[Finding]:
        if not self._folder.is_dir():
            return
        for reading in self._contracts.read_folder(self._folder):
            for dataset in reading.datasets:
                yield self._of(dataset)

    def _of(self, dataset: Dataset) -> Finding:
        landing = dataset.landing
        if landing is None:
            message = f"dataset {dataset.name!r} has none, so nothing ever arrives"
            return Finding(self.subject, Condition.WARNING, message, "add a server of type local or s3 to its contract")
        try:
            reachable = self._locations.is_reachable(landing)
        except DataManagementError as error:
            return failure_of(self.subject, error)
        if not reachable or not _is_readable(landing):
            problem = "cannot be read" if reachable else "is not there"
            message = f"{landing.root} of dataset {dataset.name!r} {problem}"
            return Finding(
                self.subject, Condition.FAILURE, message, "create or mount it, or mend the contract's server"
            )
        return Finding(self.subject, Condition.OK, f"{landing.uri} of dataset {dataset.name!r} can be looked at")


def _is_readable(landing: Landing) -> bool:
    return landing.root.scheme != "file" or os.access(landing.root.path, os.R_OK | os.X_OK)
