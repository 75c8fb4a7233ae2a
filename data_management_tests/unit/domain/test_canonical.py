"""The hashes that catalogs keep: another one has every file of every catalog judged again."""

from dataclasses import dataclass, fields, make_dataclass, replace

import pytest

from data_management.domain.models import (
    BadRows,
    ColumnSpec,
    Dataset,
    Dimension,
    FileFormat,
    OnFail,
    QualityGate,
    ReadOptions,
    Revalidate,
    Revalidation,
    ScorePolicy,
)
from data_management.domain.models.canonical import canonical_hash, declared
from data_management.orchestration.pinning import fingerprint
from data_management_tests.examples import LANDING, in_range, not_null, orders

PLAIN = orders()
RICH = replace(
    PLAIN,
    columns=(ColumnSpec("id", "integer"), ColumnSpec("at", "date", date_format="%d.%m.%Y")),
    landing=replace(
        LANDING, options=ReadOptions(FileFormat.CSV, ";", "cp1252", bad_rows=BadRows.COUNT, max_bad_rows=3)
    ),
    policy=ScorePolicy(
        ((Dimension.ACCURACY, 2.0),), QualityGate(80.0, ((Dimension.COMPLETENESS, 99.0),)), OnFail.BLOCK, 4
    ),
)
EVERY_VERSION = replace(PLAIN, revalidation=Revalidation(Revalidate.ALL, most_seconds=60.0))


@pytest.mark.parametrize(
    ("dataset", "plan", "pinned"),
    [
        (PLAIN, "2546ea36325fdaaacd23242d9ae24506464b3412facb1e7ca376ad2f6a43a19a", "9396d70be2fad059"),
        (RICH, "6f48b2b03275d31fbdb464b0c33a86ef4ee543bd6ec84b66695f08a6e9478602", "8332c6d777af2c36"),
        (EVERY_VERSION, "8fa4dca5aa61f5e6d8aa51a6b8564e22524246d32d9d80a26d84697a048c39c6", "03bd7cd7c2e0633c"),
    ],
)
def test_hashes_are_those_of_the_catalogs_that_are_there(dataset: Dataset, plan: str, pinned: str) -> None:
    assert (dataset.plan_hash, fingerprint(dataset)) == (plan, pinned)


def test_the_order_of_rules_does_not_matter_and_their_names_do() -> None:
    assert orders(in_range(), not_null()).plan_hash == PLAIN.plan_hash
    assert orders(not_null("other name"), in_range()).plan_hash != PLAIN.plan_hash


def test_a_field_that_is_new_changes_no_hash_until_a_contract_sets_it() -> None:
    options = ReadOptions(FileFormat.CSV, delimiter=";")
    names = [(field.name, object, field.default) for field in fields(ReadOptions)]
    grown = make_dataclass("Grown", [(name, kind, default) for name, kind, default in names] + [("quote", str, '"')])
    values = {name: getattr(options, name) for name, _, _ in names}
    assert canonical_hash(declared(grown(**values))) == canonical_hash(declared(options))
    assert canonical_hash(declared(grown(**values, quote="'"))) != canonical_hash(declared(options))


def test_the_defaults_that_hashes_leave_out_are_as_they_were() -> None:
    """Whoever changes one raises the version in the hashed document: files were judged by the old one."""
    left_out = {field.name: field.default for kind in (ReadOptions, ScorePolicy, QualityGate) for field in fields(kind)}
    assert left_out == {
        "format": None,
        "delimiter": None,
        "encoding": None,
        "header": None,
        "bad_rows": BadRows.REJECT,
        "max_bad_rows": None,
        "sheet": None,
        "dimension_weights": (),
        "gate": QualityGate(),
        "on_fail": OnFail.QUARANTINE,
        "max_quarantined": None,
        "min_score": None,
        "min_dimensions": (),
    }


def test_what_has_no_default_is_always_declared() -> None:
    @dataclass(frozen=True)
    class Point:
        x: int
        y: int = 0

    assert declared((Point(0), Point(1, 2))) == [{"x": 0}, {"x": 1, "y": 2}]
