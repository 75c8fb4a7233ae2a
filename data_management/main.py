"""Entry point of the command line. Nothing is imported before it is needed: help and Ctrl-C are instant."""

import os
import sys
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from data_management.presentation.signals import answer_signals

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
    from data_management.infrastructure.clients import CatalogClient
    from data_management.presentation.api import ApiOptions
    from data_management.presentation.cli.backend import Catalog, Elsewhere
    from data_management.presentation.cli.gateway import CatalogGateway
    from data_management.presentation.pages import PageOptions
    from data_management.settings import Settings

_STDERR = 2


class _ContainerBackend:
    """Components for the CLI out of the container, which is made at the first call."""

    _elsewhere: "Elsewhere | None" = None
    _opened: "CatalogClient | None" = None

    @cached_property
    def _settings(self) -> "Settings":
        from data_management.observability import configure_logging
        from data_management.settings import load_settings

        settings = load_settings()
        level = settings.log_level if settings.log_level != "INFO" or not sys.stderr.isatty() else "WARNING"
        configure_logging(level, settings.log_format)
        return settings

    @cached_property
    def _container(self) -> "Container":
        from data_management.container import Container

        container = Container()
        container.settings.override(self._settings)
        return container

    def choose(self, elsewhere: "Elsewhere") -> None:
        self._elsewhere = elsewhere
        if elsewhere.url is None and not self.is_elsewhere() and (elsewhere.api_key or elsewhere.api_key_file):
            from data_management.errors import InvalidInput

            raise InvalidInput("a key is for a catalog that is served elsewhere; say which: --url URL")

    def is_elsewhere(self) -> bool:
        return bool(self._url)

    def must_be_local(self) -> None:
        if self.is_elsewhere():
            from data_management.errors import InvalidInput

            raise InvalidInput(
                "this works on the local catalog; run it where the catalog is, without --url and DATA_MANAGEMENT_URL"
            )

    def gateway(self, *, create: bool = False, hurried: bool = False) -> "CatalogGateway":
        if self.is_elsewhere():
            from data_management.presentation.cli.messages import write_warning
            from data_management.presentation.cli.remote import RemoteGateway

            self.close()
            client = self._opened = self._client(hurried=hurried)
            if client.is_in_the_clear and not hurried:
                write_warning("the key travels where others on the way can read it; ask the catalog by https")
            return RemoteGateway(client)
        from data_management.presentation.cli.gateway import LocalGateway

        app, settings = self.application() if create else self.local(), self._settings
        return LocalGateway(app, settings.events_source, settings.settle_seconds)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    @property
    def _url(self) -> str:
        told = self._elsewhere.url if self._elsewhere else None
        return self._settings.url if told is None else told

    def _client(self, *, hurried: bool) -> "CatalogClient":
        from data_management.infrastructure.clients import open_client

        told, settings = self._elsewhere, self._settings
        key = told.api_key if told else None
        file = told.api_key_file if told else None
        if key is None and file is None:
            key = settings.api_key.get_secret_value() if settings.api_key else None
            file = settings.api_key_file
        return open_client(self._url, key, file, hurried=hurried)

    def application(self) -> "Application":
        self.must_be_local()
        return self._container.application()

    def catalog(self) -> "Catalog":
        return self.local()

    def local(self) -> "Application":
        self.must_be_local()
        if not self._container.catalog_is_there():
            from data_management.errors import Unavailable

            settings = self._settings
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
        return self._container.suites()

    def contracts_folder(self) -> Path:
        return self._settings.contracts_folder

    def quality_engine(self) -> "QualityEngine":
        return self._container.quality_engine()

    def locations(self) -> "DataLocationService":
        return self._container.locations()

    def validation(self) -> "DataValidationService":
        return self._container.validation()

    def settle_seconds(self) -> float:
        return self._settings.settle_seconds

    def lease_seconds(self) -> float:
        return self._settings.lease_seconds

    def token_verifier(self) -> "TokenVerifier | None":
        return self._container.token_verifier()

    def api_options(self) -> "ApiOptions":
        from data_management.presentation.api import ApiOptions

        settings = self._settings
        return ApiOptions(
            contracts_folder=settings.contracts_folder,
            settle_seconds=settings.settle_seconds,
            events_source=settings.events_source,
            most_body_bytes=settings.api_body_mb * 1024 * 1024,
        )

    def page_options(self) -> "PageOptions":
        from data_management.presentation.pages import PageOptions

        settings = self._settings
        if settings.dagster_url is None:
            return PageOptions()
        from data_management.orchestration.links import lineage_links

        return PageOptions(lineage=lineage_links(str(settings.dagster_url), settings.key_prefix))

    def upgrade_catalog(self) -> "CatalogSchema":
        self.must_be_local()
        return self._container.upgraded_catalog()

    def check_catalog(self) -> "CatalogSchema":
        self.must_be_local()
        return self._container.catalog_schema()


def _fill_streams() -> None:
    """A stream that the caller closed goes nowhere; its descriptor must not become that of a file which we open, or our workers."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("r" if name == "stdin" else "w")  # noqa: SIM115  until the process ends
            setattr(sys, name, nowhere)


def main() -> None:
    """The ``data-management`` command."""
    _fill_streams()
    answer_signals()
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
