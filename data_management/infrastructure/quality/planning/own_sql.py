"""A rule's own SQL: one SELECT over the asset, in whose reach is nothing else.

DuckDB's settings keep it from files and the network. This keeps it from all else that a connection knows: settings, catalogs, other
tables, SQL made from texts, and functions that take addresses of memory. What it may read is listed, so that a new version of
DuckDB adds nothing.
"""

import json
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any, Final

import duckdb

from data_management.infrastructure.quality.planning.row_test import Refused

ASSET: Final = "asset"
"""The view that a rule's own SQL reads: the columns by their names."""

_QUERY: Final = "unexpected_rows_query"
_TABLE_FUNCTIONS: Final = frozenset({"generate_series", "json_each", "json_tree", "range", "unnest"})
_FUNCTIONS: Final = frozenset(
    {
        *("col_description", "currval", "error", "get_block_size", "getenv", "getvariable", "in_search_path"),
        *("json_deserialize_sql", "json_serialize_plan", "json_serialize_sql", "nextval", "obj_description"),
        *("session_user", "setseed", "setval", "shobj_description", "sleep_ms", "stats", "txid_current", "user"),
        *("vector_type", "version", "which_secret", "write_log"),
    }
)
_PREFIXES: Final = ("__internal", "current_", "has_", "inet_", "pg_")
_CLOCKS: Final = frozenset(
    {"current_date", "current_localtime", "current_localtimestamp", "current_time", "current_timestamp"}
)
"""Of these prefixes, what a rule has a use for."""


def own_sql(template: str) -> str:
    """The statement that counts the rows of the rule's SELECT, `template` with ``{batch}`` for the asset. Raises `Refused`."""
    sql = _filled(template).rstrip().rstrip(";")
    try:
        kinds = [statement.type for statement in duckdb.extract_statements(sql)]
    except duckdb.Error as error:
        raise Refused(f"{_QUERY} is no SQL that DuckDB reads") from error
    if kinds != [duckdb.StatementType.SELECT]:
        raise Refused(f"{_QUERY} is not one SELECT")
    _check_reach(_tree(sql))
    return f"SELECT count(*) FROM (\n{sql}\n) AS unexpected"


def _filled(template: str) -> str:
    try:
        fields = [field[1:] for field in Formatter().parse(template) if field[1] is not None]
    except ValueError as error:
        raise Refused(f"{_QUERY} has a brace without its other half; double it") from error
    if any(field != ("batch", "", None) for field in fields):
        raise Refused(f"{_QUERY} has a placeholder other than {{batch}}")
    if not fields:
        raise Refused(f"{_QUERY} does not name {{batch}}, which stands for the data")
    return template.format(batch=ASSET)


def _tree(sql: str) -> Any:
    with _parser().cursor() as parser:
        written = parser.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchall()[0][0]
    try:
        tree = json.loads(written)
    except RecursionError as error:
        raise Refused(f"{_QUERY} is nested too deeply") from error
    if tree["error"]:
        raise Refused(f"{_QUERY} is not one SELECT")
    return tree["statements"]


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})


@cache
def _catalog() -> frozenset[str]:
    """The views that every connection has: a query's own name for a subquery must not be able to stand for one."""
    with _parser().cursor() as parser:
        return frozenset(name.lower() for (name,) in parser.execute("SELECT view_name FROM duckdb_views()").fetchall())


def _check_reach(tree: Any) -> None:
    nodes = list(_nodes(tree))
    named = {entry["key"].lower() for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    if hidden := named & _catalog():
        raise Refused(f"{_QUERY} calls a subquery {min(hidden)!r}, as DuckDB calls a view of its own")
    for node in nodes:
        match node.get("type"):
            case "BASE_TABLE":
                qualified = node.get("catalog_name") or node.get("schema_name")
                if qualified or node["table_name"].lower() not in {ASSET, *named}:
                    raise Refused(f"{_QUERY} reads another table than {{batch}}")
            case "SHOW_REF":
                raise Refused(f"{_QUERY} asks for descriptions; select rows of {{batch}}")
            case "TABLE_FUNCTION":
                name = str((node.get("function") or {}).get("function_name")).lower()
                if name not in _TABLE_FUNCTIONS:
                    raise Refused(f"{_QUERY} reads the table function {name!r}; select rows of {{batch}}")
        name = str(node.get("function_name", "")).lower()
        if name in _FUNCTIONS or (name.startswith(_PREFIXES) and name not in _CLOCKS):
            raise Refused(f"{_QUERY} calls {name!r}, which knows more than {{batch}}")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
