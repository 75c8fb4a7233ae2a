"""The hot queries use their indexes in Postgres too, which plans by what tables hold: here, 20,000 entries."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from data_management.application.ports import Search
from data_management.domain.models import DataLocation
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import postgres_url
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.integration.persistence.test_query_plans import READS, SMALL, WRITES, statements
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS
from data_management_tests.postgres import database


class _Undo(Exception):
    """So that one test leaves the next what it found."""


def written(engine: Engine, name: str) -> list[tuple[str, Any]]:
    """The statements of one of `WRITES`, undone."""
    with statements(engine) as seen, suppress(_Undo), SQLUnitOfWorkFactory(engine, utc_now)() as work:
        WRITES[name](work)
        raise _Undo
    return seen


FILL = """
INSERT INTO schemas (hash, content) SELECT md5('s' || n), '[]' FROM generate_series(1, 2000) n;
INSERT INTO layouts (hash, content) SELECT md5('l' || n), '["f", [], []]' FROM generate_series(1, 2000) n;
INSERT INTO layouts (hash, content) VALUES ('no checks', '[]');
INSERT INTO plans (dataset_id, hash) VALUES (1, 'plan-a'), (1, 'plan-b'), (2, 'plan-c');
INSERT INTO data_assets (public_id, dataset_id, location, version_token, arrived_at, status, is_current, version, row_count, verdict,
    schema_id, profile, plan_id, ended_at)
SELECT md5('a' || n), CASE WHEN n % 20 = 0 THEN 1 ELSE 2 END, 'file:///landing/' || n, 'v1', n,
    CASE WHEN n % 3 = 0 THEN 'superseded' ELSE 'accepted' END, n % 3 > 0, 1, 100, 'pass', 1 + n % 2000, '[]',
    CASE WHEN n % 20 > 0 THEN 3 WHEN n % 4000 = 0 THEN 2 ELSE 1 END, CASE WHEN n % 3 = 0 THEN n END
FROM generate_series(1, 20000) n;
INSERT INTO arrivals (asset_id, dataset_id, attempts, returns, run_id, lease_until)
SELECT id, dataset_id, 0, 0, CASE WHEN id % 40 = 0 THEN 'run-' || id % 50 END, CASE WHEN id % 40 = 0 THEN 1 END FROM data_assets;
INSERT INTO validations (asset_id, plan_id, request_key, contract_version, at, row_count, verdict, score_layout_id, score,
    checks_layout_id, checks)
SELECT data_assets.id, plan_id, 'run-1', '1', 1, 1, 'pass', 1, '[null, null, null, 0]', layouts.id, '[]' FROM data_assets, layouts WHERE layouts.hash = 'no checks';
UPDATE data_assets SET validation_id = v.id FROM validations v WHERE v.asset_id = data_assets.id;
INSERT INTO dataset_totals SELECT CASE WHEN n > 10 THEN 2 ELSE 1 END, 'accepted', 'rule-' || n, 1, 1, 1, 1, 1 FROM generate_series(1, 2000) n;
INSERT INTO dataset_scores (dataset_id, plan_id, request_key, contract_version, at, verdict, reasons, counts, value, score_layout_id,
    score)
SELECT 1 + n % 2, 1 + n % 3, 'r' || n, '1', n, 'pass', '[]', '[0, 0, 0, 0, 0]', 1.0, 1, '[null, null, null, 0]'
FROM generate_series(1, 5000) n;
INSERT INTO outbox (event_id, aggregate, aggregate_id, aggregate_version, ordinal, type, payload, occurred_at, position)
SELECT md5('e' || n), 'data_asset', md5('a' || n / 2), n, 0, 'DataAssetArrived', '{}', n, CASE WHEN n < 19900 THEN n END
FROM generate_series(1, 20000) n;
UPDATE positions SET last = 19899;
INSERT INTO destinations (name, position, failures) VALUES ('a', 19899, 0), ('b', 19899, 0);
INSERT INTO deliveries (position, destination_id, subject, attempts, not_before, reason, died_at)
SELECT n, 1 + n % 2, 'data_asset/' || md5('a' || n / 2), 1, CASE WHEN n % 3 = 0 THEN n END, NULL, CASE WHEN n % 100 = 50 THEN n END
FROM generate_series(1, 15000) n WHERE NOT (n % 3 = 0 AND n % 100 = 50);
INSERT INTO seen_events SELECT 'c', md5('e' || n), 1767268800000000 + (n - 100) FROM generate_series(1, 20000) n;
INSERT INTO acceptances (dataset_id, position, asset_id, withdrawn, withdrawn_as)
SELECT dataset_id, row_number() OVER (PARTITION BY dataset_id ORDER BY id), id, CASE WHEN NOT is_current THEN 100000 + id END,
    CASE WHEN NOT is_current THEN 'superseded' END FROM data_assets;
