"""What readers see, over real HTTP, on both databases."""

from data_management_tests.end_to_end.api.server import Server


def test_datasets_are_listed_page_by_page_and_shown(server: Server) -> None:
    with server.client("reader") as client:
        first = client.get("/v1/datasets", params={"limit": 1}).json()
        second = client.get("/v1/datasets", params={"limit": 1, "cursor": first["next"]}).json()
        assert [[each["name"] for each in page["items"]] for page in (first, second)] == [["orders"], ["returns"]]
        assert second["next"] is None
        shown = client.get("/v1/datasets/orders")
        assert shown.json()["files"] == {"pending": 0, "accepted": 2, "quarantined": 1, "rejected": 0, "rows": 20}
        assert client.get("/v1/datasets/orders", headers={"If-None-Match": shown.headers["etag"]}).status_code == 304


def test_what_is_not_there_is_a_problem_that_says_what_to_do(server: Server) -> None:
    with server.client("reader") as client:
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


def test_nobody_is_let_in_without_a_key(server: Server) -> None:
    with server.client(None) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert {client.get(path).status_code for path in ("/v1/datasets", "/metrics", "/nothing")} == {401}
