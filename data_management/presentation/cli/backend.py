"""What the CLI needs; ``main`` provides it, lazily, so that help is instant."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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

__all__ = ["Backend", "Catalog", "Elsewhere", "ExitCode"]

T = TypeVar("T")


@dataclass(frozen=True)
class Elsewhere:
    """What the command line itself says of where the catalog is; what it leaves open the settings say."""

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    api_key_file: Path | None = None


class Catalog(Protocol):
    """The façade of this process, as far as messages alone go."""

    def ask(self, query: Query[T]) -> T: ...

    def run(self, command: Command[T]) -> T: ...


if TYPE_CHECKING:
    from data_management.presentation.api import ApiOptions
    from data_management.presentation.cli.gateway import CatalogGateway
    from data_management.presentation.pages import PageOptions


class Backend(Protocol):
    """Click's ``obj``. Each method makes its component at the first call."""

    def choose(self, elsewhere: Elsewhere) -> None:
        """What the command line says of where the catalog is; before anything else is called."""

    def is_elsewhere(self) -> bool:
        """Whether a remote catalog is chosen."""

    def close(self) -> None:
        """End connections to a remote catalog."""

    def must_be_local(self) -> None:
        """`InvalidInput` where a remote catalog is chosen; so do all methods that give the local one."""

    def gateway(self, *, create: bool = False, hurried: bool = False) -> "CatalogGateway":
        """The catalog that is chosen, here or elsewhere; with `create` a local one is made where there is none.

        `hurried`: a remote one must answer within a second or two.
        """

    def application(self) -> Application:
        """The catalog of this process, with all that works on files; it is made where there is none."""

    def local(self) -> Application:
        """The same, for what needs a catalog that is there: `Unavailable` where there is none yet, and none is made."""

    def catalog(self) -> Catalog:
        """The local one, for what is asked and told through messages alone."""

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
