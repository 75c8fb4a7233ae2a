"""``data-management events`` over fakes."""

import importlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from data_management.application.messaging import CloudEvent, NotPublished, RecordedEvent
from data_management.application.services import EventRelay
from data_management.errors import Unavailable
from data_management.infrastructure.messaging.encoding import envelope_of
from data_management.presentation.dtos.events import CloudEventDto
from data_management_tests.fakes import NOON, FakePublisher
from data_management_tests.unit.application.relaying import DOWN, eventually
from data_management_tests.unit.presentation.backend import Said, Shell

EVENTS = importlib.import_module("data_management.presentation.cli.events")  # its package has a command of that name


@pytest.fixture
def publisher(shell: Shell) -> FakePublisher:
    """The only destination of events; it begins before all that happens."""
    world, publisher = shell.backend.world, FakePublisher()
    world.app.relay = EventRelay(
        unit_of_work=world.catalog.unit_of_work, publishers=[publisher], clock=world.clock, source="/test"
    )
    world.app.relay.tick()
    return publisher


def happen(shell: Shell, *names: str) -> None:
    """Files arrive; with the dataset's registration that is an event more, the first time."""
    for name in names:
        shell.backend.world.drop(name)
    shell.backend.world.look()


def types(said: Said) -> list[str]:
    return [json.loads(line)["type"].split(".")[1] for line in said.out.splitlines()]


@contextmanager
def then_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """`act` in a thread while the block runs, and then press Ctrl-C."""

    def acting() -> None:
        try:
            act()
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    with ThreadPoolExecutor(1) as pool:
        acted = pool.submit(acting)
        yield
        acted.result()


