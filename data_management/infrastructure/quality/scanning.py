"""One asset in DuckDB: plans evaluated in as few statements as possible."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import duckdb
import pyarrow as pa

from data_management.errors import Rejected
from data_management.infrastructure.quality.gx import CannotRun, Outcome
from data_management.infrastructure.quality.planning.plan import PLACES, Planned
from data_management.infrastructure.quality.planning.row_test import Refused
from data_management.infrastructure.quality.planning.scan import Grouping, Query, Rows, Slot
from data_management.infrastructure.quality.planning.typing import selection

_MOST_AGGREGATES: Final = 500
"""In one statement: planning grows faster than their number."""
_ALIAS: Final = re.compile(r"\b[rc]\d+\b")
_BATCH: Final = 10_000
_AGAIN: Final = 0.05
_OF_THE_RULE: Final = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.DataError,
    duckdb.NotImplementedException,
    duckdb.OutOfRangeException,
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.TypeMismatchException,
)
"""What DuckDB raises because of a statement, rather than because of the file that it reads."""


Labels = Callable[[Sequence[int]], list[Any]]


def _all_rows(result: duckdb.DuckDBPyConnection) -> Rows:
    return result.fetchall()


def _whole(result: duckdb.DuckDBPyConnection) -> pa.Table:
    return result.to_arrow_table()


def _source_of(expressions: Sequence[str]) -> str:
    """A subquery alone is asked once, not for every row."""
    return "(SELECT 1)" if all(isinstance(one, Grouping) for one in expressions) else "{scan}"


class Failed(Exception):
    """A statement that DuckDB refused; the message is the kind of its error, which quotes no values."""


class Scan:
    """A relation of the connection, with the columns that plans name."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        selected: Mapping[str, str],
        relation: str,
        shown: str,
        own_sql_seconds: float,
    ) -> None:
        """`own_sql_seconds` is what all statements that rules bring along may take together."""
        self._connection = connection
        self._own_sql_left = own_sql_seconds
        self._too_long = f"the rules' own SQL did not end within {own_sql_seconds:g} s; simplify it"
        self._selected, self._relation = selected, relation
        self._shown = shown
        self._found: dict[str, Any] = {}

    def _of(self, selected: Mapping[str, str]) -> str:
        return f"(SELECT {selection(selected)} FROM {self._relation}) AS scan"

    def aggregates(self, expressions: Sequence[str]) -> list[Any]:
        """Their values, in one statement as far as that is wise. Raises `Failed`, MemoryError, and `Rejected`."""
        grouped = [one for one in dict.fromkeys(expressions) if isinstance(one, Grouping)]
        plain = [one for one in dict.fromkeys(expressions) if not isinstance(one, Grouping)]
        statements: list[list[str]] = [
            plain[start : start + _MOST_AGGREGATES] for start in range(0, len(plain), _MOST_AGGREGATES)
        ]
        if grouped and statements:
            statements[0].append(grouped.pop())  # one beside the aggregates keeps all threads busy; several, the memory
        found: dict[str, Any] = {}
        statements += [[one] for one in grouped]
        for some in statements:
            found |= zip(some, self.rows(f"SELECT {', '.join(some)} FROM {_source_of(some)}")[0], strict=True)
        return [found[one] for one in expressions]

    def rows(self, sql: str) -> Rows:
        """All rows of a statement. Raises as `aggregates`."""
        found: Rows = self._answered(sql, _all_rows)
        return found

    def computed(self, expressions: Iterable[str]) -> dict[str, Any]:
        """The values of aggregates by their SQL, a `Failed` where one alone is refused. Raises MemoryError and `Rejected`."""
        wanted = list(dict.fromkeys(expressions))
        try:
            return dict(zip(wanted, self.aggregates(wanted), strict=True))
        except Failed:  # one bad rule must not take down the statement that it shares
            return {sql: self._alone(sql) for sql in wanted}

    def _alone(self, expression: str) -> Any:
        try:
            return self.aggregates([expression])[0]
        except Failed as error:
            return error

    def outcome(self, plan: Planned, values: Mapping[str, Any], labels: Labels | None = None) -> Outcome:
        """A plan's outcome; `values` are those of its aggregates, `labels` what rows are called, if not by their places.

        Raises `CannotRun`, and `Failed` where DuckDB refuses.
        """
        try:
            metrics = {name: self._metric(slot, values) for name, slot in plan.slots.items()}
            if labels is not None:
                metrics |= {name: labels(metrics[name]) for name in metrics if name.endswith(PLACES)}
            return plan.judge(metrics)
        except Refused as error:
            raise CannotRun(
                f"it could not be computed: {error}; check that its arguments suit the columns' types"
            ) from error
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # of the rule's own arguments
            raise CannotRun(
                f"it could not be computed ({type(error).__name__}); check that its arguments suit the columns' types"
            ) from error

    def column(self, expression: str) -> pa.ChunkedArray:
        """All values of an expression, in the order of the rows."""
        return self._answered(f"SELECT {expression} AS v FROM {{scan}}", _whole).column("v")

    def _metric(self, slot: Slot, values: Mapping[str, Any]) -> Any:
        found = [values[sql] for sql in slot.aggregates]
        for value in found:
            if isinstance(value, Failed):
                raise value
        for query in slot.queries:
            found.append(self._answer(query, found))
        return slot.finish(found)

    def _answer(self, query: Query, found: Sequence[Any]) -> Any:
        sql = query.sql if isinstance(query.sql, str) else query.sql(found)
        if query.foreign:
            return self._foreign(sql)
        if query.consume is not None:
            consume = query.consume
            return self._answered(sql, lambda result: consume(lambda: result.fetchmany(_BATCH)))
        if sql not in self._found:
            self._found[sql] = self._answered(sql, _all_rows)
        return self._found[sql]

    def _foreign(self, sql: str) -> Rows:
        """Whatever it does, it is the rule that errs, and not the file."""
        if self._own_sql_left <= 0:
            raise CannotRun(self._too_long)
        started = time.monotonic()
        ended = threading.Event()
        watch = threading.Thread(target=self._interrupt_unless, args=(ended, self._own_sql_left), daemon=True)
        watch.start()
        try:
            return self._connection.execute(sql).fetchall()
        except duckdb.InterruptException as error:
            raise CannotRun(self._too_long) from error
        except duckdb.OutOfMemoryException as error:
            raise CannotRun("the rule's own SQL needs more memory than there is; simplify it") from error
        except duckdb.Error as error:
            raise CannotRun(
                f"DuckDB refuses the rule's SQL ({type(error).__name__}); check its syntax and columns"
            ) from error
        finally:
            ended.set()
            watch.join()  # or it would interrupt the statement after
            self._own_sql_left -= time.monotonic() - started

    def _interrupt_unless(self, ended: threading.Event, seconds: float) -> None:
        """Again and again, as one interrupt may come before the statement has begun."""
        if not ended.wait(seconds):
            self._connection.interrupt()
            while not ended.wait(_AGAIN):
                self._connection.interrupt()

    def _answered(self, sql: str, take: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
        named = set(_ALIAS.findall(sql))  # DuckDB plans for all columns that it is given
        scan = self._of({alias: column for alias, column in self._selected.items() if alias in named})
        numbered = f"(SELECT *, row_number() OVER () - 1 AS place FROM {scan}) AS numbered"
        statement = sql.replace("{scan}", scan).replace("{numbered}", numbered)
        try:
            return take(self._connection.execute(statement))
        except duckdb.OutOfMemoryException as error:
            raise MemoryError from error
        except _OF_THE_RULE as error:
            raise Failed(type(error).__name__) from error
        except duckdb.Error as error:
            raise Rejected(
                f"{self._shown} cannot be read to its end ({type(error).__name__}); write or transfer it again"
            ) from error
