"""Every use case has a command, and every command speaks every format."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest

from data_management.application.handlers import COMMAND_HANDLERS, QUERY_HANDLERS
from data_management.application.services import EventRelay, consume_files
from data_management.domain.models import AssetStatus, RuleTotals
from data_management.presentation.cli import cli
from data_management_tests.examples import dirty, in_range, not_null, orders
from data_management_tests.fakes import FakePublisher
from data_management_tests.unit.presentation.backend import Shell

BEYOND: Final = {
    "HandleEventCommand": "a consumer's own code handles its events, through `consume_events`",
    "HasSeenEventQuery": "the same",
    "ForgetSeenEventsCommand": "the same",
    "RegisterDataAssetCommand": "code that judges in steps; a run does all of it in one by `JudgeDataAssetCommand`",
    "UpdateDataQualityCommand": "the same",
    "RejectDataAssetCommand": "the same",
    "ExpireLeaseCommand": "Dagster's sensor knows that a run is dead; a lease of the CLI's own runs out or is given back",
    "ReleaseBatchCommand": "only where a component failed in mid-run",
    "RenewLeaseCommand": "only while a run lasts long",
    **dict.fromkeys(
        (
            "OpenConsumptionCommand",
            "RenewConsumptionCommand",
            "CommitConsumptionCommand",
            "ReleaseConsumptionCommand",
        ),
        "code consumes files, through `consume` of the plugin",
    ),
    "GetLastArrivalQuery": "`look` and the sensor ask it, of landings whose contract says where new files are",
    "ListJudgedLongestAgoQuery": "a re-validation asks it where the contract sets a budget",
    "ListAssetIdsQuery": "Dagster's data versions are made of them",
    **dict.fromkeys(
        ("RegisterDataAssetCommand", "UpdateDataQualityCommand", "RejectDataAssetCommand"),
        "code that judges by other means; a run does all three in one, by JudgeDataAssetCommand",
    ),
    "JudgeVersionCommand": "Dagster's checks of assets that somebody already has",
    "ListVersionsOfDataAssetQuery": "the pages of `serve` show them; `assets list --all` has every version",
    "RevokeKeyCommand": "`keys revoke` needs the id of a key; its own test has one",
    **dict.fromkeys(("FindKeyQuery", "RecordAuditCommand"), "the REST API: who asks, and what they did"),
}
"""Messages that no command of these calls sends, and why."""

READING: Final = (
    "datasets list",
    "datasets list --declared",
    "datasets failures orders id.required",
    "datasets show orders",
    "datasets profile orders",
    "datasets plan orders",
    "datasets pending",
    "datasets files orders",
    "consumers list",
    "consumers show reader orders",
    "assets list",
    "assets list --dataset orders --outdated",
    "assets show file:///landing/orders/a.csv",
    "assets history file:///landing/orders/a.csv",
    "search orders",
    "scores orders",
    "scores orders --compare now now",
    "events tail",
    "events status",
    "events dead",
    "db check",
    "db audit",
    "keys list",
    "audit",
    "audit --action key.create --since 1d",
    "prune --older-than 90d --dry-run",
)
ACTING: Final = (
    "datasets register",
    "look",
    "assets register orders file:///landing/orders/a.csv",
    "run",
    "datasets revalidate orders",
    "validate a.csv",
    "backfill --since 2020-01-01",
    "events relay",
    "prune --older-than 1h",
    "db upgrade",
    "db audit --mend",
    "consumers reset reader orders --to beginning",
    "events retry --all",
    "contract lint",
    "contract diff orders.yaml --catalog",
    "keys create nightly --role reader",
)
ONCE: Final = (
    "events tail --consumer me",
    "events forget gone:",
    "consumers forget reader orders",
)
"""What a second call finds done; their own tests have them speak."""
LAST: Final = ("assets erase file:///landing/orders/gone.csv --yes", "datasets retire orders")
NOT_RUN_HERE: Final = {"doctor", "keys revoke"}
"""Their own tests run them; they need files, or a key."""


@pytest.fixture
def judged(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A catalog in which something of everything happened, and a file where one stands."""
    (tmp_path / "a.csv").touch()
    monkeypatch.chdir(tmp_path)
    world = shell.backend.world
    publisher = FakePublisher()
    world.app.relay = EventRelay(unit_of_work=world.catalog.unit_of_work, publishers=[publisher], clock=world.clock)
    world.engine.outcomes = {"bad.csv": dirty(3), "broken.csv": "broken.csv: is empty"}
    world.app.relay.tick()
    for name in ("a.csv", "bad.csv", "broken.csv", "gone.csv"):
        world.drop(name)
    shell("run")
    with consume_files(world.app, "orders", "reader"):
        pass
    world.files.remove("file:///landing/orders/gone.csv")
    shell("run")
    return shell


