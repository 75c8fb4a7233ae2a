"""The command line: what it prints, how it exits, how it fails."""

import json
from pathlib import Path

import pytest

from data_management.application.ports import ContractProblem, ContractReading
from data_management.errors import Unavailable
from data_management_tests.examples import clean, dirty, in_range, not_null, orders, text_rule
from data_management_tests.unit.presentation.backend import Shell

PROBLEM = ContractProblem("orders.yaml", "schema[0]", "there is no metric 'nul'", "use nullValues", 7)


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one stands, with some files."""
    folder = tmp_path_factory.mktemp("here")
    (folder / "in").mkdir()
    for name in ("a.csv", "b.csv", "b c.csv", "bad.csv", "broken.csv", "in/a.csv", "in/b.csv"):
        (folder / name).write_text("id\n1\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("here")
class TestValidate:
    def test_jsonl_gives_one_line_per_path_in_order(self, shell: Shell) -> None:
        shell.backend.world.engine.outcomes = {"bad.csv": dirty(3), "broken.csv": "broken.csv: is empty (0 bytes)"}
        said = shell("validate", "a.csv", "broken.csv", "bad.csv", "--contract", "c.yaml", "--format", "jsonl")
        lines = [json.loads(line) for line in said.out.splitlines()]
        assert [(line["path"], line["status"], line["verdict"]) for line in lines] == [
            ("a.csv", "validated", "pass"),
            ("broken.csv", "rejected", None),
            ("bad.csv", "validated", "fail"),
        ]
        assert said.code == 1
        assert lines[1]["reason"] == "broken.csv: is empty (0 bytes)"
        assert lines[2]["score"] == {
            "value": pytest.approx(98.5),
            "lower": pytest.approx(98.5),
            "upper": pytest.approx(98.5),
            "coverage": 1.0,
            "dimensions": {"completeness": pytest.approx(97.0), "conformity": 100.0},
        }
        assert lines[2]["columns"] == [{"name": "id", "type": "BIGINT", "stored_type": None}]
        assert lines[2]["checks"][0] == {
            "rule": "id.required",
            "expectation": "expect_column_values_to_not_be_null",
            "column": "id",
            "dimension": "completeness",
            "severity": "critical",
            "success": False,
            "errored": False,
            "evaluated": 100,
            "unexpected": 3,
            "observed": None,
            "error": None,
            "engine": None,
            "samples": [],
            "gx_result": None,
        }

    def test_without_a_contract_there_are_no_rules_and_no_score(self, shell: Shell) -> None:
        said = shell("validate", "a.csv", "--format", "json")
        (file,) = said.json
        assert (file["status"], file["rows"], file["score"], file["verdict"]) == ("validated", 100, None, None)
        assert said.code == 0

    def test_a_rejected_file_alone_exits_with_three(self, shell: Shell) -> None:
        shell.backend.world.engine.otherwise = "a.csv: is empty (0 bytes)"
        said = shell("validate", "a.csv")
        assert said.code == 3
        assert "a.csv was rejected: a.csv: is empty (0 bytes)" in said.err

    def test_paths_may_come_from_a_list(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "list").write_text("a.csv\n\nb c.csv\n")
        said = shell("validate", "--files-from", str(tmp_path / "list"), "--format", "jsonl")
        assert [json.loads(line)["path"] for line in said.out.splitlines()] == ["a.csv", "b c.csv"]

    def test_one_line_is_one_path_whatever_is_in_it(self, shell: Shell, tmp_path: Path, here: Path) -> None:
        names = ["a\x0bb.csv", "c\u2028d.csv", "e\x85f.csv"]
        for name in names:
            (here / name).touch()
        (tmp_path / "list").write_text("\n".join(names), encoding="utf-8")
        said = shell("validate", "--files-from", str(tmp_path / "list"), "--format", "jsonl")
        assert [json.loads(line)["path"] for line in said.out.splitlines()] == names

    def test_no_path_is_wrong_usage(self, shell: Shell) -> None:
        said = shell("validate")
        assert said.code == 2
        assert "name at least one PATH" in said.err

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("nope.csv", "there is no file nope.csv; check the name, and the folder where you stand: "),
            ("/nowhere/nope.csv", "there is no file /nowhere/nope.csv"),
            ("a.csv/nope.csv", "there is no file a.csv/nope.csv"),
            ("file:///nowhere/nope.csv", "there is no file file:///nowhere/nope.csv"),
            ("file://nope", "file://nope"),
            ("in/*.parquet", "no file matches in/*.parquet; leave patterns to the shell, or name the folder"),
            ("x" * 300 + ".csv", "File name too long"),
            ("empty", "folder empty holds no CSV"),
            ("-", "write it to a file"),
            ("", "a file's name is empty"),
        ],
    )
    @pytest.mark.parametrize("command", [["validate"], ["contract", "suggest"]])
    def test_what_is_not_there_is_wrong_usage_before_anything_is_read(
        self, shell: Shell, here: Path, command: list[str], path: str, words: str
    ) -> None:
        (here / "empty").mkdir()
        said = shell(*command, "a.csv", path)
        assert (said.code, said.out) == (2, "")
        assert words in said.err
        assert len(said.err.splitlines()) == 1
        assert shell.backend.world.engine.requests == []

    def test_a_list_may_hold_what_no_path_holds(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "list").write_bytes(b"a\0b.csv\n")
        said = shell("validate", "--files-from", str(tmp_path / "list"))
        assert (said.code, said.err.startswith("error: there is no file a\\x00b.csv")) == (2, True)

    def test_a_list_that_is_not_there_is_named(self, shell: Shell) -> None:
        said = shell("validate", "--files-from", "nowhere.txt")
        assert said.code == 2
        assert "--files-from nowhere.txt: No such file" in said.err

    def test_a_broken_contract_says_file_place_problem_and_fix(self, shell: Shell) -> None:
        shell.backend.readings = (ContractReading("orders.yaml", problems=(PROBLEM,), names=("orders",)),)
        said = shell("validate", "a.csv", "--contract", "orders.yaml")
        assert said.code == 2
        assert "orders.yaml:7 at schema[0]: there is no metric 'nul'; use nullValues" in said.err

    def test_several_datasets_need_a_choice(self, shell: Shell) -> None:
        reading = ContractReading("c.yaml", (orders(), orders(name="returns")))
        shell.backend.readings = (reading,)
        said = shell("validate", "a.csv", "--contract", "c.yaml")
        assert said.code == 2
        assert "declares orders, returns; choose one with --dataset NAME" in said.err
        assert shell("validate", "a.csv", "--contract", "c.yaml", "--dataset", "returns").code == 0
        assert "declares no dataset 'x'" in shell("validate", "a.csv", "--contract", "c.yaml", "--dataset", "x").err

    def test_a_dataset_without_its_contract_is_wrong_usage(self, shell: Shell) -> None:
        assert shell("validate", "a.csv", "--dataset", "orders").code == 2

    def test_every_problem_of_a_contract_has_a_line_of_its_own(self, shell: Shell) -> None:
        shell.backend.readings = (ContractReading("orders.yaml", problems=(PROBLEM, PROBLEM), names=("orders",)),)
        said = shell("validate", "a.csv", "--contract", "orders.yaml")
        assert len(said.err.splitlines()) == 2

    def test_the_engine_is_closed_whatever_happens(self, shell: Shell) -> None:
        shell.backend.world.engine.otherwise = Unavailable("Great Expectations cannot be imported; reinstall")
        said = shell("validate", "a.csv")
        assert said.code == 4
        assert shell.backend.world.engine.closed

    def test_a_rule_that_cannot_be_run_is_shown_and_fails_nothing(self, shell: Shell) -> None:
        shell.backend.world.dataset = orders(not_null(), in_range(), text_rule())
        said = shell("validate", "a.csv", "--contract", "c.yaml", "--format", "json")
        (check,) = [check for check in said.json[0]["checks"] if check["rule"] == "explained"]
        assert (check["success"], check["errored"], check["error"]) == (
            None,
            False,
            "not run: a text rule is for people",
        )
        assert said.code == 0
        assert "explained" not in shell("validate", "a.csv", "--contract", "c.yaml").out

    def test_the_table_shows_what_failed(self, shell: Shell) -> None:
        shell.backend.world.engine.otherwise = dirty(3)
        said = shell("validate", "a.csv", "--contract", "c.yaml")
        assert "id.required" in said.out
        assert "98.5" in said.out


class TestRun:
    def test_one_pass_from_landing_to_catalog(self, shell: Shell) -> None:
        world = shell.backend.world
        world.drop("a.csv")
        said = shell("run", "--format", "json")
        (dataset,) = said.json
        assert said.code == 0
        assert (dataset["dataset"], dataset["arrived"], dataset["verdict"]) == ("orders", 1, "pass")
        assert world.statuses() == {"a.csv": ["accepted"]}

    def test_a_second_pass_finds_nothing_new(self, shell: Shell) -> None:
        shell.backend.world.drop("a.csv")
        shell("run")
        said = shell("run")
        assert said.code == 0
        assert "nothing new" in said.out
        assert "remark" in said.out

    def test_exit_codes_follow_the_worst(self, shell: Shell) -> None:
        world = shell.backend.world
        world.engine.outcomes = {"broken.csv": "broken.csv: is empty", "bad.csv": dirty(1)}
        world.drop("a.csv")
        world.drop("broken.csv")
        assert shell("run").code == 3
        world.files.remove("file:///landing/orders/a.csv")
        other = Shell(shell._capsys)
        other.backend.world.engine.outcomes = {"bad.csv": dirty(1)}
        other.backend.world.drop("bad.csv")
        assert other("run").code == 1

    def test_a_broken_contract_does_not_keep_the_others_from_running(self, shell: Shell) -> None:
        broken = ContractReading("bad.yaml", problems=(PROBLEM,), names=("returns",))
        shell.backend.readings = (broken, ContractReading("orders.yaml", (orders(),)))
        shell.backend.world.drop("a.csv")
        said = shell("run")
        assert said.code == 2
        assert "orders.yaml:7" in said.err
        assert shell.backend.world.statuses() == {"a.csv": ["accepted"]}

    def test_a_dataset_that_cannot_be_run_does_not_keep_the_others_from_running(self, shell: Shell) -> None:
        world = shell.backend.world
        lost = orders(name="lost")
        shell.backend.readings = (ContractReading("c.yaml", (lost, orders())),)
        answers = iter([Unavailable("no worker starts; see the log")])
        world.engine.outcomes = lambda _: next(answers, clean())
        world.drop("a.csv")
        said = shell("run", "--format", "json")
        assert said.code == 4
        assert [(run["dataset"], run["error"]) for run in said.json] == [
            ("lost", "no worker starts; see the log"),
            ("orders", None),
        ]

    def test_an_unknown_dataset_is_answered_with_the_known_ones(self, shell: Shell) -> None:
        said = shell("run", "--dataset", "order")
        assert said.code == 2
        assert "declared are: orders" in said.err

    def test_no_contracts_folder_is_said(self, shell: Shell) -> None:
        shell.backend.readings = ()
        assert "there is no folder contracts" in shell("run").err


class TestCatalog:
    @pytest.fixture(autouse=True)
    def _judged(self, shell: Shell) -> None:
        world = shell.backend.world
        world.engine.outcomes = {"bad.csv": dirty(3), "broken.csv": "broken.csv: is empty"}
        for name in ("a.csv", "bad.csv", "broken.csv"):
            world.drop(name)
        shell("run")

    def test_assets_as_json_have_location_dataset_status_reason_verdict_score(self, shell: Shell) -> None:
        found = {
            asset["location"].rpartition("/")[2]: asset for asset in shell("assets", "list", "--format", "json").json
        }
        assert found["a.csv"]["score"]["value"] == 100.0
        assert [found["a.csv"][key] for key in ("dataset", "status", "reason", "verdict")] == [
            "orders",
            "accepted",
            None,
            "pass",
        ]
        assert [found["bad.csv"][key] for key in ("status", "verdict")] == ["quarantined", "fail"]
        assert [found["broken.csv"][key] for key in ("status", "reason", "score")] == [
            "rejected",
            "broken.csv: is empty",
            None,
        ]

    def test_assets_can_be_chosen_by_status(self, shell: Shell) -> None:
        assert [a["status"] for a in shell("assets", "list", "--status", "rejected", "--format", "json").json] == [
            "rejected"
        ]

    def test_an_asset_is_found_by_uri_and_by_id(self, shell: Shell) -> None:
        by_uri = shell("assets", "show", "file:///landing/orders/bad.csv", "--format", "json").json
        by_id = shell("assets", "show", by_uri["id"], "--format", "json").json
        assert by_uri == by_id
        assert by_uri["validations"][0]["checks"][0]["unexpected"] == 3
        assert "id.required" in shell("assets", "show", by_uri["id"]).out

    def test_datasets_and_scores(self, shell: Shell) -> None:
        (dataset,) = shell("datasets", "list", "--format", "json").json
        assert dataset["files"] == {"pending": 0, "accepted": 1, "quarantined": 1, "rejected": 1, "rows": 100}
        detail = shell("datasets", "show", "orders", "--format", "json").json
        assert {total["rule"]: total["unexpected"] for total in detail["totals"]} == {
            "id.required": 3,
            "amount.range": 0,
        }
        assert "measured" in shell("datasets", "show", "orders").out
        (point,) = shell("scores", "orders", "--format", "json").json
        assert point["verdict"] == "warn"
        for call in (["datasets", "list"], ["datasets", "show", "orders"], ["scores", "orders"], ["assets", "list"]):
            said = shell(*call)
            assert said.code == 0
            assert "orders" in said.out

    def test_the_rules_of_a_score_are_shown_as_they_were_defined(self, shell: Shell) -> None:
        (point,) = shell("scores", "orders", "--format", "json").json
        assert point["plan_changed"] is False
        (plan,) = shell("datasets", "plan", "orders", "--format", "json").json
        assert plan["present"] is True
        same = shell("datasets", "plan", "orders", point["plan"][:7], "--format", "json").json
        assert same == plan
        assert [rule["rule"] for rule in plan["rules"]] == ["id.required", "amount.range"]
        assert plan["rules"][1]["expectations"] == [
            {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", "min_value": 0}}
        ]
        assert plan["plan"][:12] in shell("datasets", "plan", "orders").out
        assert "id.required" in shell("datasets", "plan", "orders", plan["plan"]).out
        said = shell("datasets", "plan", "orders", "nope")
        assert said.code == 2
        assert f"never judged by a plan 'nope'; it was by: {plan['plan'][:12]}" in said.err

    def test_a_score_of_a_changed_contract_is_marked(self, shell: Shell) -> None:
        shell.backend.world.dataset = orders(not_null(), version="2.0.0")
        assert shell("run").code == 1
        new, old = shell("scores", "orders", "--format", "json").json
        assert (new["plan_changed"], old["plan_changed"]) == (True, False)
        assert f"{new['plan'][:7]}, new" in " ".join(shell("scores", "orders").out.split())

    @pytest.mark.parametrize(
        "call",
        [["datasets", "show", "x"], ["scores", "x"], ["assets", "list", "--dataset", "x"], ["assets", "show", "x"]],
    )
    def test_what_is_not_there_is_named(self, shell: Shell, call: list[str]) -> None:
        said = shell(*call)
        assert said.code == 2
        assert "'x'" in said.err


class TestErrors:
    def test_an_unavailable_component_exits_with_four(self, shell: Shell) -> None:
        shell.backend.broken = Unavailable("catalog c.db is locked; try again")
        said = shell("datasets", "list")
        assert (said.code, said.err) == (4, "error: catalog c.db is locked; try again\n")
        assert shell("db", "check").code == 4

    def test_no_traceback_reaches_a_user(self, shell: Shell) -> None:
        shell.backend.broken = RuntimeError("boom")
        said = shell("datasets", "list")
        assert said.code == 4
        assert "internal error: RuntimeError: boom" in said.err
        assert "Traceback" not in said.err

    @pytest.mark.parametrize("call", [["nonsense"], ["run", "--format", "xml"], ["assets", "list", "--limit", "0"]])
    def test_wrong_usage_exits_with_two(self, shell: Shell, call: list[str]) -> None:
        assert shell(*call).code == 2

    def test_ctrl_c_is_one_line(self, shell: Shell) -> None:
        shell.backend.broken = KeyboardInterrupt()  # type: ignore[assignment]
        said = shell("datasets", "list")
        assert said.code == 130
        assert said.err.splitlines()[-1] == "error: interrupted"

    def test_names_from_files_cannot_forge_output(self, shell: Shell) -> None:
        shell.backend.world.dataset = orders(not_null("a\x1b[31m[bold]b"), in_range())
        shell.backend.world.engine.otherwise = clean(not_null("a\x1b[31m[bold]b"), in_range())
        shell.backend.world.drop("x.csv")
        shell("run")
        said = shell("datasets", "show", "orders")
        assert "\x1b[31m" not in said.out
        assert "a\\x1b[31m[bold]b" in said.out

    def test_the_database_commands_answer(self, shell: Shell) -> None:
        assert "is now at" in shell("db", "upgrade").out
        assert "has the current schema" in shell("db", "check").out


@pytest.mark.usefixtures("here")
class TestContractSuggest:
    def test_the_engine_looks_first_and_counts_then(self, shell: Shell) -> None:
        shell.backend.world.engine.otherwise = clean()
        said = shell("contract", "suggest", "in/a.csv", "in/b.csv", "--landing", "in/*.csv")
        assert said.code == 0
        assert said.out.startswith("contract in for in/*.csv:")
        assert [request.values for request in shell.backend.world.engine.requests] == [True, True, False, False]
        assert shell.backend.world.engine.closed

    def test_a_file_that_cannot_be_read_is_said_and_left_out(self, shell: Shell) -> None:
        shell.backend.world.engine.outcomes = {"b.csv": "b.csv is empty"}
        shell.backend.world.engine.otherwise = clean()
        said = shell("contract", "suggest", "a.csv", "b.csv", "--name", "ab", "--format", "json")
        assert said.code == 0
        assert (said.json["name"], said.json["files"], said.json["rejected"]) == (
            "ab",
            1,
            [{"path": "b.csv", "reason": "b.csv is empty"}],
        )
        assert "left out: b.csv is empty" in said.err
        assert shell("contract", "suggest", "b.csv").code == 3

    def test_what_exists_is_replaced_by_force_alone(self, shell: Shell, tmp_path: Path) -> None:
        shell.backend.world.engine.otherwise = clean()
        output = tmp_path / "c.yaml"
        output.write_text("mine")
        said = shell("contract", "suggest", "a.csv", "--output", str(output))
        assert (said.code, output.read_text()) == (2, "mine")
        assert not shell.backend.world.engine.requests
        assert shell("contract", "suggest", "a.csv", "--output", str(output), "--force").code == 0
        assert output.read_text().startswith("contract a for None")
        assert [path.name for path in tmp_path.iterdir()] == ["c.yaml"]

    def test_an_output_that_cannot_be_written_is_named(self, shell: Shell, tmp_path: Path) -> None:
        shell.backend.world.engine.otherwise = clean()
        said = shell("contract", "suggest", "a.csv", "--output", str(tmp_path / "nowhere" / "c.yaml"))
        assert said.code == 2
        assert "--output" in said.err
