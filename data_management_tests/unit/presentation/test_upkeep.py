"""``prune``."""

import io

import pytest

from data_management.application.ports import ContractReading
from data_management.domain.models import AssetStatus, RuleTotals
from data_management_tests.examples import orders
from data_management_tests.unit.presentation.backend import Shell


@pytest.fixture
def aged(shell: Shell) -> Shell:
    """A catalog with two versions of a file, the older superseded 100 days ago."""
    world = shell.backend.world
    for token in ("v1", "v2"):
        world.drop("a.csv", token)
        assert shell("run").code == 0
    world.clock.advance(days=100)
    return shell


def test_prune_says_what_went(aged: Shell) -> None:
    would = aged("prune", "--older-than", "90d", "--dry-run", "--format", "json")
    assert (would.code, would.json["dry_run"], would.json["assets"], would.json["scores"]) == (0, True, 1, 1)
    assert len(aged("assets", "list", "--all", "--format", "json").json) == 2
    went = aged("prune", "--older-than", "12w", "--format", "json").json
    assert went == would.json | {"dry_run": False, "before": went["before"]}
    (left,) = aged("assets", "list", "--all", "--format", "json").json
    assert left["status"] == "accepted"
    assert "Forgotten: older than" in aged("prune", "--older-than", "36h").out


def test_the_audit_has_an_age_of_its_own(aged: Shell) -> None:
    assert aged("keys", "create", "nightly", "--role", "reader").code == 0
    aged.backend.world.clock.advance(days=100)
    assert aged("prune", "--older-than", "90d", "--format", "json").json["audit"] == 0
    said = aged("prune", "--older-than", "90d", "--audit-older-than", "12w")
    assert "records of the audit older than" in said.out
    (record,) = aged("audit", "--format", "json").json
    assert (record["action"], record["who"].partition("/")[0]) == ("audit.prune", "user")
    assert aged("prune", "--older-than", "90d", "--audit-older-than", "soon").code == 2


def test_what_is_younger_stays(aged: Shell) -> None:
    assert aged("prune", "--older-than", "101d", "--format", "json").json["assets"] == 0


@pytest.mark.parametrize("age", ["90", "0d", "-1d", "90 days", "d", "99999999d", "40000d"])
def test_an_age_that_cannot_be_meant_says_how_to_write_one(shell: Shell, age: str) -> None:
    said = shell("prune", f"--older-than={age}")
    assert said.code == 2
    assert f"'{age}' is not an age; write for instance 90d, 12w or 36h" in said.err


def test_nothing_is_forgotten_without_an_age(shell: Shell) -> None:
    assert shell("prune").code == 2


def test_a_dataset_that_no_contract_declares_retires(aged: Shell) -> None:
    said = aged("datasets", "retire", "orders")
    assert said.code == 2
    assert "contract orders.yaml still declares dataset 'orders'; take it out there first" in said.err
    aged.backend.readings = (ContractReading("others.yaml", (orders(name="others"),)),)
    assert aged("datasets", "retire", "orders").out == "dataset orders is retired now\n"
    assert "is retired since" in aged("datasets", "retire", "orders").out
    assert aged("datasets", "retire", "orders", "--format", "json").json["retired_at"] is not None
    (listed,) = aged("datasets", "list", "--format", "json").json
    assert listed["retired_at"] is not None
    assert aged("datasets", "retire", "nothing").code == 2


def test_a_broken_contract_still_declares_its_datasets(aged: Shell) -> None:
    aged.backend.readings = (ContractReading("orders.yaml", problems=(), names=("orders",)),)
    assert aged("datasets", "retire", "orders").code == 2


def test_erasing_asks_first_and_shows_the_tombstones(aged: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    a = "file:///landing/orders/a.csv"
    for said in (aged("assets", "erase", a, "--yes"), aged("assets", "erase", a)):
        assert (said.code, "still stands" in said.err, "?" in said.out) == (2, True, False)
    unknown = aged("assets", "erase", "file:///landing/orders/none.csv")
    assert (unknown.code, "knows nothing of" in unknown.err, "?" in unknown.out) == (2, True, False)
    aged.backend.world.files.remove(a)
    asked = aged("assets", "erase", a)
    assert asked.code == 130, "nobody answers the question"
    assert f"Erase what the catalog knows of 2 version(s) of {a}?" in asked.out
    erased = aged("assets", "erase", a, "--yes", "--by", "ann", "--format", "json").json
    assert [(each["erased_by"], each["status"]) for each in erased] == [("ann", "superseded"), ("ann", "removed")]
    assert "Erased: 0 version(s) now" in aged("assets", "erase", erased[0]["id"], "--yes").out
    shown = aged("assets", "show", erased[1]["id"])
    assert "by ann" in shown.out
    assert aged("assets", "erase", "file:///landing/orders/none.csv", "--yes").code == 2


def test_an_audit_exits_with_one_where_sums_differ_and_mends_them(aged: Shell) -> None:
    (sound,) = aged("db", "audit", "--format", "json").json
    assert (sound["files"], sound["sound"], sound["mended"], sound["differences"]) == (1, True, False, [])
    assert aged("db", "audit").code == 0
    with aged.backend.world.catalog.unit_of_work() as work:
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [RuleTotals("id.required", 7, 1, failed=1)])
    said = aged("db", "audit")
    assert said.code == 1
    assert (
        "orders: rule 'id.required' over accepted files: stored 107 evaluated, 1 unexpected, 1 passed, 1 failed, "
        "0 errored; counted 100 evaluated, 0 unexpected, 1 passed, 0 failed, 0 errored"
    ) in said.err
    mended = aged("db", "audit", "--mend", "--format", "json")
    assert (mended.code, mended.json[0]["mended"], len(mended.json[0]["differences"])) == (0, True, 1)
    assert aged("db", "audit").code == 0


def test_programs_read_what_schema_the_catalog_has(aged: Shell) -> None:
    assert aged("db", "check", "--format", "json").json == {"catalog": "c.db", "revision": "0001", "upgraded": None}
    assert aged("db", "upgrade", "--format", "json").json == {"catalog": "c.db", "revision": "0001", "upgraded": True}
    assert aged("db", "check").out == "catalog c.db has the current schema (0001)\n"
    assert aged("db", "upgrade").out == "catalog c.db is now at schema 0001\n"


def test_files_that_are_not_here_are_not_said_to_be_missing(aged: Shell) -> None:
    said = aged("validate", "s3://bucket/orders.csv")
    assert (said.code, "s3://bucket/orders.csv is not on this machine" in said.err) == (2, True)
