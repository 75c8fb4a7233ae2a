"""``search``, ``assets history``, ``scores --compare``: what is where, how it was judged, and why a score changed."""

import json

import click
import pytest

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.ports import ContractProblem, ContractReading
from data_management.domain.models import gain_in_words
from data_management.errors import Unavailable
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.moments import moments
from data_management_tests.examples import examination, in_range, not_null, orders, rows_check
from data_management_tests.unit.presentation.backend import FakeBackend, Shell

WORSE = examination(rows_check(not_null(), 0, 100), rows_check(in_range(), 40, 100))
"""A rule that is not critical found rows."""


@pytest.fixture
def fallen(shell: Shell) -> Shell:
    """A file that was good, then became worse: two versions, two scores, a minute apart."""
    world = shell.backend.world
    world.app.run(RegisterDatasetCommand(world.dataset))
    world.drop("a.csv")
    world.look_and_run("1")
    world.clock.advance(seconds=60)
    world.engine.outcomes = {"a.csv": WORSE}
    world.drop("a.csv", "v2")
    world.look_and_run("2")
    return shell


def test_contributions_sum_to_the_difference_of_the_scores(fallen: Shell) -> None:
    later, earlier = fallen("scores", "orders", "--format", "json").json
    found = fallen("scores", "orders", "--compare", earlier["at"], later["at"], "--format", "json").json
    assert (found["earlier"], found["later"]) == (earlier, later)
    assert found["difference"] < 0
    assert sum(each["points"] for each in found["contributions"]) == pytest.approx(found["difference"])
    lines = fallen("scores", "orders", "--compare", earlier["at"], "now", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["rule"] for line in lines] == ["amount.range", "id.required"]
    table = fallen("scores", "orders", "--compare", earlier["at"], "now").out
    assert "together" in table
    assert gain_in_words(found["difference"]) in table


def test_the_table_names_the_verdicts_and_counts_the_rules_that_did_not_change(fallen: Shell) -> None:
    later, earlier = fallen("scores", "orders", "--format", "json").json
    title = fallen("scores", "orders", "--compare", earlier["at"], "now").out.splitlines()[0]
    assert title.startswith("orders: pass 100.0 of ")
    assert f" → {later['verdict']} " in title
    same = fallen("scores", "orders", "--compare", "now", "now").out
    assert "id.required" not in same
    assert same.splitlines()[-1] == "2 rules unchanged"


def test_a_score_is_found_by_the_time_that_the_table_shows(fallen: Shell) -> None:
    fallen.backend.world.clock.advance(seconds=0.75)
    fallen.backend.world.drop("b.csv")
    fallen.backend.world.look_and_run("3")
    newest = fallen("scores", "orders", "--format", "json").json[0]
    shown = newest["at"].partition(".")[0]
    assert shown in fallen("scores", "orders").out
    found = fallen("scores", "orders", "--compare", shown, "now", "--format", "json").json
    assert found["earlier"] == newest


def test_scores_of_two_plans_are_said_to_be_so(fallen: Shell) -> None:
    world = fallen.backend.world
    first = fallen("scores", "orders", "--format", "json").json[0]
    world.dataset = orders(not_null(), in_range(), not_null("other"), version="2.0.0")
    world.clock.advance(seconds=60)
    world.drop("c.csv")
    world.look_and_run("3")
    said = fallen("scores", "orders", "--compare", first["at"], "now")
    assert said.code == 0
    assert "the plans differ" in said.err


def test_a_moment_before_all_scores_is_said_to_have_none(fallen: Shell) -> None:
    said = fallen("scores", "orders", "--compare", "2001-01-01", "now")
    assert said.code == 2
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-31", "2026-01-31T23:59:59.999999+00:00"),
        ("2026-01-31T06:00", "2026-01-31T06:00:59.999999+00:00"),
        ("2026-01-31 06:00:01Z", "2026-01-31T06:00:01.999999+00:00"),
        ("2026-01-31T06:00:01.5+02:00", "2026-01-31T04:00:01.500000+00:00"),
    ],
)
def test_a_moment_is_all_of_what_is_written(written: str, meant: str) -> None:
    context = click.Context(click.Command("scores"))
    found = moments(context, click.Option(["--compare"]), (written, "now"))
    assert found is not None
    assert found[0] is not None
    assert (found[0].isoformat(timespec="microseconds"), found[1]) == (meant, None)


