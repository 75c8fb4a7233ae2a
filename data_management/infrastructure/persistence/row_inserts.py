"""Inserts of many rows at the driver's own pace.

SQLAlchemy takes a row as a dict and makes parameters of it one by one; that costs more than SQLite takes to store it. Here a statement is
compiled once, and values come column by column, so that only the columns' types look at them, where they have something to do.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, insert

Processor = Callable[[Any], Any] | None


def insert_rows(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, given as the values of each column; the columns in the table's order, and of those that are left out the
    database's own default.
    """
    if not columns:
        return
    statement, processors = _compiled(connection.dialect, table, tuple(columns))
    values = (
        column if processor is None else map(processor, column)
        for processor, column in zip(processors, columns.values(), strict=True)
    )
    rows = zip(*values, strict=True)
    if connection.dialect.positional:
        connection.exec_driver_sql(statement, [*rows])
    else:
        connection.exec_driver_sql(statement, [dict(zip(columns, row, strict=True)) for row in rows])


@lru_cache(maxsize=64)
def _compiled(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> tuple[str, tuple[Processor, ...]]:
    assert list(columns) == [column.name for column in table.c if column.name in columns], "in the table's order"
    statement = insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    return (
        str(statement.compile(dialect=dialect, column_keys=list(columns))),
        tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns),
    )
