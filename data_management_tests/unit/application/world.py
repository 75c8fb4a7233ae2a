"""An application over fakes, and the verbs that tests speak in."""

from collections.abc import Callable, Mapping

from data_management.application.ports import ExaminationRequest
from data_management.application.queries import GetDatasetQuery, ListDataAssetsQuery
from data_management.application.services import (
    Application,
    BatchReport,
    LandingReport,
    record_landing,
    validate_arrivals,
)
from data_management.application.views import AssetView, DatasetView
from data_management.domain.models import Dataset
from data_management.domain.services import DataValidationService
from data_management_tests.examples import clean, orders
from data_management_tests.fakes import (
    FakeCatalog,
    FakeClock,
    FakeDataLocationService,
    FakeLandingAnnouncements,
    FakeQualityEngine,
)
from data_management_tests.fakes.world import CannedOutcome

Outcomes = Mapping[str, CannedOutcome] | Callable[[ExaminationRequest], CannedOutcome]


class World:
    """A landing, an engine, a catalog and a clock, all fake, under a real façade."""

    def __init__(self, outcomes: Outcomes | None = None, dataset: Dataset | None = None) -> None:
        self.dataset = dataset or orders()
        self.clock = FakeClock()
        self.files = FakeDataLocationService()
        self.queue = FakeLandingAnnouncements()
        self.engine = FakeQualityEngine(outcomes, otherwise=clean())
        self.catalog = FakeCatalog(clock=self.clock)
        self.app = Application(
            unit_of_work=self.catalog.unit_of_work,
            reader=self.catalog.reader(),
            engine=self.engine,
            locations=self.files,
            announcements=self.queue,
            clock=self.clock,
            validation=DataValidationService(),
            ticks=self.clock.ticks,
        )
        self.clock.advance(seconds=60)

    def drop(self, name: str, token: str = "v1") -> None:
        self.files.put(uri(name), token)

    def look(self, settle_seconds: float = 2.0) -> LandingReport:
        return record_landing(self.app, self.dataset, settle_seconds)

    def run(self, run_id: str = "run-1", **options: float) -> BatchReport:
        return validate_arrivals(self.app, self.dataset, run_id, **options)  # type: ignore[arg-type]

    def look_and_run(self, run_id: str = "run-1") -> BatchReport:
        self.look()
        return self.run(run_id)

    def assets(self, *, current_only: bool = True) -> list[AssetView]:
        return list(self.app.ask(ListDataAssetsQuery(limit=1000, current_only=current_only)).assets)

    def statuses(self, *, current_only: bool = True) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for asset in self.assets(current_only=current_only):
            found.setdefault(asset.location.rpartition("/")[2], []).append(asset.status.value)
        return found

    def view(self) -> DatasetView:
        return self.app.ask(GetDatasetQuery(self.dataset.name))


def uri(name: str) -> str:
    return f"file:///landing/orders/{name}"
