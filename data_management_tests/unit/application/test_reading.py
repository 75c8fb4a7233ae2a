"""A consumer of a dataset works."""

import threading
from pathlib import Path

import pytest

from data_management.application.commands import ForgetConsumerCommand, ResetConsumerCommand
from data_management.application.file_changes import DatasetFile, FileChanges, GivenFiles
from data_management.application.queries import ListConsumersQuery, ListFileChangesQuery
from data_management.application.services import consume_files, reconcile
from data_management.domain.models import Withdrawal
from data_management.errors import Conflict, InvalidInput
from data_management_tests.examples import dirty
from data_management_tests.fakes import NOON
from data_management_tests.unit.application.world import World, uri


def world(*names: str) -> World:
    made = World({"bad.csv": dirty(3)})
    landed(made, *names)
    return made


def landed(made: World, *names: str, token: str = "v1") -> None:
    for name in names:
        made.drop(name, token)
    made.look_and_run(f"run-{made.clock().isoformat()}")
    made.clock.advance(seconds=60)


def names(files: FileChanges | GivenFiles) -> list[str]:
    return [file.name for file in files]


def consumed(made: World, **options: float) -> tuple[list[str], list[tuple[str, Withdrawal | None]]]:
    with consume_files(made.app, "orders", "clean", **options) as files:  # type: ignore[arg-type]
        return names(files), [(file.name, file.withdrawn) for file in files.withdrawn]


def test_the_offset_moves_when_the_block_ends() -> None:
    made = world("a.csv", "bad.csv", "b.csv")
    with consume_files(made.app, "orders", "clean") as files:
        assert names(files) == ["a.csv", "b.csv"]
        assert files.paths == (Path("/landing/orders/a.csv"), Path("/landing/orders/b.csv"))
        assert (len(files), bool(files), files.is_complete, files.to) == (2, True, True, 2)
    assert consumed(made) == ([], [])
    landed(made, "c.csv")
    landed(made, "a.csv", token="v2")
    assert consumed(made) == (["c.csv", "a.csv"], [("a.csv", Withdrawal.SUPERSEDED)])


def test_who_does_not_look_at_what_was_withdrawn_is_told_and_gets_it_again() -> None:
    made = world("a.csv", "b.csv")
    assert consumed(made) == (["a.csv", "b.csv"], [])
    landed(made, "a.csv", token="v2")
    message = r"1 file\(s\) that consumer 'clean' of dataset 'orders' had were withdrawn: 'a.csv' \(superseded\); nobody looked"
    with pytest.raises(Conflict, match=message), consume_files(made.app, "orders", "clean") as files:
        assert names(files) == ["a.csv"], "and `files` is as true as there is something to do"
    assert consumed(made, wait_seconds=0.0) == (["a.csv"], [("a.csv", Withdrawal.SUPERSEDED)])
    made.files.remove(uri("b.csv"))
    reconcile(made.app, made.dataset, 2.0)
    with consume_files(made.app, "orders", "clean", ignore_withdrawn=True) as files:
        assert (bool(files), len(files)) == (True, 0)
    assert consumed(made) == ([], [])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_offset_stays_where_it_was_when_the_block_raises(error: type[BaseException]) -> None:
    made = world("a.csv")
    with pytest.raises(error), consume_files(made.app, "orders", "clean"):
        raise error
    assert consumed(made, wait_seconds=0.0) == (["a.csv"], []), "and its lease is given back at once"


def test_work_that_is_done_in_steps_ends_when_nothing_is_left() -> None:
    made = world("a.csv", "b.csv", "c.csv")
    steps = []
    while True:
        with consume_files(made.app, "orders", "clean", limit=2) as files:
            steps.append(names(files))
        if files.is_complete:
            break
    assert steps == [["a.csv", "b.csv"], ["c.csv"]]


def test_a_withdrawal_alone_is_something_to_do() -> None:
    assert FileChanges("orders", 0, 1, 1, withdrawn=(file("file:///a"),))
    assert not FileChanges("orders", 0, 1, 1)


def test_who_counts_the_files_has_not_looked_at_those_withdrawn() -> None:
    gone = file("file:///a")
    files = GivenFiles(FileChanges("orders", 0, 1, 1, withdrawn=(gone,)))
    assert files
    assert (len(files), [*files], files.paths, files.is_complete) == (0, [], (), True)
    assert "file:///a" in repr(files)
    assert files.overlooked == (gone,)
    assert files.withdrawn == (gone,)
    assert files.overlooked == ()


def test_two_processes_do_not_work_as_one_consumer() -> None:
    made = world("a.csv")
    with consume_files(made.app, "orders", "clean") as files:
        with (
            pytest.raises(Conflict, match="at work in another process"),
            consume_files(made.app, "orders", "clean", wait_seconds=0.0),
        ):
            pass
        with consume_files(made.app, "orders", "report") as others:
            assert names(others) == names(files) == ["a.csv"]
        with pytest.raises(Conflict, match="at work"):
            made.app.run(ResetConsumerCommand("orders", "clean"))


def test_who_waits_gets_what_is_left() -> None:
    made = world("a.csv")
    began, given = threading.Event(), []

    def second() -> None:
        began.set()
        given.append(consumed(made))

    with consume_files(made.app, "orders", "clean"):
        thread = threading.Thread(target=second)
        thread.start()
        assert began.wait(10)
    thread.join(30)
    assert given == [([], [])]


def test_who_showed_no_sign_of_life_cannot_commit_what_another_did() -> None:
    made = world("a.csv")

    def oversleep() -> None:
        with consume_files(made.app, "orders", "clean"):
            made.clock.advance(seconds=61)
            assert consumed(made) == (["a.csv"], [])

    with pytest.raises(Conflict, match="not at 0"):
        oversleep()
    assert consumed(made) == ([], [])


def test_a_sign_of_life_keeps_the_lease() -> None:
    made = world("a.csv")
    renewed = threading.Event()
    with consume_files(made.app, "orders", "clean", lease_seconds=0.2):
        until = made.app.ask(ListConsumersQuery("orders"))[0].working_until
        made.clock.advance(seconds=0.15)
        for _ in range(200):
            if made.app.ask(ListConsumersQuery("orders"))[0].working_until != until:
                renewed.set()
                break
            threading.Event().wait(0.02)
    assert renewed.is_set()


def test_an_api_reads_by_position_and_consumers_are_reset_and_forgotten() -> None:
    made = world("a.csv", "b.csv")
    page = made.app.ask(ListFileChangesQuery("orders", limit=1))
    assert (names(page), page.to, page.is_complete) == (["a.csv"], 1, False)
    assert names(made.app.ask(ListFileChangesQuery("orders", page.to))) == ["b.csv"]
    consumed(made)
    assert made.app.run(ResetConsumerCommand("orders", "clean", 1)) == 1
    assert consumed(made) == (["b.csv"], [])
    made.app.run(ForgetConsumerCommand("orders", "clean"))
    assert made.app.ask(ListConsumersQuery()) == []


def file(uri: str) -> DatasetFile:
    return DatasetFile("id", "orders", 1, uri, "v1", 1, 1, (), None, NOON)


def test_what_is_not_local_has_no_path() -> None:
    assert file("s3://b/k.csv").path is None
    assert file("file:///a%20b.csv").path == Path("/a b.csv")
    with pytest.raises(InvalidInput, match=r"s3://b/k\.csv"):
        _ = FileChanges("orders", 0, 1, 1, (file("s3://b/k.csv"),)).paths
