"""Counts of files are kept by difference on both databases: right under many writers, audited, mended, and there after an upgrade."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from data_management.application.services import audit
from data_management.domain.models import AssetCounts, Verdict
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.engine import writing
from data_management_tests.fakes import NOON
from data_management_tests.integration.persistence.application import application
from data_management_tests.integration.persistence.test_schema import config
from data_management_tests.port_tests.examples import EXAMINATION, LEASE, SCORE, arrived, many


def test_many_writers_of_one_dataset_count_together(either: Engine) -> None:
    units = SQLUnitOfWorkFactory(either, utc_now)

    def write(writer: int) -> None:
        for turn in range(5):
            with units() as work:
                first, second = work.assets.save_all([arrived(f"{writer}-{turn}-{n}.csv") for n in range(2)])
            with units() as work:
                work.assets.save(work.assets.get(first.id).registered(EXAMINATION).scored(SCORE, Verdict.PASS))
                work.assets.save(work.assets.get(second.id).removed())

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    reader = SQLCatalogReader(either)
    assert reader.dataset("orders").counts == AssetCounts(accepted=30, rows=3000)
    assert reader.audit("orders").counts is None


def test_an_audit_says_where_a_count_is_wrong_and_mends_it(either: Engine) -> None:
    app = application(either)
    with SQLUnitOfWorkFactory(either, utc_now)() as work:
        work.assets.save_all(many(3))
    with writing(either).begin() as connection:
        connection.execute(text("UPDATE dataset_counts SET pending = 7, accepted = 2"))
    found = {each.found.dataset: each.found for each in audit(app)}
    differs = found["orders"].counts
    assert differs is not None
    assert (differs.stored, differs.counted) == (AssetCounts(pending=7, accepted=2), AssetCounts(pending=3))
    assert (found["orders"].is_sound, found["customers"].is_sound) == (False, True)
    assert {each.found.dataset: each.mended for each in audit(app, mend=True)} == {"customers": False, "orders": True}
    assert all(each.found.is_sound for each in audit(app))


def test_an_older_catalog_is_counted_as_it_is_upgraded(either: Engine) -> None:
    units = SQLUnitOfWorkFactory(either, utc_now)
    with units() as work:
        _, good, bad, broken, gone = work.assets.save_all(many(5))
        work.assets.save(good.registered(EXAMINATION).scored(SCORE, Verdict.PASS))
        work.assets.save(bad.registered(EXAMINATION).scored(SCORE, Verdict.FAIL, "bad"))
        work.assets.save(broken.rejected("broken"))
        work.assets.save(gone.removed())
    settings: Config = config()
    for change, revision in ((command.downgrade, "0004"), (command.upgrade, "head")):
        with writing(either).begin() as connection:
            settings.attributes["connection"] = connection
            change(settings, revision)
    reader = SQLCatalogReader(either)
    assert reader.dataset("orders").counts == AssetCounts(pending=1, accepted=1, quarantined=1, rejected=1, rows=100)
    assert reader.dataset("customers").counts == AssetCounts()


@pytest.mark.parametrize("column", ["attempts", "returns"])
def test_an_arrival_may_be_given_back_any_number_of_times(either: Engine, column: str) -> None:
    units = SQLUnitOfWorkFactory(either, utc_now)
    with units() as work:
        work.arrivals.open([work.assets.save(replace(arrived(), events=()))])
    with writing(either).begin() as connection:
        connection.execute(text(f"UPDATE arrivals SET {column} = 32767"))
    with units() as work:
        assert work.arrivals.claim("orders", "run", NOON, LEASE, 10**9)
        work.arrivals.release("run", NOON)
    with units() as work:
        assert work.arrivals.pending("orders", NOON).attempts == 32768
