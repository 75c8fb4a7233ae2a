"""What is asked of the single data assets of a dataset, a page at a time."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import pytest

from data_management.application.ports import CatalogReader
from data_management.application.views import FailingPage
from data_management.domain.models import AssetStatus, Check, DataCatalogEntry, Dimension, Severity, Verdict
from data_management.errors import InvalidInput, NotFound
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import CHECKS, EXAMINATION, SCORE, arrived, many, validation


class Page(Protocol):
    @property
    def next(self) -> str | None: ...


P = TypeVar("P", bound=Page)


def all_pages(ask: Callable[[str | None], P]) -> list[P]:
    pages = [ask(None)]
    while pages[-1].next is not None:
        pages.append(ask(pages[-1].next))
    return pages


def judged(
    catalog: Catalog, *entries: DataCatalogEntry, checks: tuple[Check, ...] = CHECKS, run: str = "run-1"
) -> None:
    verdict = Verdict.PASS if all(check.success for check in checks) else Verdict.WARN
    with catalog.unit_of_work() as work:
        for entry in entries:
            stored = work.assets.save(entry) if not entry.version else work.assets.get(entry.id)
            seen = work.assets.save(stored.registered(EXAMINATION).scored(SCORE, verdict))
            work.quality.add(validation(seen.id, run, checks=checks, verdict=verdict))


def names(reader: CatalogReader, rule: str, limit: int = 50) -> list[list[str]]:
    pages: list[FailingPage] = all_pages(lambda after: reader.failing("orders", rule, after, limit))
    return [[each.asset.location.rpartition("/")[2] for each in page.found] for page in pages]


def outcome(success: bool | None, *, errored: bool = False) -> Check:
    return Check("id_not_null", None, "id", Dimension.COMPLETENESS, Severity.WARNING, success, errored=errored)


def test_files_come_in_either_order(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.assets.save_all(many(5))
    reader = catalog.reader()
    one_way = all_pages(lambda after: reader.assets("orders", after=after, limit=2))
    other_way = all_pages(lambda after: reader.assets("orders", after=after, limit=2, newest_first=True))
    numbers = [
        [[int(asset.location[-7:-4]) for asset in page.assets] for page in pages] for pages in (one_way, other_way)
    ]
    assert numbers == [[[0, 1], [2, 3], [4]], [[4, 3], [2, 1], [0]]]


def test_newest_first_goes_over_all_states(catalog: Catalog) -> None:
    judged(catalog, arrived("a.csv"), checks=(outcome(True),))
    with catalog.unit_of_work() as work:
        work.assets.save(arrived("b.csv"))
    judged(catalog, arrived("c.csv"), checks=(outcome(True),))
    for dataset in ("orders", None):
        page = catalog.reader().assets(dataset, newest_first=True)
        assert [asset.location[-5:] for asset in page.assets] == ["c.csv", "b.csv", "a.csv"]


def test_the_versions_of_a_file_are_told_newest_first(catalog: Catalog) -> None:
    ids = []
    for number in range(4):
        with catalog.unit_of_work() as work:
            if ids:
                work.assets.save(work.assets.get(ids[-1]).superseded())
            ids.append(work.assets.save(arrived("a.csv", token=f"v{number}")).id)
            work.assets.save(arrived(f"other{number}.csv"))
    pages = all_pages(lambda after: catalog.reader().versions(ids[1], after, 3))
    assert [[asset.version_token for asset in page.assets] for page in pages] == [["v3", "v2", "v1"], ["v0"]]
    assert pages[0].assets[0].status is AssetStatus.ARRIVED


def test_the_files_on_which_a_rule_failed_are_told_with_its_check(catalog: Catalog) -> None:
    judged(catalog, arrived("fails.csv"), checks=(outcome(False), CHECKS[1]))
    judged(catalog, arrived("passes.csv"), checks=(outcome(True), CHECKS[2]))
    judged(catalog, arrived("errs.csv"), checks=(outcome(None, errored=True),))
    assert names(catalog.reader(), "id_not_null") == [["errs.csv", "fails.csv"]]
    assert names(catalog.reader(), "broken") == [["passes.csv"]]
    assert names(catalog.reader(), "no such rule") == [[]]
    found = catalog.reader().failing("orders", "id_not_null").found
    assert [(each.check.success, each.check.errored) for each in found] == [(None, True), (False, False)]


def test_failing_files_come_in_pages(catalog: Catalog) -> None:
    judged(catalog, *many(5), checks=(outcome(False),))
    assert names(catalog.reader(), "id_not_null", limit=2) == [
        ["00004.csv", "00003.csv"],
        ["00002.csv", "00001.csv"],
        ["00000.csv"],
    ]


def test_only_the_last_judgement_of_what_still_stands_counts(catalog: Catalog) -> None:
    mended, gone = arrived("mended.csv"), arrived("gone.csv")
    judged(catalog, mended, gone, checks=(outcome(False),))
    with catalog.unit_of_work() as work:
        work.assets.save(work.assets.get(gone.id).superseded())
        again = work.assets.save(work.assets.get(mended.id).scored(SCORE, Verdict.PASS))
        work.quality.add(validation(again.id, "run-2", checks=(outcome(True),), verdict=Verdict.PASS))
    assert names(catalog.reader(), "id_not_null") == [[]]


def test_what_is_asked_of_nothing_or_with_no_cursor_is_refused(catalog: Catalog) -> None:
    reader = catalog.reader()
    with pytest.raises(NotFound, match="nothing"):
        reader.versions("nothing")
    with pytest.raises(NotFound, match="nothing"):
        reader.failing("nothing", "id_not_null")
    with catalog.unit_of_work() as work:
        stored = work.assets.save(arrived())
    for ask in (lambda: reader.versions(stored.id, "?"), lambda: reader.failing("orders", "a", "?")):
        with pytest.raises(InvalidInput, match="cursor"):
            ask()
