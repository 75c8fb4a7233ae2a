"""Inserts of many rows at the driver's own pace.

SQLAlchemy takes a row as a dict and makes parameters of it one by one; that costs more than SQLite takes to store it. Here a statement is
compiled once, and values come column by column, so that only the columns' types look at them, where they have something to do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, insert
from sqlalchemy.types import TypeEngine

from data_management.infrastructure.persistence.types import Exact

Processor = Callable[[Any], Any] | None


def insert_rows(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, given as the values of each column; the columns in the table's order, and of those that are left out the
    database's own default.
    """
    if not columns:
        return
    statement, processors = _compiled(connection.dialect, table, tuple(columns))
    values = (
        _bound(table.c[name].type, processor, column)
        for processor, (name, column) in zip(processors, columns.items(), strict=True)
    )
    rows = zip(*values, strict=True)
    if connection.dialect.positional:
        connection.exec_driver_sql(statement, [*rows])
    else:
        connection.exec_driver_sql(statement, [dict(zip(columns, row, strict=True)) for row in rows])


def _bound(kind: TypeEngine[Any], processor: Processor, column: Sequence[Any]) -> Iterable[Any]:
    """What the driver gets. Often that is the same for all, or text that is stored as it is: one look tells."""
    if processor is None:
        return column
    if isinstance(kind, Exact) and Exact.are_plain(column):
        return column
    first = column[0]
    if all(value is first for value in column):
        return [processor(first)] * len(column)
    return map(processor, column)


@lru_cache(maxsize=64)
def _compiled(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> tuple[str, tuple[Processor, ...]]:
    assert list(columns) == [column.name for column in table.c if column.name in columns], "in the table's order"
    statement = insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in columns})
    return (
        str(statement.compile(dialect=dialect, column_keys=list(columns))),
        tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns),
    )
