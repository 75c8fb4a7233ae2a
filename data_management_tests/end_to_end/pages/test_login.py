"""Who may look, and how a browser says who it is."""

from collections.abc import Iterator

import httpx
import pytest

from data_management.application.commands import RevokeKeyCommand
from data_management_tests.end_to_end.api.server import ROOT, Server
from data_management_tests.end_to_end.pages.browsing import Page
from data_management_tests.end_to_end.pages.conftest import Newcomer

CLOSED = (
    "/",
    "/ui",
    "/ui/",
    "/ui/datasets/orders",
    "/ui/datasets/orders/files",
    "/ui/events",
    "/ui/search?q=a",
    "/ui/nothing",
)


@pytest.fixture
def plain(sqlite_server: Server) -> Iterator[httpx.Client]:
    """A client that follows nothing."""
    with httpx.Client(base_url=sqlite_server.url, timeout=30) as client:
        yield client


def log_in(plain: httpx.Client, key: str, wanted: str = "", **headers: str) -> httpx.Response:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return plain.post("/ui/login", data={"key": key, "next": wanted}, headers=told)


def test_everything_but_the_login_asks_for_a_session(
    sqlite_server: Server, newcomer: Newcomer, plain: httpx.Client
) -> None:
    for address in CLOSED:
        page = newcomer().open(address)
        assert (page.answer.url.path, page.of("h1")[0].text) == ("/ui/login", "Log in"), address
    bearer = {"Authorization": f"Bearer {sqlite_server.key('admin')}"}
    assert plain.get("/ui/", headers=bearer).status_code == 303


def test_after_the_login_one_is_where_one_wanted_to_be(sqlite_server: Server, newcomer: Newcomer) -> None:
    page = newcomer().log_in(sqlite_server.key("reader"), "/ui/datasets/orders/files?state=accepted")
    assert str(page.answer.url).endswith("/ui/datasets/orders/files?state=accepted")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "/ui\\@example.org",
        "javascript:alert(1)",
        "/v1/datasets",
        "/ui/\r\nX: y",
        "ui/",
    ],
)
def test_a_login_leads_to_our_own_pages_alone(sqlite_server: Server, plain: httpx.Client, wanted: str) -> None:
    answer = log_in(plain, sqlite_server.key("reader"), wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/")
    assert "x" not in answer.headers


def test_the_cookie_is_for_the_server_alone(sqlite_server: Server, plain: httpx.Client) -> None:
    key = sqlite_server.key("reader")
    given = log_in(plain, key).headers["set-cookie"]
    assert given.split("; ")[1:] == ["HttpOnly", "Max-Age=43200", "Path=/ui", "SameSite=strict"]
    assert key.split("_")[2] not in given
    beyond = log_in(plain, key, Host="catalog.example.org", Origin="https://catalog.example.org")
    assert "; Secure" in beyond.headers["set-cookie"]


def test_the_cookie_opens_nothing_of_the_api(sqlite_server: Server, newcomer: Newcomer) -> None:
    browser = newcomer()
    browser.log_in(sqlite_server.key("admin"))
    cookie = next(iter(browser.client.cookies.jar))
    answer = browser.client.get("/v1/datasets", headers={"Cookie": f"{cookie.name}={cookie.value}"})
    assert answer.status_code == 401


def test_a_wrong_key_is_refused_recorded_and_not_tried_for_ever(sqlite_server: Server, newcomer: Newcomer) -> None:
    browser = newcomer()
    refused = browser.log_in("dmk_0123456789abcdef_" + "x" * 43)
    assert (refused.answer.status_code, "opens nothing" in refused.text) == (401, True)
    assert "set-cookie" not in refused.answer.headers
    statuses = [browser.send(refused, "/ui/login", key=f"<b>{number}").answer.status_code for number in range(12)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    with sqlite_server.client("admin") as client:
        records = client.get("/v1/audit", params={"action": "authenticate"}).json()["items"]
    assert {(each["subject"], each["outcome"]) for each in records} == {("POST /ui/login", "denied")}
    assert browser.log_in(sqlite_server.key("reader")).answer.url.path == "/ui/"


def test_a_login_is_in_the_audit(sqlite_server: Server, newcomer: Newcomer) -> None:
    newcomer().log_in(sqlite_server.key("reader"))
    with sqlite_server.client("admin") as client:
        (record,) = client.get("/v1/audit", params={"action": "session.begin"}).json()["items"]
    assert (record["outcome"], record["client"]) == ("done", "127.0.0.1")
    assert record["who"] == record["subject"]


def test_a_session_ends_with_the_logout(sqlite_server: Server, newcomer: Newcomer) -> None:
    browser = newcomer()
    page = browser.log_in(sqlite_server.key("reader"))
    cookie = next(iter(browser.client.cookies.jar))
    out = browser.send(page, "/ui/logout")
    assert out.answer.url.path == "/ui/login"
    assert not list(browser.client.cookies.jar)
    again = httpx.get(f"{sqlite_server.url}/ui/", headers={"Cookie": f"{cookie.name}={cookie.value}"})
    assert again.status_code == 303


def test_a_session_ends_with_its_key(sqlite_server: Server, newcomer: Newcomer) -> None:
    browser = newcomer()
    key = sqlite_server.key("reader")
    assert browser.log_in(key).answer.url.path == "/ui/"
    sqlite_server.app.run(RevokeKeyCommand(key.split("_")[1], ROOT))
    assert browser.open("/ui/").answer.url.path == "/ui/login"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
    ],
)
def test_forms_of_other_sites_are_refused(sqlite_server: Server, newcomer: Newcomer, headers: dict[str, str]) -> None:
    browser = newcomer()
    refused = browser.send(browser.open("/ui/login"), "/ui/login", headers, key=sqlite_server.key("reader"))
    assert (refused.answer.status_code, "another site" in refused.text) == (403, True)
    page = browser.log_in(sqlite_server.key("reader"))
    assert browser.send(page, "/ui/logout", headers).answer.status_code == 403
    assert browser.open("/ui/").answer.url.path == "/ui/"


def test_a_key_in_the_clear_is_not_taken_beyond_this_machine(sqlite_server: Server, plain: httpx.Client) -> None:
    answer = log_in(plain, sqlite_server.key("reader"), Host="catalog.example.org", Origin="http://catalog.example.org")
    assert (answer.status_code, "in the clear" in answer.text) == (422, True)


def test_a_form_that_is_none_is_a_wrong_key(plain: httpx.Client) -> None:
    for content in (b"", b"\xff\xfe=&&&", b"&".join([b"a=1"] * 50), b"key=" + b"x" * 100_000):
        answer = plain.post("/ui/login", content=content)
        assert (answer.status_code, Page(answer).of("h1")[0].text) == (401, "Log in")
    too_large = plain.post("/ui/login", content=b"key=" + b"x" * 3_000_000)
    assert too_large.status_code == 413