class TestRelay:
    def test_it_delivers_and_says_how_much(self, shell: Shell, publisher: FakePublisher) -> None:
        happen(shell, "a.csv")
        said = shell("events", "relay", "--format", "json")
        assert said.json == {
            "positioned": 2,
            "destinations": [
                {"destination": "fake:", "standing": "done", "delivered": 2, "failed": 0, "dead": 0},
            ],
        }
        assert said.code == 0
        assert publisher.closed

    def test_a_destination_that_fails_is_exit_code_4(self, shell: Shell, publisher: FakePublisher) -> None:
        happen(shell, "a.csv")
        publisher.fails = lambda _: DOWN
        said = shell("events", "relay")
        assert said.code == 4
        assert "fake:" in said.out

    def test_without_destinations_it_says_what_to_set(self, shell: Shell) -> None:
        said = shell("events", "relay")
        assert (said.code, said.err) == (
            2,
            "error: events are sent nowhere; set DATA_MANAGEMENT_EVENTS, then run this again\n",
        )

    @pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")])
    def test_following_ends_at_a_signal_between_two_steps(
        self, shell: Shell, publisher: FakePublisher, number: int, name: str
    ) -> None:
        publisher.most = 1

        def slow(_: CloudEvent) -> None:
            if len(publisher.published) == 1:
                os.kill(os.getpid(), number)

        happen(shell, *(f"{each}.csv" for each in range(5)))
        publisher.fails = slow
        said = shell("events", "relay", "--follow")
        assert said.code == 128 + number
        assert said.err == f"stopping; a second {name} ends at once\n"
        assert len(publisher.published) == 2, "the step that was on its way was finished"
        publisher.fails = lambda _: None
        assert shell("events", "relay").code == 0
        assert len(publisher.ids) == len(set(publisher.ids)) == 6, "and remembered"
        assert signal.getsignal(number) is not None

    def test_following_survives_a_catalog_that_goes_away(
        self, shell: Shell, publisher: FakePublisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(EVENTS, "_POLL_SECONDS", 0.01)
        monkeypatch.setattr(EVENTS, "_AFTER_TROUBLE_SECONDS", 0.05)
        catalog = shell.backend.world.catalog
        happen(shell, "a.csv")

        def outage() -> None:
            assert eventually(lambda: len(publisher.published) == 2)
            catalog.broken = Unavailable("the catalog is away")
            time.sleep(0.1)
            catalog.broken = None
            happen(shell, "b.csv")
            assert eventually(lambda: len(publisher.published) == 3)

        with then_interrupt(outage):
            said = shell("events", "relay", "--follow")
        assert said.code == 130
        assert "error: the catalog is away\n" in said.err


class TestTail:
    def test_the_last_events_as_they_are_sent(self, shell: Shell, publisher: FakePublisher) -> None:
        happen(shell, "a.csv")
        shell("events", "relay")
        said = shell("events", "tail", "--format", "jsonl")
        assert [json.loads(line) for line in said.out.splitlines()] == [
            envelope_of(each) for each in publisher.published
        ]
        assert types(said) == ["DatasetRegistered", "DataAssetArrived"]
        assert types(shell("events", "tail", "-n", "1", "--format", "jsonl")) == ["DataAssetArrived"]
        assert [each["type"] for each in shell("events", "tail", "--format", "json").json] == [
            "data_management.DatasetRegistered.v1",
            "data_management.DataAssetArrived.v1",
        ]

    def test_for_people_it_is_a_line_each(self, shell: Shell, publisher: FakePublisher) -> None:
        happen(shell, "a\n\x1b[31m.csv")
        shell("events", "relay")
        lines = shell("events", "tail").out.splitlines()
        assert len(lines) == 2
        assert lines[1].startswith("2  2026-01-01 12:01:00+00:00  DataAssetArrived  data_asset/")
        assert "dataset=orders" in lines[1]
        assert "\x1b" not in lines[1]

    def test_a_consumer_goes_on_where_it_stopped(self, shell: Shell, publisher: FakePublisher) -> None:
        happen(shell, "a.csv")
        shell("events", "relay")
        call = ("events", "tail", "--consumer", "report", "--format", "jsonl")
        assert types(shell(*call)) == ["DatasetRegistered", "DataAssetArrived"]
        assert types(shell(*call)) == []
        happen(shell, "b.csv", "c.csv")
        shell("events", "relay")
        assert types(shell(*call, "-n", "1")) == ["DataAssetArrived"]
        assert types(shell(*call)) == ["DataAssetArrived"]
        assert len(types(shell("events", "tail", "--consumer", "other", "--format", "jsonl"))) == 4

    def test_a_consumer_reads_more_than_a_page(
        self, shell: Shell, publisher: FakePublisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(EVENTS, "_PAGE", 2)
        happen(shell, *(f"{each}.csv" for each in range(6)))
        shell("events", "relay")
        assert len(types(shell("events", "tail", "--consumer", "a", "--format", "jsonl"))) == 7
        assert len(shell("events", "tail", "--consumer", "b", "--format", "json").json) == 7
        assert len(types(shell("events", "tail", "--consumer", "c", "-n", "3", "--format", "jsonl"))) == 3

    def test_following_shows_what_happens_until_ctrl_c(
        self, shell: Shell, publisher: FakePublisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(EVENTS, "_POLL_SECONDS", 0.01)
        happen(shell, "a.csv")
        shell("events", "relay")

        seen = shell.backend.world.catalog.reader().consumer_position

        def more() -> None:
            assert eventually(lambda: seen("live") == 2)
            happen(shell, "b.csv")
            shell.backend.world.app.relay.tick()
            assert eventually(lambda: seen("live") == 3)

        with then_interrupt(more):
            said = shell("events", "tail", "--follow", "--consumer", "live", "--format", "jsonl")
        assert said.code == 130
        assert types(said) == ["DatasetRegistered", "DataAssetArrived", "DataAssetArrived"]
        assert types(shell("events", "tail", "--consumer", "live", "--format", "jsonl")) == []

    @pytest.mark.parametrize("options", [("--format", "json"), ("--consumer", "a", "-n", "1")])
    def test_what_has_no_end_has_no_json_and_no_limit(self, shell: Shell, options: tuple[str, ...]) -> None:
        assert shell("events", "tail", "--follow", *options).code == 2


class TestDeadLetters:
    @pytest.fixture
    def dead(self, shell: Shell, publisher: FakePublisher) -> str:
        """The id of an event that a destination refused for good."""
        happen(shell, "a.csv")
        refused = NotPublished("it is too large", forever=True)
        publisher.fails = lambda event: refused if event.name == "DataAssetArrived" else None
        shell("events", "relay")
        publisher.fails = lambda _: None
        (letter,) = shell.backend.world.catalog.reader().dead_letters()
        return letter.delivery.event.id

    def test_they_are_listed_with_the_reason(self, shell: Shell, dead: str) -> None:
        (letter,) = shell("events", "dead", "--format", "json").json
        assert (letter["id"], letter["destination"], letter["attempts"]) == (dead, "fake:", 1)
        assert letter["reason"] == "it is too large"
        assert "it is too large" in shell("events", "dead").out

    @pytest.mark.parametrize("everything", [True, False])
    def test_they_can_be_delivered_after_all(
        self, shell: Shell, publisher: FakePublisher, dead: str, everything: bool
    ) -> None:
        said = shell("events", "retry", "--all" if everything else dead)
        assert (said.code, said.out) == (0, "1 dead letter(s) will be delivered again\n")
        shell("events", "relay")
        assert publisher.ids[-1] == dead
        assert shell("events", "retry", "--all", "--format", "json").json == {"event": None, "dead_letters": 0}
        assert shell("events", "dead", "--format", "json").json == []

    def test_an_unknown_one_is_told(self, shell: Shell, dead: str) -> None:
        said = shell("events", "retry", "nonsense")
        assert said.code == 2
        assert "no dead letter of event 'nonsense'" in said.err

    @pytest.mark.parametrize("arguments", [(), ("x", "--all")])
    def test_retry_wants_one_or_all(self, shell: Shell, arguments: tuple[str, ...]) -> None:
        assert shell("events", "retry", *arguments).code == 2


def test_status_tells_how_far_each_destination_is(shell: Shell, publisher: FakePublisher) -> None:
    happen(shell, "a.csv")
    publisher.fails = lambda event: DOWN if event.name == "DataAssetArrived" else None
    shell("events", "relay")
    (destination,) = shell("events", "status", "--format", "json").json
    assert destination == {
        "destination": "fake:",
        "in_use": True,
        "position": 2,
        "behind": 0,
        "waiting": 1,
        "dead": 0,
        "paused_until": None,
    }
    assert "fake:" in shell("events", "status").out


def test_a_destination_that_is_in_use_no_more_can_be_forgotten(shell: Shell, publisher: FakePublisher) -> None:
    happen(shell, "a.csv")
    shell("events", "relay")
    assert shell("events", "forget", "fake:").code == 2
    world = shell.backend.world
    world.app.relay = EventRelay(unit_of_work=world.catalog.unit_of_work, publishers=(), clock=world.clock)
    assert shell("events", "status", "--format", "json").json[0]["in_use"] is False
    assert shell("events", "forget", "fake:", "--format", "json").json == {"destination": "fake:"}
    assert shell("events", "status", "--format", "json").json == []
    assert shell("events", "forget", "fake:").code == 2


def test_what_is_shown_has_all_that_destinations_get() -> None:
    event = RecordedEvent("e", 3, "dataset", "orders", 2, 0, "DatasetRegistered", {"dataset": "orders"}, NOON)
    shown = CloudEventDto.of(event, "/test").model_dump()
    assert shown == envelope_of(CloudEvent.of(event, "/test"))