def commands(group: click.Group = cli, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def speaks_formats(command: click.Command) -> bool:
    choices = [p.type.choices for p in command.params if p.name == "style" and isinstance(p.type, click.Choice)]
    return any({"json", "jsonl", "csv"} <= set(each) for each in choices)


def test_every_command_with_formats_is_in_the_lists_above() -> None:
    called = (*READING, *ACTING, *ONCE, *LAST)
    missing = [
        name
        for name, command in commands()
        if speaks_formats(command) and name not in NOT_RUN_HERE and not any(call.startswith(name) for call in called)
    ]
    assert missing == []


@pytest.mark.parametrize("call", [*READING, *ACTING, *LAST])
def test_it_speaks_every_format(judged: Shell, call: str) -> None:
    if call == LAST[1]:
        judged.backend.readings = ()
        judged.backend.contracts = _NoContracts  # type: ignore[method-assign,assignment]
    for style in ("json", "jsonl", "csv", "table"):
        said = judged(*call.split(), "--format", style)
        assert said.code in (0, 1, 3), said.err
        if style == "json":
            document = json.loads(said.out)
            count = len(document) if isinstance(document, list) else len(document.get("contributions", [document]))
        elif style == "jsonl":
            assert len([json.loads(line) for line in said.out.splitlines()]) == count
        elif style == "csv":
            header, *rows = list(csv.reader(io.StringIO(said.out)))
            assert len(rows) == count
            assert all(len(row) == len(header) for row in rows)
        else:
            assert said.out.isprintable() or "\x1b" not in said.out


class _NoContracts:
    def read_folder(self, folder: object) -> tuple[()]:
        return ()


def test_every_message_of_the_facade_is_reached_by_a_command(judged: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    app = judged.backend.world.app

    def spying(name: str) -> None:
        act = getattr(app, name)

        def spy(*messages: Any) -> Any:
            seen.update(type(message).__name__ for message in messages)
            return act(*messages)

        monkeypatch.setattr(app, name, spy)

    for name in ("ask", "run", "execute"):
        spying(name)
    judged.backend.world.drop("new.csv")
    judged.backend.world.files.remove("file:///landing/orders/bad.csv")
    for call in (*READING, *ACTING, *ONCE):
        judged(*call.split())
    with judged.backend.world.catalog.unit_of_work() as work:
        work.quality.change_totals("orders", AssetStatus.ACCEPTED, [RuleTotals("id.required", 100, 50, failed=1)])
    judged("db", "audit", "--mend")
    judged(*LAST[0].split())
    judged("assets", "show", "0" * 32)
    judged.backend.world.dataset = orders(not_null(), in_range(), version="2.0.0")
    judged.backend.contracts = _NoContracts  # type: ignore[method-assign,assignment]
    judged(*LAST[1].split())
    every = {kind.__name__ for kind in (*COMMAND_HANDLERS, *QUERY_HANDLERS)}
    assert sorted(every - seen - set(BEYOND)) == []
    assert sorted(set(BEYOND) & seen) == []
