"""The server of the API's tests, with a browser before it."""

from collections.abc import Callable

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

Visit = Callable[..., Browser]


@pytest.fixture
def visit(sqlite_server: Server) -> Visit:  # noqa: F811
    """A browser that has logged in as somebody of this role."""

    def visit(role: str = "reader", *datasets: str, samples: bool = False) -> Browser:
        browser = Browser(sqlite_server.url)
        browser.log_in(sqlite_server.key(role, *datasets, samples=samples))
        return browser

    return visit
