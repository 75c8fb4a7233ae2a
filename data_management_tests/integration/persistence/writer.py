"""Stands in for a sensor in a process of its own: ``python -m … SEED FILES`` records files that others record too.

The catalog is that of ``DATA_MANAGEMENT_CATALOG``, made by whoever comes first.
"""

import os
import random
import sys
from pathlib import Path

from data_management.application.commands import RecordArrivalsCommand, RegisterDatasetCommand
from data_management.application.ports import FoundFile
from data_management.domain.models import DataLocation, VersionToken
from data_management.infrastructure.persistence.engine import postgres_url
from data_management.infrastructure.persistence.schema import open_catalog, upgrade_catalog
from data_management_tests.fakes import NOON
from data_management_tests.integration.persistence.application import application
from data_management_tests.port_tests.examples import ORDERS

CHUNK = 5


def main(seed: str, files: str) -> None:
    where = os.environ["DATA_MANAGEMENT_CATALOG"]
    place = postgres_url(where) if "://" in where else Path(where)
    upgrade_catalog(place)
    engine = open_catalog(place)
    app = application(engine)
    try:
        app.run(RegisterDatasetCommand(ORDERS))
        locations = [DataLocation(f"file:///landing/orders/{number}.csv") for number in range(int(files))]
        random.Random(seed).shuffle(locations)
        for at in range(0, len(locations), CHUNK):
            found = [FoundFile(location, VersionToken("v1"), 1, NOON) for location in locations[at : at + CHUNK]]
            app.run(RecordArrivalsCommand("orders", tuple(found)))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
