"""What is asked of one scan: aggregates that share a statement, and the statements that cannot join it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Rows = list[tuple[Any, ...]]


class Grouping(str):
    """An aggregate, as a subquery, that groups the scan: it holds a table of all groups while it runs."""

    __slots__ = ()


@dataclass(frozen=True)
class Query:
    """A statement of its own: ``{scan}`` stands for the scan. `sql` may be made from the aggregates' values, once they are known.

    `consume`, where given, takes the rows in batches, so that they are never all in memory, and its result stands for them.
    """

    sql: str | Callable[[Sequence[Any]], str]
    consume: Callable[["Batches"], Any] | None = None
    foreign: bool = False
    """Whether somebody else wrote it, so that whatever goes wrong is not the file's fault."""


Batches = Callable[[], Rows]
"""The next rows of a result; none when it is exhausted."""


@dataclass(frozen=True)
class Slot:
    """How one metric is computed: `finish` takes the values of `aggregates`, then the rows (or what consumed them) of `queries`."""

    finish: Callable[[Sequence[Any]], Any]
    aggregates: tuple[str, ...] = ()
    queries: tuple[Query, ...] = field(default=())


def constant(value: Any) -> Slot:
    return Slot(finish=lambda _: value)


def single(aggregate: str, finish: Callable[[Any], Any] = lambda value: value) -> Slot:
    return Slot(finish=lambda values: finish(values[0]), aggregates=(aggregate,))


def asked(sql: str, finish: Callable[[Rows], Any]) -> Slot:
    return Slot(finish=lambda values: finish(values[0]), queries=(Query(sql),))


def filtered(aggregate: str, rows: str | None) -> str:
    return aggregate if rows is None else f"{aggregate} FILTER (WHERE {rows})"


def counted(rows: str | None) -> str:
    """How many rows there are for which `rows` holds. Unlike a filter, DuckDB drops a test that statistics answer."""
    return "count(*)" if rows is None else f"count(CASE WHEN {rows} THEN 1 END)"
