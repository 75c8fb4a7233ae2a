"""Entry point of the command line. Nothing is imported before it is needed: help and Ctrl-C are instant."""

import signal
import sys
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data_management.application.diagnosis import Probe
    from data_management.application.ports import (
        ContractReader,
        ContractWriter,
        DataLocationService,
        QualityEngine,
        SuiteReader,
        TokenVerifier,
    )
    from data_management.application.services import Application
    from data_management.application.translating import ContractTranslator
    from data_management.application.views import CatalogSchema
    from data_management.container import Container
    from data_management.domain.services import DataValidationService
    from data_management.presentation.api import ApiOptions
    from data_management.presentation.cli.backend import Catalog
    from data_management.presentation.pages import PageOptions


class _ContainerBackend:
    """Components for the CLI out of the container, which is made at the first call."""

    @cached_property
    def _container(self) -> "Container":
        from data_management.container import Container
        from data_management.observability import configure_logging

        container = Container()
        settings = container.settings()
        level = settings.log_level if settings.log_level != "INFO" or not sys.stderr.isatty() else "WARNING"
        configure_logging(level, settings.log_format)
        return container

    def application(self) -> "Application":
        return self._container.application()

    def catalog(self, *, create: bool = False) -> "Catalog":
        return self.application() if create else self.local()

    def events_source(self) -> str:
        return self._container.settings().events_source

    def local(self) -> "Application":
        from data_management.infrastructure.persistence.schema import is_there

        if not is_there(self._container.catalog_place()):
            from data_management.errors import Unavailable

            settings = self._container.settings()
            raise Unavailable(
                f"there is no catalog at {settings.catalog_file.absolute()}; `data-management run` makes it, "
                "DATA_MANAGEMENT_HOME says where the project is"
            )
        return self.application()

    def contracts(self) -> "ContractReader":
        return self._container.contracts()

    def contract_writer(self) -> "ContractWriter":
        return self._container.contract_writer()

    def probes(self) -> "Sequence[Probe]":
        return self._container.probes()

    def contract_translator(self) -> "ContractTranslator":
        return self._container.contract_translator()

    def suites(self) -> "SuiteReader":
        from data_management.infrastructure.quality.suites import rules_of_file

        return rules_of_file

    def contracts_folder(self) -> Path:
        return self._container.settings().contracts_folder

    def quality_engine(self) -> "QualityEngine":
        return self._container.quality_engine()

    def locations(self) -> "DataLocationService":
        return self._container.locations()

    def validation(self) -> "DataValidationService":
        return self._container.validation()

    def settle_seconds(self) -> float:
        return self._container.settings().settle_seconds

    def lease_seconds(self) -> float:
        return self._container.settings().lease_seconds

    def token_verifier(self) -> "TokenVerifier | None":
        return self._container.token_verifier()

    def api_options(self) -> "ApiOptions":
        from data_management.presentation.api import ApiOptions

        settings = self._container.settings()
        return ApiOptions(
            contracts_folder=settings.contracts_folder,
            settle_seconds=settings.settle_seconds,
            events_source=settings.events_source,
            most_body_bytes=settings.api_body_mb * 1024 * 1024,
        )

    def page_options(self) -> "PageOptions":
        from data_management.presentation.pages import PageOptions

        settings = self._container.settings()
        if settings.dagster_url is None:
            return PageOptions()
        from data_management.orchestration.links import lineage_links

        return PageOptions(lineage=lineage_links(str(settings.dagster_url), settings.key_prefix))

    def upgrade_catalog(self) -> "CatalogSchema":
        from data_management.infrastructure.persistence.schema import upgrade_catalog

        return upgrade_catalog(self._container.catalog_place())

    def check_catalog(self) -> "CatalogSchema":
        from data_management.infrastructure.persistence.schema import check_catalog

        return check_catalog(self._container.catalog_place())


def main() -> None:
    """The ``data-management`` command."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what Ctrl-C gives back, SIGTERM does
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        from data_management.presentation.cli import run_cli

        sys.exit(run_cli(_ContainerBackend()))
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
