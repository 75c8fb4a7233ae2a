"""What the CLI needs; ``main`` provides it, lazily, so that help is instant."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from data_management.application.commands import Command
from data_management.application.diagnosis import Probe
from data_management.application.ports import (
    ContractReader,
    ContractWriter,
    DataLocationService,
    QualityEngine,
    SuiteReader,
    TokenVerifier,
)
from data_management.application.queries import Query
from data_management.application.services import Application
from data_management.application.translating import ContractTranslator
from data_management.application.views import CatalogSchema
from data_management.domain.services import DataValidationService
from data_management.presentation.cli.exit_codes import ExitCode

__all__ = ["Backend", "Catalog", "ExitCode"]

T = TypeVar("T")


class Catalog(Protocol):
    """A catalog, wherever it is: the façade of this process is one, and so is a client of another's."""

    def ask(self, query: Query[T]) -> T: ...

    def run(self, command: Command[T]) -> T: ...


if TYPE_CHECKING:
    from data_management.presentation.api import ApiOptions
    from data_management.presentation.pages import PageOptions


class Backend(Protocol):
    """Click's ``obj``. Each method makes its component at the first call."""

    def application(self) -> Application:
        """The catalog of this process, with all that works on files; it is made where there is none."""

    def local(self) -> Application:
        """The same, for what needs a catalog that is there: `Unavailable` where there is none yet, and none is made."""

    def catalog(self, *, create: bool = False) -> Catalog:
        """What is asked and told through messages alone; with `create` it is made where there is none.

        Here, and nowhere else, a remote catalog can stand for the local one.
        """

    def events_source(self) -> str:
        """The `source` of the catalog's events."""

    def contracts(self) -> ContractReader: ...

    def contract_writer(self) -> ContractWriter: ...

    def probes(self) -> Sequence[Probe]:
        """What ``doctor`` looks with; `InvalidInput` where a setting is wrong."""

    def contract_translator(self) -> ContractTranslator: ...

    def suites(self) -> SuiteReader: ...

    def contracts_folder(self) -> Path: ...

    def quality_engine(self) -> QualityEngine: ...

    def locations(self) -> DataLocationService: ...

    def validation(self) -> DataValidationService: ...

    def settle_seconds(self) -> float: ...

    def lease_seconds(self) -> float: ...

    def token_verifier(self) -> TokenVerifier | None:
        """Of the issuer that the settings name; None where they name none."""

    def api_options(self) -> "ApiOptions": ...

    def page_options(self) -> "PageOptions": ...

    def upgrade_catalog(self) -> CatalogSchema:
        """Bring the catalog's schema up to date."""

    def check_catalog(self) -> CatalogSchema:
        """What the catalog is; `Unavailable` where it cannot be used as it is."""
