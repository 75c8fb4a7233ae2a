"""What searches look into is kept with each change, and can be made anew from what is stored."""

from sqlalchemy import Engine, text

from data_management.application.ports import Search
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import writing
from data_management.infrastructure.persistence.search import LOCATION_LEXEMES
from data_management_tests.port_tests.examples import arrived


def names(engine: Engine, words: str) -> list[str]:
    return [hit.name for hit in SQLCatalogReader(engine).search(Search(words)).hits]


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
        for index in ("data_asset_search", "dataset_search"):
            connection.execute(text(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)"))


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
