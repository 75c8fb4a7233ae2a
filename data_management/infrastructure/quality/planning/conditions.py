"""Row conditions: pandas' expressions as SQL that is never unknown.

What is understood is what a condition on rows needs: comparisons (also chained), ``and or not & | ~``, ``in``, ``isnull()`` and
its kin, columns by name or in backticks, constants. Anything else is refused: pandas would evaluate more than a condition.
"""

import ast
import io
import tokenize
from collections.abc import Mapping
from typing import Any, Final

from data_management.infrastructure.quality.planning.values import Kind, NotComparable, Operand, literal, members

_NULLNESS: Final = {"isnull": "IS NULL", "isna": "IS NULL", "notnull": "IS NOT NULL", "notna": "IS NOT NULL"}
_ORDER: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_FLIPPED: Final = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_WORDS: Final = {"&": "and", "|": "or"}
_MOST_CHARACTERS: Final = 20_000


class NotUnderstood(Exception):
    """A row condition that is not understood; the message says where, without quoting values."""


def condition_sql(condition: str, columns: Mapping[str, Operand]) -> str:
    """A boolean expression that is true for the rows that `condition` selects and false for all others, never null."""
    if len(condition) > _MOST_CHARACTERS:
        raise NotUnderstood("the row_condition is too long; shorten it")
    names: dict[str, str] = {}
    try:
        tree = ast.parse(_python(condition, names).strip(), mode="eval").body
    except (SyntaxError, tokenize.TokenError, RecursionError, ValueError, MemoryError) as error:
        raise NotUnderstood("the row_condition is no pandas expression; check quotes and parentheses") from error
    try:
        return _Translation(columns, names).boolean(tree)
    except RecursionError as error:
        raise NotUnderstood("the row_condition is nested too deeply; simplify it") from error


def _python(condition: str, names: dict[str, str]) -> str:
    """Pandas' query syntax as Python's: names in backticks replaced, ``&`` and ``|`` bound as loosely as ``and`` and ``or``."""
    pieces = condition.split("`")
    if len(pieces) % 2 == 0:
        raise NotUnderstood("the row_condition has an unpaired backtick")
    for place in range(1, len(pieces), 2):
        stand_in = f"_column_{place}_"
        names[stand_in] = pieces[place]
        pieces[place] = stand_in
    tokens = tokenize.generate_tokens(io.StringIO("".join(pieces)).readline)
    return tokenize.untokenize(
        (tokenize.NAME, f" {_WORDS[token.string]} ") if token.string in _WORDS else (token.type, token.string)
        for token in tokens
        if token.type not in (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT)
    )


class _Translation:
    def __init__(self, columns: Mapping[str, Operand], names: Mapping[str, str]) -> None:
        self._columns = columns
        self._names = names

    def boolean(self, node: ast.expr) -> str:
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return "(" + " AND ".join(self.boolean(value) for value in values) + ")"
            case ast.BoolOp(op=ast.Or(), values=values):
                return "(" + " OR ".join(self.boolean(value) for value in values) + ")"
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                return f"(NOT {self.boolean(operand)})"
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                sides = [left, *comparators]
                parts = [self._comparison(sides[i], op, sides[i + 1]) for i, op in enumerate(ops)]
                return "(" + " AND ".join(parts) + ")"
            case ast.Call(func=ast.Attribute(value=value, attr=attribute), args=[], keywords=[]) if (
                attribute in _NULLNESS
            ):
                return f"({self._column(value).sql} {_NULLNESS[attribute]})"
            case ast.Constant(value=bool() as value):
                return "TRUE" if value else "FALSE"
            case ast.Name():
                column = self._column(node)
                if column.kind is Kind.BOOLEAN:
                    return f"coalesce({column.sql}, FALSE)"
        raise NotUnderstood("the row_condition holds more than comparisons of columns with constants; simplify it")

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        if isinstance(op, ast.In | ast.NotIn):
            column = self._column(left)
            held = members(self._list(right), column.kind)
            inside = f"coalesce({column.sql} IN ({', '.join(held)}), FALSE)" if held else "FALSE"
            return inside if isinstance(op, ast.In) else f"(NOT {inside})"
        if self._is_column(left) and self._is_column(right):
            return self._compared(self._column(left), op, self._column(right).sql)
        if self._is_column(right):
            left, right = right, left
            op = _FLIPPED.get(type(op), type(op))()
        column, value = self._column(left), self._constant(right)
        if isinstance(value, list):
            return self._comparison(left, ast.In() if isinstance(op, ast.Eq) else ast.NotIn(), right)
        try:
            other = literal(value, column.kind)
        except NotComparable as error:
            if isinstance(op, ast.Eq | ast.NotEq):
                return "FALSE" if isinstance(op, ast.Eq) else "TRUE"
            raise NotUnderstood(f"the row_condition compares what does not compare ({error})") from error
        return self._compared(column, op, other)

    def _compared(self, column: Operand, op: ast.cmpop, other: str) -> str:
        if isinstance(op, ast.Eq):
            return f"coalesce({column.sql} = {other}, FALSE)"
        if isinstance(op, ast.NotEq):
            return f"coalesce({column.sql} <> {other}, TRUE)"
        if type(op) in _ORDER:
            return f"coalesce({column.sql} {_ORDER[type(op)]} {other}, FALSE)"
        raise NotUnderstood("the row_condition uses a comparison that is not understood; use == != < <= > >= in")

    def _is_column(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id not in ("True", "False", "None")

    def _column(self, node: ast.expr) -> Operand:
        if not isinstance(node, ast.Name):
            raise NotUnderstood("the row_condition compares something that is no column; simplify it")
        name = self._names.get(node.id, node.id)
        if name not in self._columns:
            raise NotUnderstood(f"the row_condition names column {name!r}, which is not in the data")
        return self._columns[name]

    def _list(self, node: ast.expr) -> list[Any]:
        value = self._constant(node)
        return value if isinstance(value, list) else [value]

    def _constant(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value) if not isinstance(value, bytes | complex) and value is not ...:
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return [self._constant(item) for item in items]
        raise NotUnderstood("the row_condition compares with something that is no constant; simplify it")
