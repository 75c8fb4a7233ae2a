"""What searches look into is kept with each change, and can be made anew from what is stored."""

from contextlib import suppress

import pytest
from sqlalchemy import Engine, event, text

from data_management.application.ports import Search
from data_management.errors import Conflict
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory, search
from data_management.infrastructure.persistence.engine import writing
from data_management.infrastructure.persistence.search import LOCATION_LEXEMES
from data_management_tests.port_tests.examples import arrived


def names(engine: Engine, words: str) -> list[str]:
    return [hit.name for hit in SQLCatalogReader(engine).search(Search(words)).hits]


def must_agree(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        for index in ("data_asset_search", "dataset_search"):
            connection.execute(text(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)"))


def test_words_that_were_lost_come_back(either: Engine) -> None:
    with SQLUnitOfWorkFactory(either, utc_now)() as work:
        work.assets.save(arrived("jan.csv"))
    with writing(either).begin() as connection:
        connection.execute(text("UPDATE dataset_words SET name = 'nonsense', location = '' WHERE name = 'orders'"))
        if either.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER data_asset_search_delete"))
            connection.execute(text("DELETE FROM data_assets"))
    assert (names(either, "nonsense"), names(either, "orders customers")) == (["orders"], [])
    with SQLUnitOfWorkFactory(either, utc_now)() as work:
        assert work.datasets.rebuild_search() == ("orders",)
        assert work.datasets.rebuild_search() == ()
    assert (names(either, "nonsense"), names(either, "orders")[0]) == ([], "orders")
    if either.dialect.name == "sqlite":
        with either.begin() as connection:
            found = "SELECT count(*) FROM data_asset_search WHERE data_asset_search MATCH 'jan'"
            assert connection.exec_driver_sql(found).scalar_one() == 0


def test_the_index_of_sqlite_agrees_with_its_tables_after_pruning_and_renaming(engine: Engine) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        entries = work.assets.save_all([arrived(f"{number}.csv") for number in range(5)])
        work.assets.save_all([entry.removed() for entry in entries[:3]])
        work.datasets.rename("orders", "purchases")
    with writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM arrivals"))
        connection.execute(text("DELETE FROM data_assets WHERE is_current = 0"))
    must_agree(engine)


def test_an_insert_that_is_undone_is_not_found(engine: Engine) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save(arrived("kept.csv"))
        with suppress(Conflict), work.savepoint():
            work.assets.save_all([arrived("undone.csv"), arrived("twice.csv"), arrived("twice.csv")])
        work.assets.save_all([arrived("later.csv"), arrived("last.csv")])
    assert names(engine, "csv") == ["orders", "last.csv", "later.csv", "kept.csv"]
    assert names(engine, "undone") == []
    must_agree(engine)


def test_the_index_of_sqlite_is_written_once_for_all_that_is_new(engine: Engine) -> None:
    """By a row's trigger FTS5 would write what it gathered for each."""
    told: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: told.append(each[2]))
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save_all([arrived(f"{number}.csv") for number in range(2000)])
    with engine.begin() as connection:
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1").all()
    assert len([statement for statement in told if "INTO data_asset_search" in statement]) == 1
    assert "data_asset_search_insert" not in [trigger.name for trigger in triggers]


def test_words_that_many_files_have_are_not_gathered_before_the_first_is_told(engine: Engine) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save_all([arrived(f"{number}.csv") for number in range(200)])
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: asked.append(str(each[3])))
    assert len(SQLCatalogReader(engine).search(Search("land csv", ("data_asset",)), limit=10).hits) == 10
    assert any('("landing") AND ("csv")' in parameters for parameters in asked)
    SQLCatalogReader(engine).search(Search("1 100", ("data_asset",)))
    assert any('"1" AND ("100")' in parameters for parameters in asked)


def test_a_search_of_some_datasets_passes_over_what_others_have(engine: Engine) -> None:
    with SQLUnitOfWorkFactory(engine, utc_now)() as work:
        work.assets.save_all([arrived(f"{number}.csv") for number in range(50)])
        work.assets.save(arrived("theirs.csv", dataset="customers"))
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: asked.append(str(each[3])))
    found = SQLCatalogReader(engine).search(Search("csv", ("data_asset",), ("customers",))).hits
    assert [hit.name for hit in found] == ["theirs.csv"]
    assert any('("csv") AND ("ð2")' in parameters for parameters in asked)


@pytest.mark.parametrize("looked_at", [1, 3, 10, 100])
@pytest.mark.parametrize("datasets", [None, ("orders", "customers"), ("orders",)])
def test_what_was_looked_at_and_what_the_index_finds_are_one_list(
    either: Engine, looked_at: int, datasets: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LOOKED_AT", looked_at)
    with SQLUnitOfWorkFactory(either, utc_now)() as work:
        work.assets.save_all([arrived(f"{number}_{'odd' if number % 2 else 'even'}.csv") for number in range(20)])
        work.assets.save(arrived("100_odd.csv", dataset="customers"))
    reader, found = SQLCatalogReader(either), list[str]()
    after: str | None = None
    while True:
        page = reader.search(Search("odd landing", ("data_asset",), datasets), after, 3)
        found += [hit.name for hit in page.hits]
        after = page.next
        if after is None:
            break
    theirs = [] if datasets == ("orders",) else ["100_odd.csv"]
    assert found == [*theirs, *(f"{number}_odd.csv" for number in range(19, 0, -2))]


def test_a_search_of_files_reads_an_index(either: Engine) -> None:
    with SQLUnitOfWorkFactory(either, utc_now)() as work:
        work.assets.save_all([arrived(f"{number}.csv") for number in range(50)])
    if either.dialect.name == "sqlite":
        plan = (
            "EXPLAIN QUERY PLAN SELECT rowid FROM data_asset_search WHERE data_asset_search MATCH '\"jan\"' "
            "ORDER BY rowid DESC"
        )
        wanted = "VIRTUAL TABLE INDEX"
    else:
        plan = f"EXPLAIN SELECT id FROM data_assets WHERE {LOCATION_LEXEMES} @@ '''jan'''::tsquery"
        wanted = "ix_data_assets_search"
    with either.begin() as connection:
        if either.dialect.name != "sqlite":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        told = "\n".join(str(row) for row in connection.exec_driver_sql(plan))
    assert wanted in told
    assert "TEMP B-TREE" not in told
