"""Programs that read a dataset's files over HTTP, each file once."""

import threading
from collections import Counter

import pytest

from data_management.application.queries import GetDefinitionQuery
from data_management.application.services import Application, consume_files, reconcile, validate_arrivals
from data_management.errors import Conflict, Denied, NotFound, Stale
from data_management.infrastructure.clients import CatalogClient, FileChanges
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.integration.pipeline.project import Project

ROUNDS = 12


def programs(server: Server, role: str = "consumer") -> CatalogClient:
    return CatalogClient(server.url, server.key(role))


def test_a_consumer_is_given_what_it_has_not_done(shared: Server) -> None:
    with programs(shared) as catalog:
        first = catalog.files("orders", consumer="report", limit=1)
        assert (first.after, first.to, first.head, first.complete) == (0, 1, 2, False)
        assert catalog.files("orders", consumer="report", limit=1) == first
        moved = catalog.move_consumer("report", first)
        assert (moved.document.position, moved.document.behind) == (1, 1)
        with pytest.raises(Stale, match="is at position 1, not at 0"):
            catalog.move_consumer("report", first)
        second = catalog.files("orders", consumer="report")
        assert ([file.id for file in second.accepted], second.complete) != ([file.id for file in first.accepted], False)
        catalog.move_consumer("report", second)
        assert catalog.files("orders", consumer="report").accepted == ()
        assert catalog.files("orders").accepted == (*first.accepted, *second.accepted)
        assert ("report", 2) in [(each.name, each.position) for each in catalog.consumers("orders")]


def test_a_consumer_is_reset_and_forgotten(shared: Server) -> None:
    with programs(shared) as catalog:
        catalog.move_consumer("a/b", catalog.files("orders", consumer="a/b"))
        at_end = catalog.consumer("orders", "a/b")
        at_beginning = catalog.reset_consumer("orders", "a/b", 0, at_end.etag)
        assert (at_beginning.document.position, at_beginning.document.behind) == (0, 2)
        with pytest.raises(Stale, match="at position 0 by now, not at 2"):
            catalog.forget_consumer("orders", "a/b", at_end.etag)
        assert catalog.reset_consumer("orders", "a/b", None, at_beginning.etag).document.position == 2
        catalog.forget_consumer("orders", "a/b", at_end.etag)
        with pytest.raises(NotFound, match="no consumer 'a/b'"):
            catalog.consumer("orders", "a/b")
    with CatalogClient(shared.url, shared.key("admin")) as catalog:
        told = [(each.action, each.before, each.after) for each in catalog.audit(subject="consumer/orders/a/b")]
    assert told == [
        ("consumer.forget", {"position": 2}, None),
        ("consumer.reset", {"position": 0}, {"position": 2}),
        ("consumer.reset", {"position": 2}, {"position": 0}),
        ("consumer.move", None, {"position": 2}),
    ]


def test_a_move_says_from_where_and_to_where_something_is(sqlite_shared: Server) -> None:
    url = "/v1/datasets/orders/consumers/careful"
    done = {"position": 2, "head": 2}
    with sqlite_shared.client("consumer") as client:
        assert client.put(url, json=done).status_code == 428
        assert client.put(url, json=done, headers={"If-Match": '"1"'}).status_code == 412
        assert client.put(url, json=done, headers={"If-Match": "*"}).status_code == 412
        assert client.get(url).status_code == 404  # none of these made it
        start = {"If-Match": '"0"'}
        for wrong in (
            {"position": 3, "head": 3},
            {"position": 2, "head": 1},
            {"position": -1, "head": 1},
            {"position": 2},
        ):
            assert client.put(url, json=wrong, headers=start).status_code == 422, wrong
        made = client.put(url, json=done, headers=start)
        assert (made.status_code, made.headers["location"], made.headers["etag"][:3]) == (201, url, '"2-')
        assert client.put(url, json=done, headers={"If-Match": made.headers["etag"]}).status_code == 200
        assert client.delete(url).status_code == 428
        assert client.post(f"{url}/reset", json={"position": 0}).status_code == 428
        key = {"If-Match": '"2"', "Idempotency-Key": "once"}
        again = [client.post(f"{url}/reset", json={"position": 0}, headers=key) for _ in range(2)]
        assert [each.status_code for each in again] == [200, 200]
        assert again[1].headers["idempotent-replayed"] == "true"
        other = "/v1/datasets/nobody/consumers/careful"
        assert client.put(other, json=done, headers=start).status_code == 404


def test_who_only_reads_moves_nobody(sqlite_shared: Server) -> None:
    with programs(sqlite_shared, "reader") as catalog:
        found = catalog.files("orders", consumer="report")
        with pytest.raises(Denied, match="the role reader may not consume"):
            catalog.move_consumer("report", found)
    with sqlite_shared.client("consumer") as client:
        assert client.post("/v1/datasets/orders/retire", headers={"If-Match": '"1"'}).status_code == 403
    with sqlite_shared.client("consumer", "returns") as client:
        headers = {"If-Match": '"0"'}
        done = {"position": 1, "head": 1}
        assert client.put("/v1/datasets/orders/consumers/x", json=done, headers=headers).status_code == 403
        assert client.put("/v1/datasets/returns/consumers/x", json=done, headers=headers).status_code == 201


def test_who_holds_a_lease_is_not_moved(sqlite_shared: Server) -> None:
    with consume_files(sqlite_shared.app, "orders", "holder"), programs(sqlite_shared) as catalog:
        given = catalog.files("orders", consumer="holder")
        with pytest.raises(Conflict, match="another process works as the same consumer"):
            catalog.move_consumer("holder", given)


def test_programs_read_each_file_once_while_files_are_accepted_and_withdrawn(server: Server, project: Project) -> None:
    """Two work under one name, in pages of three; what is done is what the catalog took, the rest counts for nothing."""
    done: dict[int, FileChanges] = {}
    stale = 0
    ended = threading.Event()

    def program() -> None:
        nonlocal stale
        with programs(server) as catalog:
            while True:
                is_last = ended.is_set()
                given = catalog.files("orders", consumer="report", limit=3)
                if given.to > given.after:
                    try:
                        catalog.move_consumer("report", given)
                        done[given.after] = given
                    except Stale:
                        stale += 1
                elif is_last:
                    return

    threads = [threading.Thread(target=program) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        deliver(server.app, project)
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
    assert not any(thread.is_alive() for thread in threads)

    position, have, given = 0, set[str](), Counter[str]()
    while position in done:
        changes = done.pop(position)
        have -= {file.id for file in changes.withdrawn}
        have |= {file.id for file in changes.accepted}
        given.update(file.id for file in changes.accepted)
        position = changes.to
    assert done == {}  # they are one chain
    assert set(given.values()) == {1}
    with programs(server) as catalog:
        assert have == {asset.id for asset in catalog.data_assets("orders", statuses=["accepted"])}
        assert catalog.consumer("orders", "report").document.behind == 0
    assert len(given) > len(have) > ROUNDS


def deliver(app: Application, project: Project) -> None:
    """Two files a round; in every second one of an older round is replaced, in every third one is deleted."""
    dataset = app.ask(GetDefinitionQuery("orders"))
    for number in range(ROUNDS):
        names = [f"{number}-a.csv", f"{number}-b.csv", *([f"{number // 2}-a.csv"] if number % 2 else [])]
        for name in names:
            project.drop(name, rows=number + 1)
        if number % 3 == 2:
            (project.home / "landing" / "orders" / f"{number - 1}-b.csv").unlink()
        reconcile(app, dataset, 0.0)
        validate_arrivals(app, dataset, f"round-{number}")
