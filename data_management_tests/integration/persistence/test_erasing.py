"""After an erasure the database holds nothing of what the file held."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from data_management.application.commands import EraseDataAssetsCommand
from data_management.application.services import Application
from data_management.domain.models import Check, Column, ColumnProfile, ReadingNote, SchemaChange, ValueCount, Verdict
from data_management.domain.models.drift import ChangeKind
from data_management.domain.services import DataValidationService
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management_tests.fakes import FakeClock, FakeDataLocationService, FakeQualityEngine
from data_management_tests.port_tests.examples import CHECKS, EXAMINATION, SCORE, arrived, validation

CANARY = "canary-7319"


def test_no_table_holds_a_value_of_an_erased_file(engine: Engine, path: Path) -> None:
    examined = replace(
        EXAMINATION,
        columns=(Column(CANARY, "VARCHAR"),),
        profile=(ColumnProfile(CANARY, 0, 1, minimum=CANARY, top_values=(ValueCount(CANARY, 3),)),),
        notes=(ReadingNote("padded", f"the row of {CANARY} was short", 3),),
        content_sha256="ca" * 32,
    )
    quoting: Check = replace(CHECKS[1], observed=[CANARY], samples=(CANARY,), error=CANARY)
    factory = SQLUnitOfWorkFactory(engine)
    with factory() as work:
        entry = work.assets.save(arrived(f"{CANARY}.csv"))
        change = SchemaChange(ChangeKind.ADDED, CANARY)
        entry = work.assets.save(entry.registered(examined, (change,)).scored(SCORE, Verdict.FAIL, f"{CANARY} is odd"))
        work.quality.add(validation(entry.id, checks=(quoting,)))
        entry = work.assets.save(entry.rejected(f"{CANARY} again"))
    assert holds(engine, CANARY)
    app = Application(
        unit_of_work=factory,
        reader=SQLCatalogReader(engine),
        engine=FakeQualityEngine(),
        locations=FakeDataLocationService(),
        clock=FakeClock(),
        validation=DataValidationService(),
    )
    app.run(EraseDataAssetsCommand(entry.asset.location, "ann", with_name=True))
    assert holds(engine, CANARY) == []
    assert holds(engine, "ca" * 32) == []
    assert len(holds(engine, "erased")) > 1


def holds(engine: Engine, text: str) -> list[str]:
    """Every line of a dump of the database with `text`."""
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        return [line for line in driver.iterdump() if text in line]  # type: ignore[attr-defined]
