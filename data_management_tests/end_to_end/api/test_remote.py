"""The command line over a catalog that is served elsewhere: the same calls say the same."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from data_management.application.services import consume_files
from data_management.main import _ContainerBackend
from data_management.presentation.cli import run_cli
from data_management_tests.end_to_end.api.conftest import SECRET_VALUE, application, fill, options
from data_management_tests.end_to_end.api.server import Server, served
from data_management_tests.integration.pipeline.project import Project

WRONG_KEY: Final = f"dmk_{'0' * 16}_{'x' * 43}"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """The real command line, with the project's environment."""

    def __init__(self, server: Server, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        self.server = server
        self.project = project
        self._capsys = capsys

    def here(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        code = run_cli(_ContainerBackend(), list(arguments))
        return Said(code, *self._capsys.readouterr())

    def elsewhere(self, *arguments: str, key: str | None = None, url: str | None = None) -> Said:
        file = self.project.home / "key"
        file.write_text(f"{key or self.server.key('admin', samples=True)}\n")
        return self.here("--url", url or self.server.url, "--api-key-file", str(file), *arguments)


@contextmanager
def shell_of(server: Server, project: Project, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    logger = logging.getLogger("data_management")
    before = (logger.handlers, logger.propagate, logger.level)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOME", str(project.home)), ("SETTLE_SECONDS", "0"), ("LOG_LEVEL", "WARNING")):
            patch.setenv(f"DATA_MANAGEMENT_{name}", value)
        yield Shell(server, project, capsys)
    logger.handlers, logger.propagate = before[:2]
    logger.setLevel(before[2])


@pytest.fixture
def shell(sqlite_server: Server, project: Project, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """Over a catalog that may be changed."""
    with shell_of(sqlite_server, project, capsys) as made:
        yield made


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Project]]:
    project = Project(tmp_path_factory.mktemp("standing"), "orders", "returns")
    with application(project.home) as app:
        fill(app, project)
        with consume_files(app, "orders", "reader", limit=1):
            pass
        with served(app, options=options(project)) as server:
            server.key("admin", samples=True)
            yield server, project


@pytest.fixture
def looking(standing: tuple[Server, Project], capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """Over a catalog that all these tests share, and leave as it is."""
    with shell_of(*standing, capsys) as made:
        yield made


READING: Final = (
    "datasets list",
    "datasets list --owner nobody@example.com",
    "datasets list --declared",
    "datasets failures orders FAILING",
    "datasets show orders",
    "datasets profile orders",
    "datasets plan orders",
    "datasets plan orders PLAN",
    "datasets files orders",
    "datasets files orders --after 1 --limit 1",
    "consumers list",
    "consumers list --dataset orders",
    "consumers show reader orders",
    "assets list",
    "assets list --dataset orders --status quarantined",
    "assets list --all --limit 2",
    "assets show BAD",
    "assets show ID",
    "assets show PATH",
    "assets history BAD",
    "assets history ID",
    "scores orders",
    "scores orders --limit 1",
    "scores orders --compare FIRST now",
    "search bad",
    "search orders --kind dataset --limit 1",
    "events tail",
    "events tail --limit 3",
    "audit --limit 2",
    "audit --who user/nobody",
    "audit --action key.create --since 1d",
)


def named(call: str, shell: Shell) -> list[str]:
    assets = shell.here("assets", "list", "--format", "json").json
    bad = next(each for each in assets if each["location"].endswith("orders/bad.csv"))
    scores = shell.here("scores", "orders", "--format", "json").json
    words = {
        "BAD": bad["location"],
        "ID": bad["id"],
        "PATH": str(shell.project.home / "landing" / "orders" / "bad.csv"),
        "FIRST": scores[-1]["at"],
        "PLAN": scores[0]["plan"],
        "FAILING": shell.here("datasets", "show", "orders", "--format", "json").json["totals"][0]["rule"],
    }
    return [words.get(word, word) for word in call.split()]


@pytest.mark.parametrize("call", READING)
def test_a_reading_command_says_the_same_here_and_elsewhere(looking: Shell, call: str) -> None:
    words = named(call, looking)
    for style in ("json", "csv", "table"):
        here = looking.here(*words, "--format", style)
        there = looking.elsewhere(*words, "--format", style)
        assert (there.code, here.code, there.err) == (0, 0, here.err)
        assert there.out == here.out
        assert here.out.strip()


def test_values_of_the_data_are_shown_elsewhere_only_with_that_permission(looking: Shell) -> None:
    words = named("assets show BAD", looking)
    assert SECRET_VALUE in looking.elsewhere(*words, "--format", "json").out
    assert SECRET_VALUE not in looking.elsewhere(*words, "--format", "json", key=looking.server.key("reader")).out


def test_files_beyond_a_page_of_the_server_come_whole(looking: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_management.presentation.cli.remote._PAGE", 1)
    for call in ("datasets files orders", "events tail --limit 5", "consumers show reader orders"):
        here, there = (say(*call.split(), "--format", "json") for say in (looking.here, looking.elsewhere))
        assert there.out == here.out


def test_a_dataset_is_registered_and_retired_elsewhere(shell: Shell) -> None:
    (shell.project.home / "landing" / "bills").mkdir()
    contract = (shell.project.home / "contracts" / "orders.yaml").read_text().replace("orders", "bills")
    path = shell.project.home / "contracts" / "bills.yaml"
    path.write_text(contract)
    assert shell.elsewhere("datasets", "register", "--dataset", "bills").code == 0
    path.write_text(contract.replace("1.0.0", "2.0.0"))
    assert shell.elsewhere("datasets", "register", "--dataset", "bills").code == 0
    assert shell.here("datasets", "show", "bills", "--format", "json").json["contract_version"] == "2.0.0"
    assert shell.elsewhere("datasets", "retire", "bills").out == "dataset bills is retired now\n"
    assert "already" in shell.elsewhere("datasets", "retire", "bills").out
    records = shell.elsewhere("audit", "--subject", "dataset/bills", "--format", "json").json
    assert [each["action"] for each in records] == ["dataset.retire", "dataset.register", "dataset.register"]
    assert {each["who"].partition("/")[0] for each in records} == {"key"}


@pytest.mark.parametrize("word", ["BAD", "ID"])
def test_what_a_file_held_is_erased_elsewhere(shell: Shell, word: str) -> None:
    (asset,) = named(word, shell)
    said = shell.elsewhere("assets", "erase", asset, "--yes")
    assert said.code == 2
    assert "still stands" in said.err
    (shell.project.home / "landing" / "orders" / "bad.csv").unlink()
    assert "leave out --by" in shell.elsewhere("assets", "erase", asset, "--yes", "--by", "me").err
    (tombstone,) = shell.elsewhere("assets", "erase", asset, "--yes", "--format", "json").json
    assert tombstone["erased_by"].startswith("key/")
    assert shell.here("assets", "show", tombstone["id"], "--format", "json").json["erased_at"] is not None


def test_a_consumer_is_reset_and_forgotten_elsewhere(shell: Shell) -> None:
    with consume_files(shell.server.app, "orders", "reader"):
        pass
    reader, consumer = shell.server.key("reader"), shell.server.key("consumer")
    reset = ("consumers", "reset", "reader", "orders", "--to")
    assert "may not consume" in one_line(shell.elsewhere(*reset, "beginning", key=reader), 2)
    said = shell.elsewhere(*reset, "beginning", key=consumer)
    assert (said.code, said.out) == (0, "consumer reader of dataset orders is at position 0 now\n")
    there = shell.elsewhere(*reset, "end", "--format", "json", key=consumer).json
    (here,) = shell.here("consumers", "list", "--format", "json").json
    assert (there, there["behind"]) == (here, 0)
    assert "position" in one_line(shell.elsewhere(*reset, "99", key=consumer), 2)
    with consume_files(shell.server.app, "orders", "reader"):
        assert "is at work in another process" in one_line(shell.elsewhere(*reset, "beginning", key=consumer), 4)
    forget = ("consumers", "forget", "reader", "orders")
    assert "may not consume" in one_line(shell.elsewhere(*forget, key=reader), 2)
    said = shell.elsewhere(*forget, key=consumer)
    assert (said.code, said.out) == (
        0,
        f"consumer reader of dataset orders is forgotten; it was at position {here['position']}\n",
    )
    assert "no consumer 'reader'" in one_line(shell.elsewhere(*forget, key=consumer), 2)
    audit = shell.elsewhere("audit", "--format", "json").json
    done = [each["action"] for each in audit if each["subject"].startswith("consumer/") and each["outcome"] == "done"]
    assert done == ["consumer.forget", "consumer.reset", "consumer.reset"]


def test_a_file_that_landed_is_registered_elsewhere(shell: Shell) -> None:
    path = shell.project.drop("late.csv")
    context = shell.server.api.state.context
    shell.server.api.state.context = replace(context, options=replace(context.options, settle_seconds=0.0))
    editor, reader = shell.server.key("editor"), shell.server.key("reader")
    register = ("assets", "register", "orders", str(path))
    assert "may not write" in one_line(shell.elsewhere(*register, key=reader), 2)
    said = shell.elsewhere(*register, "--format", "json", key=editor)
    assert said.err == ""
    asset = said.json
    assert (asset["dataset"], asset["status"], asset["location"].endswith("late.csv")) == ("orders", "arrived", True)
    assert shell.here(*register, "--format", "json").json == asset
    assert f"data asset {asset['id']} of dataset orders is arrived" in shell.elsewhere(*register).out
    assert "is not in the landing" in one_line(shell.elsewhere("assets", "register", "orders", "/etc/passwd"), 2)
    assert "there is nothing at" in one_line(shell.here("assets", "register", "orders", f"{path}.csv"), 2)
    done = [
        each["who"].partition("/")[0]
        for each in shell.here("audit", "--action", "data_asset.register", "--format", "json").json
    ]
    assert done == ["key", "user", "key"]


LOCAL: Final = (
    "run",
    "look",
    "backfill --since 2026-01-01",
    "db check",
    "prune --older-than 90d",
    "keys list",
    "keys create x --role reader",
    "db audit",
    "db upgrade",
    "datasets pending",
    "datasets revalidate orders",
    "assets list --dataset orders --outdated",
    "events tail --consumer me",
    "events dead",
    "events relay",
    "serve --dev --port 0",
    "doctor",
)


@pytest.mark.parametrize("call", LOCAL)
def test_what_only_works_where_the_catalog_is_says_so(
    looking: Shell, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(tmp_path))  # nothing is here, and nothing is made
    said = looking.elsewhere(*call.split())
    assert (said.code, said.out) == (2, "")
    assert list(tmp_path.iterdir()) == []
    assert said.err.startswith("error: this works on the local catalog; run it where the catalog is")
    assert said.err.count("\n") == 1


def test_the_environment_can_say_where_the_catalog_is(looking: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_URL", f"{looking.server.url}/v1/")
    monkeypatch.setenv("DATA_MANAGEMENT_API_KEY", WRONG_KEY)
    assert looking.here("datasets", "list").code == 2
    monkeypatch.setenv("DATA_MANAGEMENT_API_KEY", looking.server.key("reader"))
    assert len(looking.here("datasets", "list", "--format", "json").json) == 2
    assert looking.here("db", "audit").code == 2
    assert looking.here("--api-key", WRONG_KEY, "datasets", "list").code == 2


def one_line(said: Said, code: int) -> str:
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    return said.err


def test_who_may_not_is_told_so(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "key" in one_line(shell.elsewhere("datasets", "list", key=WRONG_KEY), 2)
    assert "may not" in one_line(shell.elsewhere("audit", key=shell.server.key("reader")), 2)
    assert "no dataset 'nothing'" in one_line(shell.elsewhere("datasets", "show", "nothing"), 2)
    assert "wants a key" in one_line(shell.here("--url", shell.server.url, "datasets", "list"), 2)
    monkeypatch.setattr("data_management.infrastructure.clients.client._LONGEST_PAUSE", 0.0)
    for _ in range(30):
        said = shell.elsewhere("datasets", "list", key=WRONG_KEY)
    assert "too many wrong keys" in one_line(said, 4)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--url", "catalog:8000", "--api-key", "k"], "is no URL of a catalog"),
        (["--url", "https://me:geheim@catalog", "--api-key", "k"], "holds more than a place"),
        (["--url", "http://catalog", "--api-key", "geheim \n x"], "holds what no key holds"),
        (["--url", "http://catalog", "--api-key-file", "no/such/file"], "cannot be read"),
        (["--api-key", "geheim"], "--url URL"),
    ],
)
def test_what_is_wrong_with_the_call_is_said_in_one_line(looking: Shell, arguments: list[str], told: str) -> None:
    said = one_line(looking.here(*arguments, "datasets", "list"), 2)
    assert told in said
    assert "geheim" not in said


def test_a_stopped_server_is_one_line(looking: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    assert f"the catalog at {url} does not answer" in one_line(looking.elsewhere("datasets", "list", url=url), 4)
    assert "cannot be trusted" not in looking.elsewhere("datasets", "list", url=url).err


class _Else(BaseHTTPRequestHandler):
    """A server that is no catalog."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome</html>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def something_else() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Else) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)


def test_a_server_that_is_something_else_is_one_line(looking: Shell, something_else: str) -> None:
    said = one_line(looking.elsewhere("datasets", "list", url=f"http://{something_else}"), 4)
    assert "not as a catalog does; is the URL right?" in said
    said = one_line(looking.elsewhere("datasets", "list", url=f"https://{something_else}"), 4)
    assert "TLS" in said


def test_the_key_is_in_no_message_whatever_the_level_of_the_log(
    looking: Shell, monkeypatch: pytest.MonkeyPatch, something_else: str
) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_LOG_LEVEL", "DEBUG")
    key = looking.server.key("admin")

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    said = [looking.elsewhere("datasets", "list", key=key, url=f"http://{something_else}")]
    monkeypatch.setattr(httpx.Client, "request", break_down)
    said.append(looking.elsewhere("datasets", "list", key=key))
    assert "internal error" in said[-1].err
    assert "Traceback" in said[-1].err
    assert all(key not in each.err + each.out and key.rpartition("_")[2] not in each.err for each in said)
