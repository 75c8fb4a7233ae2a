"""The pages in a real browser: without scripts, small and zoomed, in light and dark, and by axe-core's rules of accessibility."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.chromium import needs_chromium, started

pytestmark = [needs_chromium, pytest.mark.xdist_group("chromium")]

PAGES = (
    "/ui/",
    "/ui/?retired=1",
    "/ui/datasets/orders",
    "/ui/datasets/orders/files",
    "/ui/datasets/orders/columns",
    "/ui/events",
    "/ui/search?q=orders",
    "/ui/search",
    "/ui/datasets/nothing",
)
RULES = {
    "light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"runOnly": ["cat.color"]},  # nothing else depends on it
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


class Visitor:
    """A window that has logged in. It keeps what the browser complains of, and where it asked."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.url = server.url
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def log_in(self, key: str) -> "Visitor":
        self.page.goto(f"{self.url}/")
        self.page.get_by_label("Key of the catalog").fill(key)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url("**/ui/")
        return self

    def walk(self) -> Iterator[str]:
        """Open every page, that of a rule and of a file among them."""
        for path in PAGES:
            self.page.goto(f"{self.url}{path}")
            yield path
        self.page.goto(f"{self.url}/ui/datasets/orders")
        self.page.locator("table:has(#failing) tbody a").first.click()
        self.page.wait_for_url("**/rules/*")
        yield "a rule"
        self.page.get_by_role("link", name="bad.csv").click()
        self.page.wait_for_url("**/data-assets/*")
        yield "a file"


def visitor(
    chromium: Browser,
    server: Server,
    *,
    scheme: Literal["light", "dark"] = "light",
    width: int = 1180,
    scripts: bool = True,
) -> Visitor:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts)
    return Visitor(page, server)


def open_all(page: Page) -> None:
    """Fold out what is folded, so that it is looked at."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_from_a_search_to_a_file_without_scripts(chromium: Browser, sqlite_server: Server) -> None:
    window = visitor(chromium, sqlite_server, scripts=False)
    page = window.log_in(sqlite_server.key("reader")).page
    page.get_by_label("Search datasets and files").fill("orders")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("link", name="orders", exact=True).first.click()
    page.locator("table:has(#failing) tbody a").first.click()
    page.get_by_role("link", name="bad.csv").click()
    assert page.get_by_role("heading", level=1).inner_text() == "File bad.csv"
    assert page.locator("table:has(#checks) tbody tr").count() == 1
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{sqlite_server.url}/ui/datasets/orders")
    assert page.get_by_role("heading", level=1).inner_text() == "Log in"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_accessibility(
    chromium: Browser, sqlite_server: Server, scheme: Literal["light", "dark"]
) -> None:
    window = visitor(chromium, sqlite_server, scheme=scheme)
    axe = Axe()
    window.page.goto(f"{sqlite_server.url}/ui/login")
    found = {"login": axe.run(window.page, options=RULES[scheme]).response["violations"]}
    window.page.get_by_label("Key of the catalog").fill("wrong")
    window.page.get_by_role("button", name="Log in").click()
    window.page.get_by_role("alert").wait_for()
    found["login, refused"] = axe.run(window.page, options=RULES[scheme]).response["violations"]
    window.log_in(sqlite_server.key("reader", samples=True))
    for place in window.walk():
        open_all(window.page)
        result = axe.run(window.page, options=RULES[scheme]).response
        assert "color-contrast" in {rule["id"] for rule in result["passes"]}, "axe looked at nothing"
        found[place] = result["violations"]
    told = {
        place: [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in rules]
        for place, rules in found.items()
        if rules
    }
    assert told == {}
    window.page.close()


@pytest.mark.parametrize("width", [320, 360, 590])
def test_no_page_is_wider_than_a_small_or_zoomed_window(chromium: Browser, sqlite_server: Server, width: int) -> None:
    window = visitor(chromium, sqlite_server, width=width).log_in(sqlite_server.key("reader", samples=True))
    for place in window.walk():
        open_all(window.page)
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width, place
    window.page.close()


def test_the_browser_has_nothing_to_complain_of_and_asks_nobody_else(chromium: Browser, sqlite_server: Server) -> None:
    window = visitor(chromium, sqlite_server).log_in(sqlite_server.key("reader"))
    for _ in window.walk():
        pass
    known = ("Password forms should have", "404 (Not Found)")  # there is no user name; one page is of what is not there
    assert [each for each in window.complaints if not any(part in each for part in known)] == []
    assert {url.split("/")[2] for url in window.asked} == {sqlite_server.url.split("/")[2]}
    assert window.page.evaluate("getComputedStyle(document.querySelector('header')).display") == "flex"
    window.page.close()


def test_the_keyboard_is_enough(chromium: Browser, sqlite_server: Server) -> None:
    page = visitor(chromium, sqlite_server).log_in(sqlite_server.key("reader")).page
    focused = "document.activeElement.textContent.trim()"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    for _ in range(3):  # the table that may scroll, then its first link
        page.keyboard.press("Tab")
        if page.evaluate(focused) == "orders":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/datasets/orders")
    page.close()
