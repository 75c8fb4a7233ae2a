"""The composition root builds every provider, and the settings reach what they are for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dependency_injector import providers

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.queries import ListEventsQuery
from data_management.application.services import Application
from data_management.container import Container
from data_management.errors import Unavailable
from data_management.settings import Settings
from data_management_tests.examples import orders


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    container = Container()
    container.settings.override(Settings(home=tmp_path))
    yield container
    container.catalog_engine().dispose()


def test_every_provider_builds(container: Container) -> None:
    for name, provider in container.providers.items():
        built = provider()
        assert built is not None or name == "token_verifier", name  # there is one where an issuer is named
        if isinstance(provider, providers.Singleton):
            assert provider() is built, f"{name} is made once"
    assert isinstance(container.application(), Application)


def test_the_containers_clock_is_the_one_that_events_tell(container: Container) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    container.clock.override(providers.Object(lambda: noon))
    app = container.application()
    app.run(RegisterDatasetCommand(orders()))
    app.relay.tick()
    (event,) = app.ask(ListEventsQuery(0))
    assert event.occurred_at == noon


def test_the_default_catalog_makes_itself(container: Container, tmp_path: Path) -> None:
    container.catalog_engine()
    assert (tmp_path / ".data_management" / "catalog.db").exists()


def test_a_catalog_that_was_named_is_not_made_unasked(tmp_path: Path) -> None:
    container = Container()
    container.settings.override(Settings(home=tmp_path, catalog=Path("named.db")))
    with pytest.raises(Unavailable, match="db upgrade"):
        container.catalog_engine()
