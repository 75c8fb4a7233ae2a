"""The server of the API's tests, with a browser before it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from data_management_tests.end_to_end.api.conftest import (  # noqa: F401  fixtures
    empty_catalog,
    filled,
    project,
    server,
    sqlite_server,
)
from data_management_tests.end_to_end.api.server import Server
from data_management_tests.end_to_end.pages.browsing import Browser

Newcomer = Callable[[], Browser]
Visit = Callable[..., Browser]


@pytest.fixture
def newcomer(sqlite_server: Server) -> Iterator[Newcomer]:  # noqa: F811
    """Browsers that nobody knows yet."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Browser(sqlite_server.url))


@pytest.fixture
def visit(sqlite_server: Server, newcomer: Newcomer) -> Visit:  # noqa: F811
    """A browser that has logged in as somebody of this role."""

    def visit(role: str = "reader", *datasets: str, samples: bool = False) -> Browser:
        browser = newcomer()
        browser.log_in(sqlite_server.key(role, *datasets, samples=samples))
        return browser

    return visit
