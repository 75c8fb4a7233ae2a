"""After an erasure the database holds nothing of what the file held."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, select

from data_management.application.commands import EraseDataAssetsCommand
from data_management.application.messaging import Delivery, Destination
from data_management.application.services import Application
from data_management.domain.models import (
    Check,
    Column,
    ColumnProfile,
    Prunable,
    ReadingNote,
    SchemaChange,
    ValueCount,
    Verdict,
)
from data_management.domain.models.drift import ChangeKind
from data_management.domain.services import DataValidationService
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.tables import metadata
from data_management_tests.fakes import (
    NOON,
    FakeClock,
    FakeDataLocationService,
    FakeLandingAnnouncements,
    FakeQualityEngine,
)
from data_management_tests.port_tests.examples import CHECKS, EXAMINATION, SCORE, arrived, validation

CANARY = "canary-7319"


def test_no_table_holds_a_value_of_an_erased_file(either: Engine) -> None:
    engine = either
    examined = replace(
        EXAMINATION,
        columns=(Column(CANARY, "VARCHAR"),),
        profile=(ColumnProfile(CANARY, 0, 1, minimum=CANARY, top_values=(ValueCount(CANARY, 3),)),),
        notes=(ReadingNote("padded", f"the row of {CANARY} was short", 3),),
        content_sha256="ca" * 32,
    )
    quoting: Check = replace(CHECKS[1], observed=[CANARY], samples=(CANARY,), error=CANARY)
    factory = SQLUnitOfWorkFactory(engine, utc_now)
    with factory() as work:
        entry = work.assets.save(arrived(f"{CANARY}.csv"))
        change = SchemaChange(ChangeKind.ADDED, CANARY)
        entry = work.assets.save(entry.registered(examined, (change,)).scored(SCORE, Verdict.FAIL, f"{CANARY} is odd"))
        work.quality.add(validation(entry.id, checks=(quoting,)))
        entry = work.assets.save(entry.rejected(f"{CANARY} again"))
        work.outbox.destination("a")
        work.outbox.assign_positions(100)
        deliveries = [Delivery(event, 20, reason="refused", died_at=NOON) for event in work.outbox.after(0, 100)]
        work.outbox.advance(Destination("a", 100), [Delivery(deliveries[0].event, 1, NOON), *deliveries[1:]])
    assert holds(engine, CANARY)
    app = Application(
        unit_of_work=factory,
        reader=SQLCatalogReader(engine),
        engine=FakeQualityEngine(),
        locations=FakeDataLocationService(),
        announcements=FakeLandingAnnouncements(),
        clock=FakeClock(),
        validation=DataValidationService(),
    )
    app.run(EraseDataAssetsCommand(entry.asset.location, "ann", with_name=True))
    assert holds(engine, CANARY) == []
    assert holds(engine, "ca" * 32) == []
    assert len(holds(engine, "erased")) > 1


def holds(engine: Engine, text: str) -> list[str]:
    """Every row of the database with `text`."""
    with engine.connect() as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    return [str(row) for row in rows if text in str(row)]


def test_in_postgres_a_prune_that_began_before_an_erasure_leaves_the_tombstone(postgres: Engine) -> None:
    factory, later = SQLUnitOfWorkFactory(postgres, utc_now), NOON + timedelta(days=30_000)
    with factory() as work:
        judged = [
            work.assets.save(each.registered(EXAMINATION).scored(SCORE, Verdict.WARN))
            for each in work.assets.save_all([arrived(), arrived("last.csv")])
        ]
        for each in judged:
            for request in ("run-1", "run-2"):
                work.quality.add(validation(each.id, request))
        entry = work.assets.save(judged[0].superseded())

    def prune(what: Prunable) -> int:
        with factory() as work:
            return work.retention.prune(what, later, 0, 10).removed

    with ThreadPoolExecutor(2) as pool:
        with factory() as work:
            work.assets.erase(entry.erased("ann", NOON))
            pruning = [pool.submit(prune, what) for what in (Prunable.ASSETS, Prunable.CHECKS)]
            time.sleep(0.3)
        assert [each.result() for each in pruning] == [0, 2]
    assert SQLCatalogReader(postgres).asset(entry.id).erased_by == "ann"
    assert [view.is_pruned for view in SQLCatalogReader(postgres).validations(entry.id).validations] == [False, True]
