from dataclasses import replace
from datetime import timedelta

import pytest

from data_management.application.ports import AuditFilter, DatasetFilter
from data_management.domain.models import ApiKey, AuditRecord, Outcome, Remembered, Role
from data_management.domain.models.access import sha256_of
from data_management.errors import NotFound
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.conftest import Catalog
from data_management_tests.port_tests.examples import CUSTOMERS, ORDERS, arrived, dataset_score, validation

KEY = ApiKey(
    id="00112233445566aa",
    name="dashboards, ünï",
    role=Role.READER,
    secret_sha256=sha256_of("secret"),
    created_at=NOON,
    created_by="user/ann",
    datasets=("orders", "ünï/x"),
    samples=True,
    expires_at=NOON + timedelta(days=1),
)
RECORD = AuditRecord(
    at=NOON,
    who="key/1",
    action="dataset.register",
    subject="dataset/orders",
    outcome=Outcome.DONE,
    before=None,
    after={"description": "a\x00b"},
    reason="because",
    request_id="r",
    client="127.0.0.1",
)


def test_a_key_comes_back_as_it_was_and_is_revoked_once(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.access.add_key(KEY)
        work.access.add_key(replace(KEY, id="b" * 16, datasets=None, expires_at=None))
    assert catalog.reader().find_key(KEY.id) == KEY
    assert [key.datasets for key in catalog.reader().api_keys()] == [("orders", "ünï/x"), None]
    with catalog.unit_of_work() as work:
        assert work.access.revoke_key(KEY.id, NOON)
        assert not work.access.revoke_key(KEY.id, NOON + timedelta(hours=1))
        assert work.access.key(KEY.id).revoked_at == NOON
        with pytest.raises(NotFound, match="keys list"):
            work.access.revoke_key("nobody", NOON)
    assert catalog.reader().find_key("nobody") is None


def test_the_audit_comes_newest_first_and_filtered_in_pages(catalog: Catalog) -> None:
    others = [replace(RECORD, who=f"key/{number}", at=NOON + timedelta(hours=number)) for number in range(2, 6)]
    with catalog.unit_of_work() as work:
        work.access.record([RECORD])
        work.access.record(others)
        work.access.record([])
    first = catalog.reader().audit_records(AuditFilter(), limit=2)
    rest = catalog.reader().audit_records(AuditFilter(), first.next, limit=3)
    assert [each.who for page in (first, rest) for each in page.records] == [
        "key/5",
        "key/4",
        "key/3",
        "key/2",
        "key/1",
    ]
    assert rest.next is None
    assert replace(rest.records[-1], id=0) == RECORD
    found = catalog.reader().audit_records
    assert [each.who for each in found(AuditFilter(who="key/3")).records] == ["key/3"]
    assert len(found(AuditFilter(since=NOON + timedelta(hours=4))).records) == 2
    assert found(AuditFilter(action="x")).records == found(AuditFilter(subject="x")).records == ()


def test_a_request_is_recalled_for_a_day(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        assert work.access.recall("key/1", "k", "f", NOON) is None
        work.access.remember("key/1", "k", ["dataset/orders"])
    with catalog.unit_of_work() as work:
        assert work.access.recall("key/1", "k", "g", NOON) == Remembered("f", ("dataset/orders",))
        assert work.access.recall("key/2", "k", "f", NOON) is None
        assert work.access.recall("key/1", "k", "f", NOON + timedelta(days=2)) is None


def test_datasets_come_in_pages_of_those_that_are_wanted(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        work.datasets.save(replace(CUSTOMERS, name="returns", tags=("daily",)))
        work.datasets.retire("returns", NOON)

    def names(wanted: DatasetFilter = DatasetFilter(), after: str | None = None, limit: int = 100) -> list[str]:
        return [view.name for view in catalog.reader().dataset_page(wanted, after, limit).datasets]

    first = catalog.reader().dataset_page(DatasetFilter(), limit=2)
    assert [view.name for view in first.datasets] == ["customers", "orders"]
    assert names(after=first.next) == ["returns"]
    assert names(DatasetFilter(tag="daily")) == ["orders", "returns"]
    assert names(DatasetFilter(tag="daily", retired=False)) == ["orders"]
    assert names(DatasetFilter(owner="ann@example.com")) == ["orders"]
    assert names(DatasetFilter(names=("returns", "nobody"))) == ["returns"]
    assert names(DatasetFilter(retired=True)) == ["returns"]


def test_a_datasets_version_grows_with_each_change(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        before = work.datasets.version("orders")
        work.datasets.save(ORDERS)
        assert work.datasets.version("orders") == (before or 0) + 1
        work.datasets.retire("orders", NOON)
        assert (work.datasets.version("orders"), work.datasets.retired_at("orders")) == ((before or 0) + 2, NOON)
        assert (work.datasets.version("nobody"), work.datasets.retired_at("nobody")) == (None, None)
    assert catalog.reader().dataset("orders").version == (before or 0) + 2


def test_scores_and_validations_come_in_pages(catalog: Catalog) -> None:
    with catalog.unit_of_work() as work:
        entry = work.assets.save(arrived())
        for number in range(5):
            at = NOON + timedelta(hours=number)
            work.quality.add_score(dataset_score(f"run-{number}", float(number), at=at))
            work.quality.add(validation(entry.id, f"run-{number}", at=at))
    reader = catalog.reader()
    first = reader.scores("orders", limit=2)
    second = reader.scores("orders", first.next, limit=3)
    assert [point.score.value for page in (first, second) for point in page.points] == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert second.next is None
    assert reader.score_at("orders", NOON + timedelta(hours=2, minutes=30)).score.value == 2.0
    with pytest.raises(NotFound, match="no score of"):
        reader.score_at("orders", NOON - timedelta(hours=1))
    pages = [reader.validations(entry.id, limit=4)]
    pages.append(reader.validations(entry.id, pages[0].next, limit=4))
    assert [len(page.validations) for page in pages] == [4, 1]
    assert pages[1].validations[0].at == NOON
