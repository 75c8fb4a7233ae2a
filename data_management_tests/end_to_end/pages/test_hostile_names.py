"""Names are data: whatever a dataset, rule, column, file, tag, owner or description is called, a page shows it and no more."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.ports import ExaminationRequest
from data_management.application.services import Application, record_landing, validate_arrivals
from data_management.domain.models import (
    Check,
    Classification,
    ClassifiedBy,
    Column,
    ColumnProfile,
    ColumnSpec,
    DataLocation,
    Dataset,
    Dimension,
    Examination,
    Expectation,
    Landing,
    ReadingNote,
    Rule,
    Sensitivity,
    ValueCount,
)
from data_management.presentation.pages import links
from data_management.presentation.pages.rendering import visible
from data_management_tests.end_to_end.api.conftest import application
from data_management_tests.end_to_end.api.server import served
from data_management_tests.end_to_end.pages.browsing import Browser, Page, is_ours
from data_management_tests.end_to_end.pages.names import HOSTILE
from data_management_tests.fakes import FakeQualityEngine

pytestmark = pytest.mark.xdist_group("hostile names")  # they share one catalog
PLAIN = "plain"
HALF = "a\ud83db"
"""Half a surrogate pair, as an escape of YAML makes it."""


def named(name: str, folder: Path) -> Dataset:
    expectation = Expectation("expect_column_values_to_not_be_null", {"column": name})
    return Dataset(
        name=name,
        contract_id=name,
        contract_version=name,
        landing=Landing(DataLocation.from_path(folder), "*"),
        columns=(ColumnSpec(name, "string", description=name),),
        rules=(
            Rule(name, (expectation,), Dimension.COMPLETENESS, column=name, description=name),
            Rule(f"{name}, later", (), Dimension.ACCURACY, column=name, not_runnable=name),
        ),
        description=name,
        owners=(name,),
        tags=(name,),
        samples=5,
    )


def examined(request: ExaminationRequest) -> Examination:
    rule, *_ = request.rules
    name = rule.name
    profile = ColumnProfile(
        name,
        1,
        2,
        minimum=name,
        maximum=name,
        shortest=1,
        longest=9,
        count=3,
        top_values=(ValueCount(name, 2),),
        sampled=3,
    )
    return Examination(
        columns=(Column(name, "VARCHAR", stored=name),),
        row_count=3,
        checks=(Check.of(rule, success=False, evaluated=3, unexpected=1, samples=(name,), observed={name: [name]}),),
        profile=(profile,),
        notes=(ReadingNote("doubtful", name, 1),),
        reading={"format": "csv", "delimiter": name},
        classifications=(Classification("other", None, Sensitivity.PUBLIC, 1.0, name, ClassifiedBy.CONTRACT),),
    )


def fill(app: Application, home: Path) -> None:
    for number, name in enumerate([PLAIN, HALF, *HOSTILE.values()]):
        folder = home / "landing" / str(number)
        folder.mkdir(parents=True)
        file = name.replace("/", "\u2215").translate({0: None, 0xD83D: None})[:60]
        (folder / f"a {file} z").write_text("a")
        dataset = replace(named(PLAIN, folder), name=HALF) if name == HALF else named(name, folder)
        app.run(RegisterDatasetCommand(dataset))
        record_landing(app, dataset, 0.0)
        validate_arrivals(app, dataset, "run-1")
    with open(os.path.join(os.fsencode(home), b"landing", b"0", b"\xff\xfe.csv"), "wb") as file:  # noqa: PTH118, PTH123
        file.write(b"a")
    record_landing(app, named(PLAIN, home / "landing" / "0"), 0.0)
    app.relay.tick()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    home = tmp_path_factory.mktemp("hostile")
    with application(home, engine=FakeQualityEngine(examined)) as app:
        fill(app, home)
        with served(app) as running:
            browser = Browser(running.url)
            browser.log_in(running.key("reader", samples=True))
            with closing(browser.client):
                yield browser


@pytest.fixture(scope="module")
def plain(browser: Browser) -> dict[str, Page]:
    return visit(browser, PLAIN)


def visit(browser: Browser, name: str) -> dict[str, Page]:
    """Every kind of page about the dataset of this name, reached by its links."""
    pages = {"list": browser.open(links.page("", owner=name)), "search": browser.open(links.page("search", q=name))}
    told = visible(name)
    assert isinstance(told, str)
    shown = " ".join(told.split())
    pages["dataset"] = browser.follow(pages["list"], shown)
    for tab in ("Files", "Columns"):
        pages[tab] = browser.follow(pages["dataset"], tab)
    pages["rule"] = browser.follow(pages["dataset"], pages["dataset"].rows("failing")[1][0])
    pages["file"] = browser.follow(pages["rule"], pages["rule"].rows("failing")[1][0])
    pages["tag"] = browser.open(next(a for a in pages["dataset"].addresses if "tag=" in a))
    return pages


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_is_shown_and_does_nothing(browser: Browser, plain: dict[str, Page], kind: str) -> None:
    name = HOSTILE[kind]
    hostile = visit(browser, name)
    for which, page in hostile.items():
        assert page.answer.status_code == 200, (which, page.text)
        if which != "search":  # what it finds depends on the words
            tags, plain_tags = ({each.name for each in p.elements} for p in (page, plain[which]))
            assert tags == plain_tags, which
            attributes, plain_attributes = ({n for e in p.elements for n in e.attributes} for p in (page, plain[which]))
            assert attributes == plain_attributes, which
        assert [address for address in page.addresses if not is_ours(address)] == []
        assert not [c for c in page.answer.text if visible(c) != c], "a character that acts unseen"
        assert set(page.answer.headers) == set(plain[which].answer.headers), which
    told = visible(name)
    assert isinstance(told, str)
    shown = " ".join(told.split())
    for which in ("dataset", "Files", "Columns"):
        assert hostile[which].of("h1")[0].text == shown
    assert hostile["rule"].of("h1")[0].text == " ".join(f"Rule {told}".split())


def test_every_link_of_every_list_leads_somewhere(browser: Browser) -> None:
    for address in ("/ui/", "/ui/events", "/ui/datasets/plain", "/ui/datasets/plain/files"):
        page: Page | None = browser.open(address)
        while page is not None:
            for link in {each.attributes["href"] for each in page.of("a")} - {"#content"}:
                assert browser.client.get(urljoin(str(page.answer.url), link)).status_code == 200, link
            following = [each for each in page.of("a") if each.attributes.get("rel") == "next"]
            page = browser.open(following[0].attributes["href"]) if following and address != "/ui/events" else None


def test_a_file_whose_name_is_no_text_is_shown(browser: Browser) -> None:
    page = browser.open("/ui/datasets/plain/files")
    assert [row[0] for row in page.rows("files")[1:]] == ["\\xff\\xfe.csv", "a plain z"]
    assert browser.follow(page, "\\xff\\xfe.csv").of("h1")[0].text == "File \\xff\\xfe.csv"