@pytest.mark.parametrize("written", ["", "yesterday", "2026-02-30", "9999-12-31", "1700000000", "2026-01-31T25:00"])
def test_what_is_no_moment_is_wrong_usage(fallen: Shell, written: str) -> None:
    said = fallen("scores", "orders", "--compare", written, "now")
    assert said.code == 2
    assert "write for instance 2026-01-31" in said.err


def test_a_history_tells_all_versions_also_those_that_are_no_more(fallen: Shell) -> None:
    world = fallen.backend.world
    world.engine.outcomes = {"a.csv": "a.csv is empty"}
    world.drop("a.csv", "v3")
    world.look_and_run("3")
    found = fallen("assets", "history", "file:///landing/orders/a.csv", "--format", "json").json
    assert [(each["version_token"], each["status"], each["reason"]) for each in found] == [
        ("v3", "rejected", "a.csv is empty"),
        ("v2", "superseded", None),
        ("v1", "superseded", None),
    ]
    assert [each["validation"] and each["validation"]["verdict"] for each in found] == [None, "warn", "pass"]
    by_id = fallen("assets", "history", found[2]["id"], "--format", "json", "--limit", "2").json
    assert by_id == found[:2]
    assert "amount.range" in fallen("assets", "history", found[2]["id"]).out
    unknown = fallen("search", "nothing-like-it", "at all")
    assert (unknown.code, unknown.out, unknown.err) == (0, "", "nothing found for 'nothing-like-it at all'\n")
    assert "The first 1" in fallen("assets", "history", found[2]["id"], "--limit", "1").err
    header = fallen("assets", "history", found[2]["id"], "--format", "csv").out.splitlines()[0]
    assert "validation.score.value" in header.split(",")


def test_a_history_of_what_never_was_is_not_found(fallen: Shell) -> None:
    said = fallen("assets", "history", "file:///landing/orders/never.csv")
    assert said.code == 2
    assert "knows nothing of file:///landing/orders/never.csv" in said.err


def test_a_search_finds_datasets_before_files(fallen: Shell) -> None:
    found = fallen("search", "orders", "--format", "json").json
    assert [each["kind"] for each in found] == ["dataset", "data_asset"]
    assert fallen("search", "orders", "a.csv", "--kind", "data_asset", "--format", "json").json[0]["name"] == "a.csv"
    assert fallen("search", "nothing-like-it", "--format", "json").json == []
    assert "The first 1" in fallen("search", "orders", "--limit", "1").err
    assert fallen("search").code == 2


def test_completion_never_complains(fallen: Shell) -> None:
    root = click.Context(click.Command("data-management"), obj=fallen.backend)
    assert complete_dataset(root, click.Argument(["name"]), "ord") == ["orders"]
    root.obj = FakeBackend(broken=Unavailable("the catalog does not answer"))
    assert complete_dataset(root, click.Argument(["name"]), "ord") == []


@pytest.mark.parametrize("call", ["assets list", "scores orders", "events tail", "datasets files orders", "search x"])
def test_a_limit_beyond_all_numbers_is_wrong_usage(shell: Shell, call: str) -> None:
    said = shell(*call.split(), "--limit", "99999999999999999999")
    assert said.code == 2
    assert "is not in the range" in said.err


def test_a_run_says_all_that_is_wrong_with_the_files_that_declare_a_dataset(shell: Shell) -> None:
    def broken(file: str, problem: str) -> ContractReading:
        return ContractReading(
            file, problems=(ContractProblem(file, "kind", problem, "correct it"),), names=("orders",)
        )

    shell.backend.readings = (broken("bad.yaml", "it is no DataContract"), broken("good.yaml", "declared already"))
    said = shell("run")
    assert said.code == 2
    assert "it is no DataContract" in said.err
    assert "declared already" in said.err
