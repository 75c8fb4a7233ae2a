"""Stands in for a sensor in a process of its own: ``python -m … PATH SEED FILES`` records files that others record too."""

import random
import sys
from pathlib import Path

from data_management.domain.models import DataAsset, DataCatalogEntry, DataLocation, VersionToken
from data_management.infrastructure.data_sources.sql import SQLUnitOfWorkFactory
from data_management.infrastructure.persistence.schema import open_catalog
from data_management_tests.fakes import NOON
from data_management_tests.port_tests.examples import ORDERS

CHUNK = 5


def main(path: str, seed: str, files: str) -> None:
    engine = open_catalog(Path(path), embedded=True)
    try:
        unit_of_work = SQLUnitOfWorkFactory(engine)
        with unit_of_work() as work:
            if work.datasets.find("orders") is None:
                work.datasets.save(ORDERS)
        locations = [DataLocation(f"file:///landing/orders/{number}.csv") for number in range(int(files))]
        random.Random(seed).shuffle(locations)
        for at in range(0, len(locations), CHUNK):
            with unit_of_work() as work:
                chunk = locations[at : at + CHUNK]
                known = work.assets.current_at("orders", chunk)
                news = [_arrival(location, seed) for location in chunk if location not in known]
                work.arrivals.open(work.assets.save_all(news))
    finally:
        engine.dispose()


def _arrival(location: DataLocation, seed: str) -> DataCatalogEntry:
    asset_id = f"{seed}-{location.name}"
    return DataCatalogEntry.arrived(DataAsset(asset_id, "orders", location, VersionToken("v1"), NOON))


if __name__ == "__main__":
    main(*sys.argv[1:])
