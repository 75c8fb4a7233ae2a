"""A server over a catalog on SQLite and on Postgres, with two datasets and a few judged files."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from dependency_injector import providers
from pydantic import SecretStr

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.ports import ExaminationRequest, QualityEngine
from data_management.application.services import Application, record_landing, validate_arrivals
from data_management.container import Container
from data_management.domain.models import Check, Column, ColumnProfile, Examination, ValueCount
from data_management.infrastructure.persistence.schema import open_catalog
from data_management.presentation.api import ApiOptions
from data_management.settings import Settings
from data_management_tests.end_to_end.api.server import Server, served
from data_management_tests.fakes import FakeQualityEngine
from data_management_tests.integration.pipeline.project import Project
from data_management_tests.postgres import database

_NUMBERS = itertools.count()

SECRET_VALUE = "a-value-of-the-data"
"""What only who may see samples may see."""


def examined(request: ExaminationRequest) -> Examination:
    """Ten rows; of files whose name has "bad" in it the first rule finds one, and shows it."""
    bad = "bad" in request.locations[0].name
    checks = []
    for index, rule in enumerate(request.rules):
        unexpected = int(bad and index == 0)
        samples = (SECRET_VALUE,) if unexpected else ()
        checks.append(Check.of(rule, success=not unexpected, evaluated=10, unexpected=unexpected, samples=samples))
    profile = ColumnProfile(
        name="id",
        nulls=0,
        distinct=10,
        minimum=SECRET_VALUE,
        maximum=SECRET_VALUE,
        shortest=1,
        longest=20,
        count=10,
        top_values=(ValueCount(SECRET_VALUE, 3),),
        sampled=10,
    )
    columns = (Column("id", "VARCHAR"), Column("amount", "DOUBLE"))
    return Examination(columns=columns, row_count=10, checks=tuple(checks), profile=(profile,))


@contextmanager
def application(home: Path, catalog: str | None = None, engine: QualityEngine | None = None) -> Iterator[Application]:
    """The real one, but for the workers that read files: what is served is the catalog."""
    container = Container()
    chosen = SecretStr(catalog) if catalog else None
    container.settings.override(Settings(home=home, catalog=chosen, events_inline=False))
    container.quality_engine.override(providers.Object(engine or FakeQualityEngine(examined)))
    try:
        yield container.application()
    finally:
        container.catalog_engine().dispose()


def options(project: Project) -> ApiOptions:
    return ApiOptions(contracts_folder=project.home / "contracts")


def fill(app: Application, project: Project, names: tuple[str, ...] = ("orders", "returns")) -> None:
    """Each dataset gets two good files and a bad one, judged in two runs."""
    contracts = Container().contracts()
    for name in names:
        (dataset,) = contracts.read(project.home / "contracts" / f"{name}.yaml").datasets
        app.run(RegisterDatasetCommand(dataset))
        for run, files in enumerate((["1.csv", "bad.csv"], ["2.csv"])):
            for file in files:
                project.drop(file, dataset=name)
            record_landing(app, dataset, 0.0)
            validate_arrivals(app, dataset, f"run-{run}")
    app.relay.tick()


@pytest.fixture(scope="session")
def empty_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "catalog.db"
    open_catalog(path, embedded=True).dispose()
    return path


def project_in(home: Path, empty_catalog: Path) -> Project:
    (home / ".data_management").mkdir()
    shutil.copy(empty_catalog, home / ".data_management" / "catalog.db")
    return Project(home, "orders", "returns")


@pytest.fixture
def project(tmp_path: Path, empty_catalog: Path) -> Project:
    return project_in(tmp_path, empty_catalog)


@pytest.fixture
def filled(project: Project) -> Iterator[Application]:
    """On SQLite."""
    with application(project.home) as app:
        fill(app, project)
        yield app


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, project: Project) -> Iterator[Server]:
    catalog = None if request.param == "sqlite" else request.getfixturevalue("postgres_catalog")
    with application(project.home, catalog) as app:
        fill(app, project)
        with served(app, options=options(project)) as running:
            yield running


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty_catalog: Path
) -> Iterator[Server]:
    """For tests of a module that change nothing, or nothing but what has a name of its own."""
    project = project_in(tmp_path_factory.mktemp("shared"), empty_catalog)
    with ExitStack() as stack:
        catalog = None
        if request.param == "postgres":
            server, template = (request.getfixturevalue(f"postgres_{each}") for each in ("server", "template"))
            catalog = stack.enter_context(database(server, f"shared_{os.getpid()}_{next(_NUMBERS)}", template))
        app = stack.enter_context(application(project.home, catalog))
        fill(app, project)
        yield stack.enter_context(served(app, options=options(project)))


@pytest.fixture(scope="module")
def sqlite_shared(tmp_path_factory: pytest.TempPathFactory, empty_catalog: Path) -> Iterator[Server]:
    project = project_in(tmp_path_factory.mktemp("shared"), empty_catalog)
    with application(project.home) as app:
        fill(app, project)
        with served(app, options=options(project)) as running:
            yield running


@pytest.fixture
def sqlite_server(filled: Application, project: Project) -> Iterator[Server]:
    with served(filled, options=options(project)) as running:
        yield running
