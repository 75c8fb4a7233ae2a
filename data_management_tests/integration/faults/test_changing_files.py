"""Guarantee 7: a file that is still being written is not read, and one that is replaced while it is read is a new arrival."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from data_management.application.ports import ExaminationOutcome, ExaminationRequest
from data_management.application.queries import ListDataAssetsQuery
from data_management.application.services import record_landing, validate_arrivals
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine
from data_management.infrastructure.quality.worker import examine_here
from data_management_tests.integration.persistence.application import application
from data_management_tests.integration.pipeline.project import Project


class Replacing:
    """The product's examination; before the first one somebody replaces the file."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._replaced = False

    def examine(self, requests: Iterable[ExaminationRequest | None]) -> Iterator[ExaminationOutcome]:
        for request in requests:
            assert request is not None
            if not self._replaced:
                self._replaced = True
                self._project.drop("a.csv", rows=7)
            yield examine_here(request)

    def close(self) -> None:
        pass


def test_7_a_file_is_read_when_it_is_whole_and_one_replaced_while_it_is_read_is_a_new_arrival(
    current: CatalogPlace, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    project.drop("a.csv", rows=3)
    (dataset,) = OdcsContractReader().read(tmp_path / "contracts" / "orders.yaml").datasets
    engine = create_catalog_engine(current)
    app = application(engine)
    app.engine, app.locations, app.clock = Replacing(project), LocalDataLocationService(), lambda: datetime.now(UTC)
    assert record_landing(app, dataset, settle_seconds=60).unsettled == 1
    assert validate_arrivals(app, dataset, "too-early").outcomes == ()
    assert record_landing(app, dataset, settle_seconds=0).new == 1
    report = validate_arrivals(app, dataset, "run")
    assert (report.deferred, [outcome.row_count for outcome in report.outcomes]) == (1, [7])
    assets = app.ask(ListDataAssetsQuery("orders", current_only=False)).assets
    assert sorted((asset.status.value, asset.row_count or 0) for asset in assets) == [
        ("accepted", 7),
        ("superseded", 0),
    ]
    engine.dispose()
