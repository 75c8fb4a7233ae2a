"""The composition root builds every provider, and the settings reach what they are for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dependency_injector import providers

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.ports import ContractTerms
from data_management.application.queries import ListEventsQuery
from data_management.application.services import Application
from data_management.container import Container
from data_management.errors import Unavailable
from data_management.settings import Settings
from data_management_tests.examples import orders
from data_management_tests.integration.quality.examples import examined, request


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    container = Container()
    container.settings.override(Settings(home=tmp_path))
    yield container
    container.catalog_engine().dispose()


def test_every_provider_builds(container: Container) -> None:
    container.upgraded_catalog()  # one tells its schema
    for name, provider in container.providers.items():
        built = provider()
        assert built is not None or name == "token_verifier", name  # there is one where an issuer is named
        if isinstance(provider, providers.Singleton):
            assert provider() is built, f"{name} is made once"
    assert isinstance(container.application(), Application)


def test_the_users_own_expectations_reach_all_that_know_or_run_them(container: Container, tmp_path: Path) -> None:
    container.settings.override(Settings(home=tmp_path, expectations="orderly_checks:ExpectOrderlyTable"))
    module = "from great_expectations.expectations.core import ExpectTableRowCountToEqual\n"
    (tmp_path / "orderly_checks.py").write_text(
        f"{module}class ExpectOrderlyTable(ExpectTableRowCountToEqual): value: int = 2\n"
    )
    (tmp_path / "rows.csv").write_text("id\n1\n2\n")
    suite = tmp_path / "suite.json"
    suite.write_text('{"expectations": [{"type": "ExpectOrderlyTable", "kwargs": {}}]}')
    made = container.contract_translator().imported(suite, ContractTerms(name="orders", path="*.csv"))
    (read,) = container.contracts().read_text(made.text, tmp_path, "made.yaml").datasets
    assert read.rules[0].expectation == container.suites()(suite)[0].expectation == "expect_orderly_table"
    engine = container.quality_engine()
    try:
        (outcome,) = engine.examine([request(tmp_path / "rows.csv", rules=read.rules)])
    finally:
        engine.close()
    (check,) = examined(outcome).checks
    assert (check.error, check.success, check.observed) == (None, True, 2)
    findings = [one for probe in container.probes() if probe.subject == "expectations" for one in probe.findings()]
    assert [one.message for one in findings] == ["1 of your own: expect_orderly_table"]


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
