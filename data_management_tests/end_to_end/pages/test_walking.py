"""From page to page by the links of their HTML."""

from data_management_tests.end_to_end.api.conftest import SECRET_VALUE
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.pages.browsing import Browser, Page, is_ours
from data_management_tests.end_to_end.pages.conftest import Newcomer, Visit

PAGES = (
    "/ui/",
    "/ui/datasets/orders",
    "/ui/datasets/orders/files",
    "/ui/datasets/orders/columns",
    "/ui/events",
    "/ui/search?q=orders",
)


def test_from_a_search_to_the_file_that_fails_a_rule(server: Server) -> None:
    with Browser(server.url) as browser:
        first = browser.log_in(server.key("reader"))
        assert [row[:6] for row in first.rows("datasets")[1:]] == [
            ["orders", "warn", first.rows("datasets")[1][2], "2", "1", "0"],
            ["returns", "warn", first.rows("datasets")[2][2], "2", "1", "0"],
        ]
        found = browser.send(first, "/ui/search", q="orders")
        dataset = browser.follow(found, "orders")
        assert dataset.of("h1")[0].text == "orders"
        failing = dataset.rows("failing")[1]
        assert failing[4:8] == ["1", "30", "3.3 %", "1"]
        rule = browser.follow(dataset, failing[0])
        assert [(row[0], row[1], row[2]) for row in rule.rows("failing")[1:]] == [("bad.csv", "quarantined", "failed")]
        file = browser.follow(rule, "bad.csv")
        assert file.of("h1")[0].text == "File bad.csv"
        assert file.rows("checks")[1][:2] == [failing[0], "failed"]
        assert browser.follow(file, "orders").of("h1")[0].text == "orders"


def test_files_are_told_by_state_and_page_by_page(visit: Visit, sqlite_server: Server) -> None:
    browser = visit()
    files = browser.follow(browser.open("/ui/datasets/orders"), "Files")
    assert [row[0] for row in files.rows("files")[1:]] == ["2.csv", "bad.csv", "1.csv"]
    assert [row[0] for row in browser.follow(files, "quarantined").rows("files")[1:]] == ["bad.csv"]
    assert "There is none here." in browser.follow(files, "rejected").text


def test_the_history_of_scores_is_a_picture_and_a_table(visit: Visit) -> None:
    page = visit().open("/ui/datasets/orders")
    assert len(page.rows("scores")) == 3
    assert [each.text[:8] for each in page.of("desc")] == ["2 scores"]
    assert len(page.of("polyline")) == 1


def test_events_are_told_newest_first_and_lead_to_what_they_are_of(visit: Visit) -> None:
    browser = visit()
    page = browser.open("/ui/events")
    positions = [int(row[0]) for row in page.rows("events")[1:]]
    assert positions == sorted(positions, reverse=True)
    assert browser.follow(page, "bad.csv").of("h1")[0].text == "File bad.csv"
    before = browser.open("/ui/events?before=4")
    assert [row[0] for row in before.rows("events")[1:]] == ["3", "2", "1"]
    assert "before position 1" in browser.open("/ui/events?before=1").text


def test_values_of_the_data_are_for_who_may_see_samples(visit: Visit) -> None:
    for samples in (False, True):
        browser = visit(samples=samples)
        dataset = browser.open("/ui/datasets/orders")
        rule = browser.follow(dataset, dataset.rows("failing")[1][0])
        pages = [browser.open("/ui/datasets/orders/columns"), rule, browser.follow(rule, "bad.csv")]
        assert [SECRET_VALUE in page.text for page in pages] == [samples] * 3
        assert all((SECRET_VALUE in browser.open(page).text) is False for page in PAGES if "columns" not in page)


def test_a_key_of_some_datasets_shows_no_others(visit: Visit, sqlite_server: Server) -> None:
    everything = visit("reader")
    of_returns = everything.follow(everything.open("/ui/datasets/returns/files"), "bad.csv").answer.url
    browser = visit("reader", "orders")
    assert [row[0] for row in browser.open("/ui/").rows("datasets")[1:]] == ["orders"]
    for page in ("/ui/", "/ui/events", "/ui/search?q=csv"):
        assert "orders" in browser.open(page).text
        assert "returns" not in browser.open(page).text
    denied = browser.open("/ui/datasets/returns")
    assert (denied.answer.status_code, "not for dataset" in denied.text) == (403, True)
    for below in ("files", "columns", "rules/id.required"):
        assert browser.open(f"/ui/datasets/returns/{below}").answer.status_code == 403
    assert browser.open(str(of_returns)).answer.status_code == 404
    with sqlite_server.client("admin") as client:
        records = client.get("/v1/audit", params={"limit": 10}).json()["items"]
    assert {(each["action"], each["outcome"]) for each in records} >= {("GET /ui/datasets/{dataset}", "denied")}


def test_what_is_not_there_is_said_in_words(visit: Visit) -> None:
    browser = visit()
    for address, status, told in (
        ("/ui/datasets/ordres", 404, "no dataset 'ordres'"),
        ("/ui/data-assets/0", 404, "no data asset '0'"),
        ("/ui/datasets/orders/rules/none", 404, "no rule 'none'"),
        ("/ui/nothing", 404, "no such page"),
        ("/ui/datasets/orders/files?state=odd", 422, "state"),
        ("/ui/datasets/orders/files?after=odd", 422, "cursor"),
        ("/ui/events?before=odd", 422, "before"),
        ("/ui/events?before=99999999999999999999", 422, "before"),
    ):
        page = browser.open(address)
        assert (page.answer.status_code, told in page.text) == (status, True), page.text
    refused = Page(browser.client.post("/ui/datasets/orders"))
    assert (refused.answer.status_code, "pages only show" in refused.text) == (405, True)


def test_every_page_keeps_browsers_from_doing_more_than_show_it(visit: Visit) -> None:
    browser = visit()
    shown = [browser.open(address) for address in PAGES]
    shown.append(browser.follow(shown[2], "bad.csv"))
    for page in shown:
        headers = page.answer.headers
        assert page.answer.status_code == 200
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
        assert headers["cache-control"] == "no-store"
        assert not page.of("script") + page.of("style")
        assert not [e for e in page.elements if any(n == "style" or n.startswith("on") for n in e.attributes)]
        assert [address for address in page.addresses if not is_ours(address)] == []


def test_style_and_icon_may_be_kept_and_nothing_else_is_in_their_folder(newcomer: Newcomer) -> None:
    browser = newcomer()
    page = browser.open("/ui/login")
    for link in page.of("link"):
        answer = browser.client.get(link.attributes["href"])
        assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)
    for name in ("..%2Fsite.py", "%2e%2e%2fsite.py", "nothing.css"):
        assert browser.client.get(f"/ui/static/{name}").url.path == "/ui/login"
