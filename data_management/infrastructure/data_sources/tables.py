"""Tables of PostgreSQL as Arrow tables: in chunks, within a limit, in one snapshot."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from data_management.errors import InvalidInput, Rejected, Unavailable

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

_FORM: Final = "write postgresql://USER@HOST/DATABASE#SCHEMA.TABLE"
_ROWS: Final = 20_000
_CONNECT_SECONDS: Final = 10
_LARGEST_DECIMAL: Final = 38


class PostgresTableReader:
    """A `TableReader`. What the URI leaves out (the password, say) libpq finds where it always does: ``PGPASSWORD``, ``.pgpass``.

    Types that Arrow has are kept; others (``uuid``, ``json``, arrays, ``interval``, enums) come as their text.
    """

    def __init__(self, *, most_mb: int, rows: int = _ROWS) -> None:
        """`most_mb` MiB that a table may take as Arrow; `rows` that are fetched at once."""
        self._most_mb = most_mb
        self._rows = rows

    def __call__(self, uri: str) -> "pa.Table":
        server, name = _parts(uri)
        shown = ".".join(name)
        try:
            import psycopg
        except ImportError as error:
            raise InvalidInput("tables of PostgreSQL need psycopg; install data-management[postgres]") from error
        try:
            with psycopg.connect(
                server, connect_timeout=_CONNECT_SECONDS, application_name="data-management"
            ) as opened:
                opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                opened.read_only = True
                return self._read(opened, name, shown)
        except psycopg.errors.UndefinedTable as error:
            raise Rejected(f"table {shown!r} is not in its database; mend its name, or make it") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise Rejected(f"table {shown!r} may not be read by this user; grant it SELECT") from error
        except psycopg.OperationalError as error:
            where = urlsplit(server).hostname or "its server"
            raise Unavailable(
                f"the database of table {shown!r} at {where} cannot be used; check that it runs, its name, user and password"
            ) from error
        except (psycopg.Error, OverflowError, ValueError) as error:  # its message may quote values
            raise Rejected(f"table {shown!r} cannot be read ({type(error).__name__})") from error

    def _read(self, opened: "psycopg.Connection", name: Sequence[str], shown: str) -> "pa.Table":
        import pyarrow as pa
        from psycopg import sql

        table = sql.Identifier(*name)
        columns = _columns(opened, table)
        listed = sql.SQL(", ").join(
            (
                sql.SQL("{}::text").format(sql.Identifier(column.name))
                if column.kind is None
                else sql.Identifier(column.name)
            )
            for column in columns
        )
        schema = pa.schema([(column.name, column.kind or pa.string()) for column in columns])
        chunks: list[pa.RecordBatch] = []
        size = 0
        for rows in self._pages(opened, sql.SQL("SELECT {} FROM {}").format(listed, table)):
            chunks.append(pa.record_batch([list(values) for values in zip(*rows, strict=True)], schema=schema))
            size += chunks[-1].nbytes
            if size > self._most_mb << 20:
                raise Rejected(
                    f"table {shown!r} takes more than {self._most_mb} MiB; raise DATA_MANAGEMENT_FILE_MEMORY_MB, or judge it in parts "
                    "by views or partitions"
                )
        return _with_decimals(pa.Table.from_batches(chunks, schema), [c.name for c in columns if c.is_number])

    def _pages(self, opened: "psycopg.Connection", query: Any) -> Iterator[list[tuple[Any, ...]]]:
        with opened.cursor(name="data_management", binary=True) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(self._rows):
                yield rows


def _parts(uri: str) -> tuple[str, list[str]]:
    """The server's URI, and the table's name in parts. No message quotes the URI, which may hold a password."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError as error:
        raise InvalidInput(f"a table's URI cannot be read; {_FORM}") from error
    if parts.scheme not in ("postgresql", "postgres"):
        raise InvalidInput(f"a table's URI has the scheme {parts.scheme!r}; {_FORM}")
    name = [unquote(part) for part in parts.fragment.split(".") if part]
    if not 1 <= len(name) <= 2:  # noqa: PLR2004  a table, or a schema and a table
        raise InvalidInput(f"a table's URI names no table behind '#'; {_FORM}")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, "")), name


@dataclass(frozen=True)
class _Column:
    """`kind` is its Arrow type; None where it is fetched as text. So is a `numeric` without a precision, whose scale only its
    values say.
    """

    name: str
    kind: Any
    is_number: bool


def _columns(opened: "psycopg.Connection", table: Any) -> list[_Column]:
    from psycopg import postgres, sql

    known = _kinds()
    found = opened.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(table))
    columns = []
    for column in found.description or ():
        kind_of = known.get(column.type_code)
        kind = kind_of(column) if kind_of else None
        is_number = kind is None and column.type_code == postgres.types["numeric"].oid
        columns.append(_Column(column.name, kind, is_number))
    return columns


def _with_decimals(table: "pa.Table", names: Sequence[str]) -> "pa.Table":
    """Columns of numbers in text as decimals of the precision that they need; one with a NaN, or too many digits, stays text."""
    import pyarrow as pa

    for name in names:
        place = table.schema.get_field_index(name)
        values = [None if text is None else Decimal(text) for text in table.column(place).to_pylist()]
        if all(value is None or value.is_finite() for value in values):
            try:
                decimals = pa.array(values, pa.decimal128(1, 0) if not any(values) else None)
            except pa.ArrowInvalid:
                continue
            if pa.types.is_decimal128(decimals.type):
                table = table.set_column(place, name, decimals)
    return table


def _kinds() -> dict[int, Callable[[Any], Any]]:
    """By the number of a type of PostgreSQL: the Arrow type of a column of it."""
    import pyarrow as pa
    from psycopg import postgres

    plain = {
        "bool": pa.bool_(),
        "int2": pa.int16(),
        "int4": pa.int32(),
        "int8": pa.int64(),
        "oid": pa.int64(),
        "float4": pa.float32(),
        "float8": pa.float64(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", "UTC"),
        "bytea": pa.binary(),
        "text": pa.string(),
        "varchar": pa.string(),
        "bpchar": pa.string(),
        "name": pa.string(),
    }

    def always(kind: Any) -> Callable[[Any], Any]:
        return lambda _: kind

    kinds = {postgres.types[name].oid: always(kind) for name, kind in plain.items()}
    return kinds | {postgres.types["numeric"].oid: _decimal}


def _decimal(column: Any) -> Any:
    """A numeric with a precision keeps it."""
    import pyarrow as pa

    precision, scale = column.precision, column.scale
    if precision is None or precision > _LARGEST_DECIMAL or scale is None or not 0 <= scale <= precision:
        return None
    return pa.decimal128(precision, scale)
