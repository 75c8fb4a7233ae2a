"""What the CLI needs; ``main`` provides it, lazily, so that help is instant."""

from enum import IntEnum
from pathlib import Path
from typing import Protocol

from data_management.application.ports import (
    ContractReader,
    ContractWriter,
    DataLocationService,
    QualityEngine,
    SuiteReader,
)
from data_management.application.services import Application
from data_management.application.views import CatalogSchema
from data_management.domain.services import DataValidationService


class Backend(Protocol):
    """Click's ``obj``. Each method makes its component at the first call."""

    def application(self) -> Application: ...

    def catalog(self) -> Application:
        """The same for reading alone: `Unavailable` where there is no catalog yet, and none is made."""

    def contracts(self) -> ContractReader: ...

    def contract_writer(self) -> ContractWriter: ...

    def suites(self) -> SuiteReader: ...

    def contracts_folder(self) -> Path: ...

    def quality_engine(self) -> QualityEngine: ...

    def locations(self) -> DataLocationService: ...

    def validation(self) -> DataValidationService: ...

    def settle_seconds(self) -> float: ...

    def lease_seconds(self) -> float: ...

    def upgrade_catalog(self) -> CatalogSchema:
        """Bring the catalog's schema up to date."""

    def check_catalog(self) -> CatalogSchema:
        """What the catalog is; `Unavailable` where it cannot be used as it is."""


class ExitCode(IntEnum):
    """What the process's exit code says. The worst wins, in the order UNAVAILABLE, USAGE, FAILED, REJECTED."""

    OK = 0
    """Every verdict is pass or warn."""
    FAILED = 1
    """A verdict is fail."""
    USAGE = 2
    """The call, a setting or a contract is wrong."""
    REJECTED = 3
    """A file could not be read, and no verdict is fail."""
    UNAVAILABLE = 4
    """A component is unavailable or broken."""
    INTERRUPTED = 130
    """Ctrl-C."""
