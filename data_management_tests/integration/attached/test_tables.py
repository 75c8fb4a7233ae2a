"""Tables of PostgreSQL, as a frame and as an asset's data."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg
import psycopg
import pyarrow as pa
import pytest

from data_management.errors import DataManagementError, InvalidInput, Rejected, Unavailable
from data_management.infrastructure.data_sources.tables import PostgresTableReader
from data_management.plugin import contract_checks
from data_management_tests.integration.attached.project import Shop, outcomes, why

READER = PostgresTableReader(most_mb=64, rows=2)


@pytest.fixture
def shop_db(empty_database: str) -> Iterator[tuple[str, "psycopg.Connection"]]:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        yield empty_database, connection


def test_types_that_arrow_has_are_kept(shop_db: tuple[str, "psycopg.Connection"]) -> None:
    url, connection = shop_db
    connection.execute('CREATE SCHEMA "Odd.one"')
    connection.execute(
        """CREATE TABLE "Odd.one"."all kinds" (i int, b bool, f float8, d date, t timestamptz, n numeric(12,3), free numeric,
        nan numeric, s text, u uuid, j jsonb, a int[], blob bytea)"""
    )
    connection.execute(
        """INSERT INTO "Odd.one"."all kinds" SELECT g, g % 2 = 0, g / 2.0, '2026-01-01'::date + g, '2026-01-01 12:00+02', 1.5, g * 1.125,
        'NaN', 'ä' || g, '00000000-0000-0000-0000-000000000001', '{"a": 1}', ARRAY[g], '\\x01' FROM generate_series(1, 5) g"""
    )
    table = READER(f"{url}#Odd%2Eone.all%20kinds")
    assert isinstance(table, pa.Table)
    assert table.num_rows == 5
    assert [str(field.type) for field in table.schema] == [
        "int32", "bool", "double", "date32[day]", "timestamp[us, tz=UTC]", "decimal128(12, 3)", "decimal128(4, 3)",
        "string", "string", "string", "string", "string", "binary",
    ]  # fmt: skip
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["d"], first["t"]) == (date(2026, 1, 2), datetime(2026, 1, 1, 10, tzinfo=UTC))
    assert (first["n"], first["free"], first["nan"]) == (Decimal("1.500"), Decimal("1.125"), "NaN")
    assert (first["s"], first["j"], first["a"], first["blob"]) == ("ä1", '{"a": 1}', "{1}", b"\x01")


def test_an_empty_table_has_its_columns(shop_db: tuple[str, "psycopg.Connection"]) -> None:
    url, connection = shop_db
    connection.execute("CREATE TABLE nothing (i int, n numeric)")
    table = READER(f"{url}#nothing")
    assert (table.num_rows, table.schema.names) == (0, ["i", "n"])


def test_a_table_over_the_limit_is_rejected(shop_db: tuple[str, "psycopg.Connection"]) -> None:
    url, connection = shop_db
    connection.execute("CREATE TABLE big AS SELECT repeat('x', 1000000) AS s FROM generate_series(1, 20)")
    with pytest.raises(Rejected, match="takes more than 4 MiB"):
        PostgresTableReader(most_mb=4, rows=2)(f"{url}#big")


@pytest.mark.parametrize(
    ("uri", "kind", "told"),
    [
        ("{url}#nowhere", Rejected, "'nowhere' is not in its database"),
        ("{url}", InvalidInput, "names no table"),
        ("{url}#a.b.c", InvalidInput, "names no table"),
        ("mysql://h/d#t", InvalidInput, "the scheme 'mysql'"),
        ("postgresql://user:S3cret@127.0.0.1:1/d#t", Unavailable, "cannot be used"),
        ("postgresql://user:S3cret@[/d#t", InvalidInput, "cannot be read"),
        ("{url}#x'; DROP TABLE t; --", Rejected, "is not in its database"),
    ],
)
def test_what_cannot_be_read_is_told_without_its_password(
    empty_database: str, uri: str, kind: type[DataManagementError], told: str
) -> None:
    with pytest.raises(kind, match=told) as raised:
        READER(uri.format(url=empty_database))
    assert "S3cret" not in str(raised.value)


def test_a_table_is_judged_where_it_is(
    contract: Path, shop_db: tuple[str, "psycopg.Connection"], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, connection = shop_db
    connection.execute("CREATE TABLE orders (id int, email text, amount numeric)")
    monkeypatch.setenv("SHOP_ORDERS", f"{url}#public.orders")

    @dg.asset
    def orders() -> None:
        connection.execute("INSERT INTO orders VALUES (1, 'canary1@example.org', 2.5), (2, NULL, 3)")

    shop = Shop(contract.parent, [orders], [contract_checks(orders, contract, source=dg.EnvVar("SHOP_ORDERS"))])
    result = shop.make()
    assert outcomes(result)["verdict"] == "passed", why(result)
    assert (shop.assets()[0].location, shop.assets()[0].row_count) == ("dagster:///orders", 2)
    result = shop.make()  # the ids come again
    assert outcomes(result)["id__unique"] == "failed ERROR"
    connection.execute("DROP TABLE orders")
    assert "is not in its database" in repr(shop.check().get_asset_check_evaluations())
    assert shop.statuses() == ["dagster:///orders rejected"]
    assert not any(b"canary" in path.read_bytes() for path in contract.parent.glob(".data_management/*"))
