"""A bucket that changes while it is looked at: in the end the catalog has what stands there, each version once.

``S3_KEYS=20000`` takes that many keys.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

import pytest

from data_management.application.queries import GetCurrentTokensQuery, ListDataAssetsQuery
from data_management.application.services import Application, reconcile, record_landing
from data_management.application.views import AssetView
from data_management.domain.models import Dataset
from data_management.domain.services import DataValidationService
from data_management.infrastructure.aws import AwsClients
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.s3 import S3DataLocationService, SqsLandingAnnouncements
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.fakes import FakeQualityEngine
from data_management_tests.integration.data_sources.s3.conftest import Bucket

KEYS = int(os.environ.get("S3_KEYS", "300"))
PAGES = 7


@pytest.fixture
def app(clients: AwsClients, tmp_path: Path) -> Iterator[Application]:
    files = S3DataLocationService(clients, page_keys=min(1000, KEYS // PAGES))
    engine = open_catalog(tmp_path / "catalog.db", embedded=True)
    yield Application(
        unit_of_work=SQLUnitOfWorkFactory(engine, utc_now),
        reader=SQLCatalogReader(engine),
        engine=FakeQualityEngine(),
        locations=files,
        announcements=SqsLandingAnnouncements(files, clients),
        clock=lambda: datetime.now(UTC),
        validation=DataValidationService(),
    )
    engine.dispose()


def everything(app: Application) -> list[AssetView]:
    found: list[AssetView] = []
    after = None
    while True:
        page = app.ask(ListDataAssetsQuery(limit=1000, after=after, current_only=False))
        found += page.assets
        after = page.next
        if after is None:
            return found


@pytest.mark.timeout(1200)
def test_every_key_of_a_bucket_that_changes_between_ticks_is_recorded_once(app: Application, bucket: Bucket) -> None:
    chance = random.Random(20_000)
    dataset = Dataset(name="orders", contract_id="orders", contract_version="1", landing=bucket.landing("**/*.csv"))
    names = [f"in/{number % 10}/{number:06}.csv" for number in range(0, 2 * KEYS, 2)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(bucket.put, names))
    standing, gone, after, ticks = dict.fromkeys(names, "x"), set[str](), None, 0
    untouched = set(names)
    while ticks == 0 or after is not None:
        report = record_landing(app, dataset, 0.0, deadline=app.deadline(0), after=after)
        after, ticks = report.resume_after, ticks + 1
        for number, name in enumerate(chance.sample(sorted(standing), 6)):
            if number < 2:  # another content of the same size, in the second of the first
                for content in ("yy", "yz")[number]:
                    bucket.put(name, content)
                    standing[name] = content
            elif number < 4:
                bucket.remove(name)
                del standing[name]
                gone.add(name)
            else:  # a key that is lower than most, and a late one beside a known one
                late = name.replace("in/", "in/0/" if number == 4 else "in/") + f"-{ticks}.csv"
                bucket.put(late)
                standing[late] = "x"
            untouched.discard(name)
    assert ticks >= PAGES
    assert {bucket.at(name).uri for name in untouched} <= set(app.ask(GetCurrentTokensQuery("orders")))
    record_landing(app, dataset, 0.0)
    reconcile(app, dataset, 0.0)
    again = reconcile(app, dataset, 0.0)
    assert (again.arrived, again.removed) == (0, 0)
    listed = {file.location.uri: file.version_token.value for file in app.locations.list(bucket.landing("**/*.csv"))}
    assert {uri: token.rpartition("-")[2] for uri, token in listed.items()} == {
        bucket.at(name).uri: md5(content.encode(), usedforsecurity=False).hexdigest()
        for name, content in standing.items()
    }
    assert app.ask(GetCurrentTokensQuery("orders")) == listed
    recorded = everything(app)
    assert len(recorded) >= KEYS
    current = Counter(asset.location for asset in recorded if asset.status.value == "arrived")
    assert set(current.values()) == {1}
    assert max(Counter((asset.location, asset.version_token) for asset in recorded).values()) == 1
    seen_gone = {asset.location for asset in recorded if asset.status.value == "removed"}
    assert seen_gone == {bucket.at(name).uri for name in gone} & {asset.location for asset in recorded}
