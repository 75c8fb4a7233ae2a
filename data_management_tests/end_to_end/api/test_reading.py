"""What readers see, over real HTTP, on both databases."""

from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.api.test_writing import plain


def test_datasets_are_listed_page_by_page_and_shown(shared: Server) -> None:
    with shared.client("reader") as client:
        first = client.get("/v1/datasets", params={"limit": 1}).json()
        second = client.get("/v1/datasets", params={"limit": 1, "cursor": first["next"]}).json()
        assert [[each["name"] for each in page["items"]] for page in (first, second)] == [["orders"], ["returns"]]
        assert second["next"] is None
        shown = client.get("/v1/datasets/orders")
        assert shown.json()["files"] == {"pending": 0, "accepted": 2, "quarantined": 1, "rejected": 0, "rows": 20}
        assert client.get("/v1/datasets/orders", headers={"If-None-Match": shown.headers["etag"]}).status_code == 304


def test_the_document_tells_what_answers_304_to_who_has_read_it(sqlite_server: Server) -> None:
    with sqlite_server.client("admin") as client:
        asset = client.get("/v1/data-assets").json()["items"][0]["id"]
        since = sqlite_server.app.clock().isoformat()
        rule = client.get("/v1/datasets/orders").json()["totals"][0]["rule"]
        done = {"position": 1, "head": 1}
        client.put("/v1/datasets/orders/consumers/reading", json=done, headers={"If-Match": '"0"'})
        conditional = 0
        for path, operations in sqlite_server.api.openapi()["paths"].items():
            if "get" not in operations:
                continue
            url = path.format(dataset="orders", data_asset=asset, consumer="reading", rule=rule)
            asked = {"q": "orders"} if path == "/v1/search" else {"since": since} if "difference" in path else {}
            first = client.get(url, params=asked)
            assert first.status_code == 200, first.text
            again = client.get(url, params=asked, headers={"If-None-Match": first.headers.get("etag", '"0"')})
            operation = operations["get"]
            names = {each["name"] for each in operation.get("parameters", ())}
            told = ("304" in operation["responses"], "If-None-Match" in names)
            assert told == (again.status_code == 304,) * 2, path
            conditional += again.status_code == 304
        assert conditional > 10


def test_what_is_not_there_is_a_problem_that_says_what_to_do(shared: Server) -> None:
    with shared.client("reader") as client:
        answer = client.get("/v1/datasets/ordres", headers={"X-Request-ID": "mine-1"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.json() == {
        "type": "urn:data-management:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "the catalog has no dataset 'ordres'; `data-management datasets list` names those that it has",
        "instance": "/v1/datasets/ordres",
        "request_id": "mine-1",
    }


def test_nobody_is_let_in_without_a_key(shared: Server) -> None:
    with shared.client(None) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert {client.get(path).status_code for path in ("/v1/datasets", "/metrics", "/nothing")} == {401}


def test_every_list_and_document_can_be_read(shared: Server) -> None:
    with shared.client("admin") as client:
        files = client.get("/v1/datasets/orders/files?limit=1").json()
        rest = client.get(f"/v1/datasets/orders/files?after={files['to']}").json()
        assert [each["location"].rpartition("/")[2] for page in (files, rest) for each in page["accepted"]] == [
            "1.csv",
            "2.csv",
        ]
        assert rest["complete"]
        assert client.get("/v1/datasets/orders/files?after=99").status_code == 422
        assert client.get("/v1/datasets/orders/consumers").json() == {"items": []}
        scores = client.get("/v1/datasets/orders/scores").json()["items"]
        params = {"since": scores[-1]["at"]}
        difference = client.get("/v1/datasets/orders/scores/difference", params=params).json()
        assert difference["same_plan"]
        early = "/v1/datasets/orders/scores/difference?since=2001-01-01T00:00:00Z"
        assert client.get(early).status_code == 404
        assert client.get("/v1/datasets/orders/plans").json()["items"][0]["present"]
        events = client.get("/v1/events?limit=3").json()
        assert [each["sequence"].lstrip("0") for each in events["items"]] == ["1", "2", "3"]
        assert client.get(f"/v1/events?after={events['position']}").json()["items"][0]["sequence"].endswith("4")
        last = client.get("/v1/events?last=2").json()
        assert client.get(f"/v1/events?after={last['position']}").json()["items"] == []
        assert [int(each["sequence"]) for each in last["items"]] == [last["position"] - 1, last["position"]]
        assert client.get("/v1/events?last=501").status_code == 422
        metrics = client.get("/metrics").text
        assert 'data_management_dataset_files{dataset="orders",status="accepted"} 2.0' in metrics
        assert 'route="/v1/datasets/{dataset}/files"' in metrics
        zipped = client.get("/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
        assert (zipped.headers["content-encoding"], zipped.json()["openapi"][:3]) == ("gzip", "3.1")


def test_from_a_rule_one_comes_to_the_files_on_which_it_failed(shared: Server) -> None:
    with shared.client("reader") as client:
        failing, *others = client.get("/v1/datasets/orders").json()["totals"]
        (found,) = client.get(f"/v1/datasets/orders/rules/{failing['rule']}/failures").json()["items"]
        assert (found["asset"]["location"].rpartition("/")[2], found["asset"]["status"]) == ("bad.csv", "quarantined")
        assert (found["check"]["rule"], found["check"]["success"], found["check"]["unexpected"]) == (
            failing["rule"],
            False,
            1,
        )
        held = client.get(f"/v1/datasets/orders/rules/{others[0]['rule']}/failures")
        assert held.json() == {"items": [], "next": None}
        unknown = client.get("/v1/datasets/orders/rules/nothing/failures")
        assert (unknown.status_code, "has no rule 'nothing'" in unknown.json()["detail"]) == (404, True)
        assert client.get("/v1/datasets/nothing/rules/nothing/failures").status_code == 404


def test_all_versions_at_a_location_are_shown_to_who_sees_their_dataset(shared: Server) -> None:
    with shared.client("reader") as client:
        location = client.get("/v1/data-assets?dataset=orders").json()["items"][0]["location"]
        asked = {"location": location, "all": True}
        (found,) = client.get("/v1/data-assets", params=asked).json()["items"]
        assert found["location"] == location
        assert client.get("/v1/data-assets", params=asked | {"status": "removed"}).json()["items"] == []
        assert client.get("/v1/data-assets", params=asked | {"dataset": "returns"}).json()["items"] == []
    with shared.client("reader", "returns") as client:
        assert client.get("/v1/data-assets", params=asked).json() == {"items": [], "next": None}


def test_a_name_with_a_slash_is_one_name(sqlite_shared: Server) -> None:
    text = plain().replace("name: plain", "name: 'a/b %2F ü?'")
    with sqlite_shared.client("editor") as client:
        made = client.post("/v1/datasets", content=text, headers={"Content-Type": "application/yaml"})
        assert (made.status_code, made.headers["location"]) == (201, "/v1/datasets/a%2Fb%20%252F%20%C3%BC%3F")
        assert client.get(made.headers["location"]).json()["name"] == "a/b %2F ü?"
        assert client.get(f"{made.headers['location']}/scores").json()["items"] == []