INSERT INTO dataset_positions (dataset_id, last, pruned) VALUES (1, 200000, 0), (2, 200000, 0) ON CONFLICT (dataset_id) DO UPDATE SET last = 200000;
INSERT INTO dataset_consumers (dataset_id, name, position, head, moved_at) SELECT CASE WHEN n % 500 = 0 THEN 1 ELSE 2 END, 'c' || n, n, n, n FROM generate_series(1, 5000) n;
INSERT INTO audit (at, who, action, subject, outcome) SELECT n, 'key/1', 'dataset.register', 'dataset/orders', 'done' FROM generate_series(1, 20000) n;
INSERT INTO consumers SELECT 'c' || n, n, n FROM generate_series(1, 2000) n;
VACUUM ANALYZE
"""


@pytest.fixture(scope="module")
def filled(postgres_server: str, postgres_template: str) -> Iterator[Engine]:
    with database(postgres_server, f"{postgres_template}_plans", postgres_template) as url:
        engine = open_catalog(postgres_url(url))
        try:
            with SQLUnitOfWorkFactory(engine, utc_now)() as work:
                work.datasets.save(ORDERS)
                work.datasets.save(CUSTOMERS)
            with psycopg.connect(url, autocommit=True) as connection:
                for statement in FILL.split(";"):
                    connection.execute(statement.encode())
            yield engine
        finally:
            engine.dispose()


def nodes(engine: Engine, seen: list[tuple[str, Any]], setting: str | None = None) -> list[dict[str, Any]]:
    found = []
    with engine.connect() as connection:
        if setting is not None:
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        for sql, parameters in seen:
            todo = [connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()[0]["Plan"]]
            while todo:
                node = todo.pop()
                todo += node.get("Plans", [])
                found.append(node)
    return found


WHOLE = {"audit": {"data_assets", "validations"}, "datasets": {"dataset_totals"}}
"""They want all of them, but for a few of another dataset."""


def whole_tables(found: list[dict[str, Any]]) -> list[str]:
    return [n["Relation Name"] for n in found if n["Node Type"] == "Seq Scan" and n["Relation Name"] not in SMALL]


@pytest.mark.parametrize("name", WRITES)
def test_no_repository_reads_a_whole_table_of_postgres(filled: Engine, name: str) -> None:
    seen = written(filled, name)
    found = nodes(filled, seen)
    assert found
    assert whole_tables(found) == []


@pytest.mark.parametrize("name", READS)
def test_no_reader_reads_a_whole_table_of_postgres_or_sorts(filled: Engine, name: str) -> None:
    known = SQLCatalogReader(filled).assets("orders", limit=1).assets[0]
    with statements(filled) as seen:
        if name == "validations":
            SQLCatalogReader(filled).validations(known.id)
        elif name == "asset_at":
            SQLCatalogReader(filled).asset_at(DataLocation(known.location))
        else:
            READS[name](SQLCatalogReader(filled))
    found = nodes(filled, seen)
    assert found
    assert set(whole_tables(found)) <= WHOLE.get(name, set())
    if name in ("assets", "rejected", "scores", "classifications"):
        assert "Sort" not in {node["Node Type"] for node in found}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get", "uq_data_assets_public_id"),
        ("current_at", "uq_data_assets_current"),
        ("current_of", "uq_data_assets_current"),
        ("claim", "ix_arrivals_queue"),
        ("renew", "ix_arrivals_run"),
        ("complete", "uq_arrivals_asset_id"),
        ("outdated", "ix_data_assets_plan"),
        ("recount", "ix_data_assets_page"),
        ("count_outdated", "ix_data_assets_plan"),
        ("prune_assets", "ix_data_assets_ended"),
        ("prune_checks", "pk_validations"),
        ("prune_events", "uq_outbox_position"),
    ],
)
def test_a_repository_takes_its_index_of_postgres(filled: Engine, name: str, expected: str) -> None:
    seen = written(filled, name)
    assert expected in {node.get("Index Name") for node in nodes(filled, seen)}


def test_counting_anew_reads_an_index_of_postgres_alone(filled: Engine) -> None:
    seen = written(filled, "recount")
    kinds = {node["Node Type"] for node in nodes(filled, seen) if node.get("Relation Name") == "data_assets"}
    assert kinds == {"Index Only Scan"}


def test_a_page_of_all_datasets_follows_the_primary_key_of_postgres(filled: Engine) -> None:
    with statements(filled) as seen:
        SQLCatalogReader(filled).assets(after="MQ==")
    found = nodes(filled, seen)
    assert "Sort" not in {node["Node Type"] for node in found}
    assert "pk_data_assets" in {node.get("Index Name") for node in found}


@pytest.mark.parametrize("words", ["nothing", "123", "landing 123", "landing"])
def test_a_search_of_files_reads_the_newest_and_then_the_index(filled: Engine, words: str) -> None:
    """Left to itself, Postgres reads all of them backwards for a word that few have: it guesses that one of fifty has it."""
    with statements(filled) as seen:
        SQLCatalogReader(filled).search(Search(words, ("data_asset",)))
    found = nodes(
        filled, [each for each in seen if "@@" in each[0]], "enable_seqscan = off"
    )  # as the search itself does
    assert whole_tables(found) == []
    backwards = [node for node in found if node.get("Index Name") == "pk_data_assets" and "Index Cond" not in node]
    assert backwards == []
    if words != "landing":
        assert "ix_data_assets_search" in [node.get("Index Name") for node in found]
