"""The 29 rules that every contender checks, told once and in no engine's words; and what an engine answers."""

from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS = {
    "l_orderkey": "BIGINT",
    "l_partkey": "BIGINT",
    "l_suppkey": "BIGINT",
    "l_linenumber": "INTEGER",
    "l_quantity": "DOUBLE",
    "l_extendedprice": "DOUBLE",
    "l_discount": "DOUBLE",
    "l_tax": "DOUBLE",
    "l_returnflag": "VARCHAR",
    "l_linestatus": "VARCHAR",
    "l_shipdate": "DATE",
    "l_commitdate": "DATE",
    "l_receiptdate": "DATE",
    "l_shipinstruct": "VARCHAR",
    "l_shipmode": "VARCHAR",
    "l_comment": "VARCHAR",
}
"""Lineitem's columns in their order, with DuckDB's names of the types; doubles are DECIMAL(15,2) in the decimal tables."""

KEY = ("l_orderkey", "l_linenumber")
PATTERN = "^[A-Za-z ,.:;!?'-]+$"


@dataclass(frozen=True)
class Rule:
    """`kind` says which of the other fields count. Nulls break `not_null` alone; bounds are inclusive."""

    kind: str
    columns: tuple[str, ...] = ()
    low: float | int = 0
    high: float | int = 0
    values: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind} {'+'.join(self.columns)}".strip()

    @property
    def column(self) -> str:
        return self.columns[0]


@dataclass(frozen=True)
class Answer:
    """What an engine says of one rule; `failed` counts rows, and is None where the engine does not count them so."""

    success: bool
    failed: int | None = None


Answers = Mapping[str, Answer]
"""By the rules' names."""


def rules_for(rows: int) -> tuple[Rule, ...]:
    """The rules for a table of that many rows. Two fail in every table: ships by air, and quantities of 50."""
    return (
        *(Rule("not_null", (column,)) for column in COLUMNS),
        Rule("unique", KEY),
        Rule("in_set", ("l_returnflag",), values=("A", "N", "R")),
        Rule("in_set", ("l_linestatus",), values=("F", "O")),
        Rule("in_set", ("l_shipmode",), values=("FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK")),
        Rule("between", ("l_quantity",), low=1, high=49),
        Rule("between", ("l_extendedprice",), low=900, high=105_000),
        Rule("between", ("l_discount",), low=0, high=0.1),
        Rule("between", ("l_tax",), low=0, high=0.08),
        Rule("regex", ("l_comment",), pattern=PATTERN),
        Rule("length", ("l_comment",), low=10, high=43),
        Rule("mean", ("l_quantity",), low=23, high=28),
        Rule("rows", low=rows),
        Rule("greater", ("l_receiptdate", "l_shipdate")),
    )


def differences(answers: Answers, expected: Answers) -> list[str]:
    """Where two engines do not say the same: verdicts always, counts where both count."""
    found = []
    for name, right in expected.items():
        one = answers.get(name)
        if one is None:
            found.append(f"{name}: not answered")
        elif one.success != right.success:
            found.append(f"{name}: {_verdict(one)}, not {_verdict(right)}")
        elif None not in {one.failed, right.failed} and one.failed != right.failed:
            found.append(f"{name}: {one.failed} rows, not {right.failed}")
    return found


def _verdict(answer: Answer) -> str:
    return "passed" if answer.success else "failed"
