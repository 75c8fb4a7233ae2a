"""The hot queries use their indexes: the database explains every statement that the repositories and the reader make.

SQLite plans by its rules, so an empty catalog will do; `test_query_plans_postgres` has a full one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from data_management.application.messaging import Delivery, Destination, RecordedEvent
from data_management.application.ports import CatalogReader, UnitOfWork
from data_management.domain.models import (
    AssetStatus,
    DataCatalogEntry,
    DataLocation,
    OffsetMove,
    Plan,
    Prunable,
    RuleTotals,
    Verdict,
)
from data_management.domain.repositories import IArrivalRepository
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.data_sources.sql.cursors import cursor
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.examples import (
    EXAMINATION,
    LEASE,
    SCORE,
    arrived,
    dataset_score,
    many,
    validation,
)

SMALL = ("datasets", "dataset_counts", "dataset_positions", "plans", "destinations", "positions")
"""Tables that may be read whole: a few rows per dataset, a few per contract, one per destination of events, one in all."""
WANTED = "SCAN deliveries USING INDEX ix_deliveries_dead"
"""An index that holds dead letters alone: they are asked for."""
DELIVERY = Delivery(
    RecordedEvent("e", 1, "data_asset", "x", 1, 0, "T", {}, NOON), attempts=1, reason="no", died_at=NOON
)


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, sql: str, parameters: Any, _context: object, many: bool) -> None:
        if sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")):
            seen.append((sql, parameters[0] if many else parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(engine: Engine, sql: str, parameters: Any) -> list[str]:
    with engine.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(parameters))]


def steps(engine: Engine, seen: list[tuple[str, Any]]) -> list[str]:
    return [step for sql, parameters in seen for step in plan(engine, sql, parameters)]


def scans(found: list[str]) -> list[str]:
    return [
        step
        for step in found
        if step.startswith("SCAN") and not step.startswith((WANTED, *(f"SCAN {name}" for name in SMALL)))
    ]


WRITES: dict[str, Callable[[UnitOfWork], object]] = {
    "get": lambda work: work.assets.get_many(["x", "y"]),
    "current_at": lambda work: work.assets.current_at("orders", [DataLocation("file:///a"), DataLocation("file:///b")]),
    "current_of": lambda work: list(work.assets.current_of("orders")),
    "counts": lambda work: work.assets.counts("orders"),
    "recount": lambda work: work.assets.recount("orders"),
    "last_columns": lambda work: work.assets.last_columns("orders"),
    "save": lambda work: work.assets.save(work.assets.save(arrived()).registered(EXAMINATION)),
    "open": lambda work: work.arrivals.open(work.assets.save_all(many(3))),
    "pending": lambda work: work.arrivals.pending("orders", NOON),
    "claim": lambda work: _queued(work).claim("orders", "run", NOON, LEASE, 10),
    "renew": lambda work: work.arrivals.renew("run", LEASE),
    "release": lambda work: work.arrivals.release("run", LEASE),
    "expire": lambda work: work.arrivals.expire("run", NOON),
    "holds": lambda work: work.arrivals.holds("run", ["x", "y"]),
    "holders": lambda work: work.arrivals.holders("orders", NOON),
    "complete": lambda work: work.arrivals.complete(["x", "y"]),
    "add": lambda work: work.quality.add(validation(work.assets.save(arrived()).id)),
    "current_checks": lambda work: work.quality.current_checks(["x", "y"], "plan-a"),
    "outdated": lambda work: work.quality.outdated("orders", "plan-a", 100),
    "totals": lambda work: work.quality.change_totals("orders", AssetStatus.ACCEPTED, [RuleTotals(rule="a", passed=1)]),
    "score": lambda work: work.quality.add_score(dataset_score()),
    "keep_plan": lambda work: work.datasets.keep_plan("orders", Plan.of(work.datasets.get("orders"))),
    "count_outdated": lambda work: work.quality.count_outdated("orders", "plan-a"),
    "prune_assets": lambda work: work.retention.prune(Prunable.ASSETS, NOON, 0, 10),
    "prune_checks": lambda work: work.retention.prune(Prunable.CHECKS, NOON, 0, 10),
    "prune_events": lambda work: work.retention.prune(Prunable.EVENTS, NOON, 0, 10),
    "prune_audit": lambda work: work.retention.prune(Prunable.AUDIT, NOON, 0, 10),
    "latest": lambda work: work.quality.latest_score("orders"),
    "assign_positions": lambda work: work.outbox.assign_positions(100),
    "claim_destination": lambda work: work.outbox.claim("a", "holder", NOON, LEASE),
    "after": lambda work: work.outbox.after(100, 100),
    "due": lambda work: work.outbox.due("a", NOON, 100),
    "held": lambda work: work.outbox.held("a", ["x", "y"]),
    "settle": lambda work: work.outbox.settle(Destination("a"), [DELIVERY], [DELIVERY], NOON),
    "retry_dead": lambda work: work.outbox.retry_dead(NOON, "e"),
    "move_consumer": lambda work: work.consumers.move("a", 0, 1, NOON),
    "mark_seen": lambda work: (work.consumers.has_seen("a", "e"), work.consumers.mark_seen("a", "e", NOON)),
    "forget_seen": lambda work: work.consumers.forget_seen(NOON),
    "accept": lambda work: work.assets.save_all([_accepted(work).removed(), arrived()]),
    "withdraw": lambda work: work.assets.save(_accepted(work).removed()),
    "offsets": lambda work: (
        work.offsets.open("orders", "clean", "p", NOON, LEASE),
        work.offsets.renew("orders", "clean", "p", LEASE),
        work.offsets.move(OffsetMove("orders", "clean", 0, 0, 0, "p"), NOON),
    ),
}

READS: dict[str, Callable[[CatalogReader], object]] = {
    "assets": lambda reader: reader.assets("orders"),
    "next assets": lambda reader: reader.assets("orders", after=cursor(1)),
    "rejected": lambda reader: reader.assets("orders", (AssetStatus.REJECTED,)),
    "asset_at": lambda reader: reader.asset_at(DataLocation("file:///landing/orders/known.csv")),
    "validations": lambda reader: reader.validations("known"),
    "scores": lambda reader: reader.scores("orders"),
    "pending": lambda reader: reader.pending("orders", "plan-a", NOON),
    "dataset": lambda reader: reader.dataset("orders"),
    "datasets": lambda reader: reader.datasets(),
    "standing_versions": lambda reader: reader.standing_versions("orders", "file:///a", "file:///b"),
    "judged_longest_ago": lambda reader: reader.judged_longest_ago("orders", 10, "plan-a"),
    "outdated": lambda reader: reader.outdated_assets("orders", "plan-a"),
    "plans": lambda reader: reader.plans("orders"),
    "audit": lambda reader: reader.audit("orders"),
    "profile": lambda reader: reader.profile("orders"),
    "classifications": lambda reader: reader.classifications("orders"),
    "last_arrival": lambda reader: reader.last_arrival("orders"),
    "events": lambda reader: reader.events(100),
    "last_events": lambda reader: reader.last_events(),
    "dead_letters": lambda reader: reader.dead_letters(),
    "file_changes": lambda reader: reader.file_changes("orders", 0, 100),
    "unseen_files": lambda reader: reader.unseen_files("orders", "clean", 100),
    "consumers": lambda reader: reader.consumers("orders"),
}


LEDGER = ("file_changes", "unseen_files")


def _accepted(work: UnitOfWork) -> DataCatalogEntry:
    return work.assets.save(work.assets.save(arrived()).registered(EXAMINATION).scored(SCORE, Verdict.PASS))


def _queued(work: UnitOfWork) -> IArrivalRepository:
    work.arrivals.open(work.assets.save_all(many(3)))
    return work.arrivals


@pytest.mark.parametrize("name", WRITES)
def test_no_repository_reads_a_whole_table(engine: Engine, name: str) -> None:
    with statements(engine) as seen, SQLUnitOfWorkFactory(engine, utc_now)() as work:
        WRITES[name](work)
    found = steps(engine, seen)
    assert found
    assert scans(found) == []


@pytest.mark.parametrize("name", READS)
def test_no_reader_reads_a_whole_table_or_sorts(engine: Engine, name: str) -> None:
    from dataclasses import replace

    known = arrived("known.csv")
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save(replace(known, asset=replace(known.asset, id="known"), events=()))
    with statements(engine) as seen:
        READS[name](SQLCatalogReader(engine))
    found = steps(engine, seen)
    assert found
    assert scans(found) == []
    if name in ("assets", "rejected", "scores", "classifications", "last_arrival", "events", "last_events", *LEDGER):
        assert [step for step in found if "TEMP B-TREE" in step] == []


def test_a_page_of_all_datasets_follows_the_primary_key(engine: Engine) -> None:
    with statements(engine) as seen:
        SQLCatalogReader(engine).assets(after="MQ==")
    found = steps(engine, seen)
    assert [step for step in found if "TEMP B-TREE" in step] == []
    assert any("SEARCH data_assets USING INTEGER PRIMARY KEY" in step for step in found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get", "SEARCH data_assets USING INDEX sqlite_autoindex_data_assets_1 (public_id=?)"),
        ("counts", "SEARCH dataset_counts USING INTEGER PRIMARY KEY (rowid=?)"),
        ("current_at", "SEARCH data_assets USING INDEX uq_data_assets_current (dataset_id=? AND location=?)"),
        ("current_of", "SEARCH data_assets USING INDEX uq_data_assets_current (dataset_id=? AND location>?)"),
        ("claim", "SEARCH arrivals USING INDEX ix_arrivals_queue (dataset_id=? AND attempts=?)"),
        ("renew", "SEARCH arrivals USING INDEX ix_arrivals_run (run_id=?)"),
        ("complete", "SEARCH arrivals USING INDEX sqlite_autoindex_arrivals_1 (asset_id=?)"),
        ("prune_assets", "SEARCH data_assets USING INDEX ix_data_assets_ended (ended_at<?)"),
        ("prune_checks", "SEARCH validations USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("prune_events", "SEARCH outbox USING INDEX sqlite_autoindex_outbox_2 (position>? AND position<?)"),
        ("assign_positions", "SEARCH outbox USING INDEX sqlite_autoindex_outbox_2 (position=?)"),
        ("after", "SEARCH outbox USING INDEX sqlite_autoindex_outbox_2 (position>?)"),
        ("due", "SEARCH deliveries USING INDEX ix_deliveries_due (destination_id=? AND not_before<?)"),
        ("held", "SEARCH deliveries USING INDEX ix_deliveries_subject (destination_id=? AND subject=?)"),
        ("withdraw", "SEARCH acceptances USING INDEX uq_acceptances_standing (asset_id=?)"),
        ("prune_assets", "SEARCH acceptances USING INDEX ix_acceptances_asset (asset_id=?)"),
        ("outdated", "SEARCH data_assets USING INDEX ix_data_assets_plan (plan_id=? AND status=?)"),
    ],
)
def test_a_repository_takes_the_index_that_was_made_for_it(engine: Engine, name: str, expected: str) -> None:
    with statements(engine) as seen, SQLUnitOfWorkFactory(engine, utc_now)() as work:
        WRITES[name](work)
    assert expected in [step.replace("COVERING ", "") for step in steps(engine, seen)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("assets", "SEARCH data_assets USING INDEX ix_data_assets_page (dataset_id=? AND status=?)"),
        ("next assets", "SEARCH data_assets USING INDEX ix_data_assets_page (dataset_id=? AND status=? AND id>?)"),
        ("asset_at", "SEARCH data_assets USING INDEX uq_data_assets_current (dataset_id=? AND location=?)"),
        (
            "standing_versions",
            "SEARCH data_assets USING INDEX uq_data_assets_current (dataset_id=? AND location>? AND location<?)",
        ),
        ("scores", "SEARCH dataset_scores USING INDEX ix_dataset_scores_history (dataset_id=?)"),
        ("file_changes", "SEARCH acceptances USING INDEX ix_acceptances_standing (dataset_id=? AND position>?)"),
        ("file_changes", "SEARCH acceptances USING INDEX ix_acceptances_withdrawn (dataset_id=? AND withdrawn>?)"),
    ],
)
def test_the_reader_takes_the_index_that_was_made_for_it(engine: Engine, name: str, expected: str) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save(arrived("known.csv"))
    with statements(engine) as seen:
        READS[name](SQLCatalogReader(engine))
    assert expected in [step.replace("COVERING ", "") for step in steps(engine, seen)]


def test_counting_anew_reads_an_index_alone(engine: Engine) -> None:
    with statements(engine) as seen, SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.recount("orders")
    assert any("USING COVERING INDEX ix_data_assets_page" in step for step in steps(engine, seen))


@pytest.mark.parametrize("name", ["counts", "score"])
def test_what_is_kept_by_difference_is_not_counted(engine: Engine, name: str) -> None:
    with statements(engine) as seen, SQLUnitOfWorkFactory(engine, utc_now)() as work:
        WRITES[name](work)
    assert [sql for sql, _ in seen if "data_assets" in sql] == []


@pytest.mark.parametrize("name", ["dataset", "datasets"])
def test_a_dataset_is_shown_without_a_look_at_its_files(engine: Engine, name: str) -> None:
    with statements(engine) as seen:
        READS[name](SQLCatalogReader(engine))
    assert seen
    assert [sql for sql, _ in seen if "data_assets" in sql] == []
