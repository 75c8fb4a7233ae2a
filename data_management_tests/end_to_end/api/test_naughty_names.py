"""Names, columns, tags, owners and descriptions that something takes for more than text: in through the API, out through API, command line, pages.

The kinds are those of the pages' tests, each in twelve disguises; ``GUARANTEES=full`` takes all, else each 13th.
"""

import csv
import io
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from data_management.presentation.api.paths import segment_of
from data_management.presentation.pages import links
from data_management.presentation.pages.rendering import visible
from data_management_tests.end_to_end.api.conftest import application, fill, options
from data_management_tests.end_to_end.api.server import served
from data_management_tests.end_to_end.api.test_remote import Shell, shell_of
from data_management_tests.end_to_end.pages.browsing import Browser, Page, is_ours
from data_management_tests.end_to_end.pages.names import HOSTILE
from data_management_tests.integration.pipeline.project import Project

EACH = 1 if os.environ.get("GUARANTEES") == "full" else 13
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def disguises(name: str) -> Iterator[str]:
    yield from (name, f"a{name}", f"{name}b", f"{name}{name}", f" {name}", f"'{name}'", f'"{name}"', f"={name}")
    yield from (f"\t{name}", f"{name}\n{name}", f"é{name}\u202e", name[::-1])


NAUGHTY = list(dict.fromkeys(each for name in HOSTILE.values() for each in disguises(name)))


def contract(name: str, text: str) -> dict[str, Any]:
    column = {"name": text or "x", "logicalType": "string", "description": text}
    schema = {"name": name, "description": text, "tags": [text], "properties": [column]}
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": text,
        "version": "1.0.0",
        "status": "active",
        "team": {"name": "t", "members": [{"username": text, "role": "owner"}]},
        "schema": [schema],
    }


@pytest.fixture
def shell(project: Project, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with application(project.home) as app:
        fill(app, project)
        with served(app, options=options(project)) as server, shell_of(server, project, capsys) as made:
            yield made


def test_the_promised_number_of_them_is_there() -> None:
    assert len(NAUGHTY) >= 515


def test_they_are_data_at_every_door(shell: Shell) -> None:
    refused = set[str]()
    with shell.server.client("admin") as client, Browser(shell.server.url) as browser:
        browser.log_in(shell.server.key("admin"))
        plain = put(client, "plain", "plain")
        assert plain.status_code == 201
        tags = shape(browser.open(links.dataset("plain", "columns")))
        for text in NAUGHTY[::EACH]:
            made = put(client, text, text)
            if made.status_code == 422:
                assert made.json()["faults"]
                refused.add(text)
                continue
            assert made.status_code == 201, (text, made.text)
            told = client.get(made.headers["location"]).json()
            assert (told["name"], told["description"], told["contract"]) == (text, text, text)
            assert (told["owners"], told["tags"]) == ([text], [text])
            assert set(made.headers) - {"content-encoding"} == set(plain.headers), text
            assert_said_by_the_command_line(shell, text)
            page = browser.open(links.dataset(text, "columns"))
            assert (page.answer.status_code, shape(page)) == (200, tags), text
            assert [address for address in page.addresses if not is_ours(address)] == []
            assert not [c for c in page.answer.text if visible(c) != c], text
            assert client.delete(made.headers["location"]).status_code == 405
        listed = {each["name"] for each in client.get("/v1/datasets?limit=500").json()["items"]}
        assert {"orders", "returns", "plain"} <= listed
    assert len(refused) < len(NAUGHTY[::EACH]) / 4, "names are kept as they are, with few exceptions"


def put(client: Any, name: str, text: str) -> Any:
    headers = {"If-None-Match": "*", "Content-Type": "application/json"}
    body = json.dumps(contract(name, text)).encode()
    return client.put(f"/v1/datasets/{segment_of(name)}", content=body, headers=headers)


def shape(page: Page) -> tuple[set[str], set[str]]:
    return {each.name for each in page.elements}, {name for each in page.elements for name in each.attributes}


def assert_said_by_the_command_line(shell: Shell, text: str) -> None:
    shown = {
        style: shell.elsewhere("datasets", "show", "--format", style, "--", text) for style in ("json", "csv", "table")
    }
    assert {said.code for said in shown.values()} == {0}, text
    assert shown["json"].json["name"] == text
    header, row = csv.reader(io.StringIO(shown["csv"].out))
    cells = dict(zip(header, row, strict=True))
    for name in ("name", "description", "contract"):
        assert not cells[name].startswith(FORMULA), text
        assert cells[name].isprintable(), text
    for line in shown["table"].out.splitlines():
        assert line.isprintable(), text
