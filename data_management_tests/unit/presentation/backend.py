"""The CLI over fakes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from data_management.application.diagnosis import Probe
from data_management.application.ports import ContractReading, ContractTerms, SuiteReader, TokenVerifier
from data_management.application.services import Application
from data_management.application.views import CatalogSchema
from data_management.domain.models import Suggestion
from data_management.domain.services import DataValidationService
from data_management.errors import DataManagementError, NotFound
from data_management.infrastructure.contracts.translating import OdcsContractTranslator
from data_management.presentation.api import ApiOptions
from data_management.presentation.cli import run_cli
from data_management.presentation.cli.backend import Catalog, Elsewhere
from data_management.presentation.cli.gateway import LocalGateway
from data_management.presentation.pages import PageOptions
from data_management_tests.fakes import FakeDataLocationService, FakeQualityEngine
from data_management_tests.unit.application.world import World


@dataclass
class FakeContracts:
    readings: tuple[ContractReading, ...] = ()

    def read(self, path: Path) -> ContractReading:
        return self.readings[0]

    def read_text(self, text: str, folder: Path, name: str) -> ContractReading:
        return self.readings[0]

    def read_folder(self, folder: Path) -> tuple[ContractReading, ...]:
        if not self.readings:
            raise NotFound(f"there is no folder {folder}; create it")
        return self.readings


class FakeContractWriter:
    def suggested(self, suggestion: Suggestion, terms: ContractTerms) -> str:
        return f"contract {terms.name} for {terms.path}: {', '.join(each.rule.name for each in suggestion.active)}\n"


@dataclass
class FakeBackend:
    world: World = field(default_factory=World)
    readings: tuple[ContractReading, ...] | None = None
    broken: Exception | None = None
    looking: Sequence[Probe] = ()

    def application(self) -> Application:
        if self.broken:
            raise self.broken
        return self.world.app

    def local(self) -> Application:
        return self.application()

    def choose(self, elsewhere: Elsewhere) -> None:
        assert elsewhere.url is None, "the fake is a local catalog"

    def is_elsewhere(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def must_be_local(self) -> None:
        pass

    def gateway(self, *, create: bool = False, hurried: bool = False) -> LocalGateway:
        return LocalGateway(self.application(), self.world.app.relay.source)

    def catalog(self) -> Catalog:
        return self.application()

    def contracts(self) -> FakeContracts:
        if self.readings is None:
            return FakeContracts((ContractReading("orders.yaml", (self.world.dataset,)),))
        return FakeContracts(self.readings)

    def contract_writer(self) -> FakeContractWriter:
        return FakeContractWriter()

    def probes(self) -> Sequence[Probe]:
        if isinstance(self.broken, DataManagementError):
            raise self.broken
        return self.looking

    def contract_translator(self) -> OdcsContractTranslator:
        return OdcsContractTranslator()

    def suites(self) -> SuiteReader:
        return lambda path: self.world.dataset.rules

    def contracts_folder(self) -> Path:
        return Path("contracts")

    def quality_engine(self) -> FakeQualityEngine:
        return self.world.engine

    def locations(self) -> FakeDataLocationService:
        return self.world.files

    def validation(self) -> DataValidationService:
        return DataValidationService()

    def settle_seconds(self) -> float:
        return 0.0

    def lease_seconds(self) -> float:
        return 60.0

    def token_verifier(self) -> TokenVerifier | None:
        return None

    def page_options(self) -> PageOptions:
        return PageOptions()

    def api_options(self) -> ApiOptions:
        return ApiOptions()

    def upgrade_catalog(self) -> CatalogSchema:
        return CatalogSchema("c.db", "0001", upgraded=True)

    def check_catalog(self) -> CatalogSchema:
        if isinstance(self.broken, DataManagementError):
            raise self.broken
        return CatalogSchema("c.db", "0001")


@dataclass(frozen=True)
class Said:
    """What a call said: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.backend = FakeBackend()
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        code = run_cli(self.backend, list(arguments))
        captured = self._capsys.readouterr()
        return Said(code, captured.out, captured.err)
