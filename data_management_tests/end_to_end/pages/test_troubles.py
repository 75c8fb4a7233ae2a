"""What cannot be shown is a page too, whatever went wrong: in words, with the request's id, and nothing of the inside."""

import re
from typing import NoReturn

import httpx
import pytest

from data_management.errors import Unavailable
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.pages.browsing import Browser, Page
from data_management_tests.end_to_end.pages.conftest import Newcomer, Visit

DEFECT = "geheim: a defect in line 7"


def told(page: Page, status: int) -> str:
    """The problem, of an answer that is a page as they all are."""
    answer = page.answer
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert len(page.of("h1")) == len(page.of("main")) == 1
    text = page.of("body")[0].text
    assert f"Request {answer.headers['x-request-id']}" in text
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert not re.search(r"Traceback|File \"|geheim|urn:data-management", answer.text)
    (problem,) = (each.text for each in page.elements if each.attributes.get("role") == "alert")
    return problem


def broken(*_: object, **__: object) -> NoReturn:
    raise RuntimeError(DEFECT)


def gone(*_: object, **__: object) -> NoReturn:
    raise Unavailable("the catalog cannot be reached; start its database")


@pytest.fixture
def known(visit: Visit) -> Browser:
    return visit()


def test_a_page_or_a_thing_that_there_is_not(known: Browser) -> None:
    assert "no such page" in told(known.open("/ui/nothing"), 404)
    assert "no dataset 'nothing'" in told(known.open("/ui/datasets/nothing"), 404)
    assert "no data asset" in told(known.open("/ui/data-assets/nothing"), 404)
    assert "no rule 'nothing'" in told(known.open("/ui/datasets/orders/rules/nothing"), 404)


def test_what_is_not_for_this_key(visit: Visit) -> None:
    assert "not for dataset 'returns'" in told(visit("reader", "orders").open("/ui/datasets/returns"), 403)


def test_an_address_that_asks_for_what_there_is_not(known: Browser) -> None:
    assert "start again from the dataset" in told(known.open("/ui/datasets/orders/files?state=lost"), 422)


def test_too_many_guesses(sqlite_server: Server, newcomer: Newcomer) -> None:
    browser = newcomer()
    wrong = sqlite_server.key("reader")[:-1] + "!"
    for _ in range(11):
        page = browser.log_in(wrong)
    assert "too many wrong keys" in told(page, 429)
    assert int(page.answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("address", ["/ui/", "/ui/datasets/orders", "/ui/search?q=a", "/ui/events", "/ui/nothing"])
def test_a_catalog_that_cannot_be_reached(
    sqlite_server: Server, known: Browser, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(sqlite_server.app, "ask", gone)
    assert "start its database" in told(known.open(address), 503)


@pytest.mark.parametrize("address", ["/ui/", "/ui/datasets/orders", "/ui/search?q=a", "/ui/events", "/ui/nothing"])
def test_a_defect(sqlite_server: Server, known: Browser, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(sqlite_server.app, "ask", broken)
    assert "this is a defect of data-management" in told(known.open(address), 500)


def test_a_defect_on_the_way_in(sqlite_server: Server, newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_server.api.state.authenticator, "authenticate", broken)
    assert "this is a defect of data-management" in told(newcomer().log_in(sqlite_server.key("reader")), 500)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_form_that_is_too_large(sqlite_server: Server, chunked: bool) -> None:
    body = b"key=" + b"x" * (2 * 1024 * 1024)
    content = iter([body[: 1024 * 1024], body[1024 * 1024 :]]) if chunked else body
    with httpx.Client(base_url=sqlite_server.url, timeout=30) as client:
        answer = client.post("/ui/login", content=content)
    assert "larger than 1048576 bytes" in told(Page(answer), 413)


def test_a_page_is_not_written_to(sqlite_server: Server, known: Browser) -> None:
    answer = known.client.post(f"{sqlite_server.url}/ui/datasets/orders")
    assert "changes are made by the API" in told(Page(answer), 405)


def test_programs_get_problems_as_before(sqlite_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_server.client("reader") as client:
        assert client.get("/uix").json()["status"] == 404
        monkeypatch.setattr(sqlite_server.app, "ask", broken)
        problem = client.get("/v1/datasets")
    assert (problem.status_code, problem.headers["content-type"]) == (500, "application/problem+json")
    assert "geheim" not in problem.text
