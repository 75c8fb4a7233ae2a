"""The product's work over a catalog that fails now and then; all else is fake and does not fail."""

from collections import Counter

from sqlalchemy import Engine

from data_management.application.services import Application, EventRelay, audit
from data_management.domain.services import DataValidationService
from data_management.errors import DataManagementError
from data_management.infrastructure.data_sources.sql import SQLCatalogReader, SQLUnitOfWorkFactory
from data_management_tests.fakes import FakePublisher
from data_management_tests.integration.events.test_guarantees import all_versions, recorded
from data_management_tests.integration.persistence.test_guarantees import counted, number, sound
from data_management_tests.unit.application.relaying import in_order
from data_management_tests.unit.application.world import World


class Working(World):
    """A look, a run and a relay, each of which may fail; remembers what it was told to be stored."""

    def __init__(self, engine: Engine, files: int = 6) -> None:
        super().__init__()
        self.over(engine)
        self.names = [f"{number}.csv" for number in range(files)]
        for name in self.names:
            self.drop(name)
        self.recorded = 0
        self.judged: set[str] = set()

    def over(self, engine: Engine) -> None:
        """From now on."""
        unit_of_work = SQLUnitOfWorkFactory(engine, self.clock)
        self.database = engine
        self.publisher = getattr(self, "publisher", FakePublisher())
        self.app = Application(
            unit_of_work=unit_of_work,
            reader=SQLCatalogReader(engine),
            engine=self.engine,
            locations=self.files,
            announcements=self.queue,
            clock=self.clock,
            validation=DataValidationService(),
            relay=EventRelay(unit_of_work=unit_of_work, publishers=[self.publisher], clock=self.clock),
        )

    def go(self, run_id: str) -> None:
        self.recorded += self.look().new
        self.run(run_id, on_outcome=lambda outcome: self.judged.add(outcome.name))  # type: ignore[arg-type]
        self.app.relay.tick()

    def try_to_go(self, run_id: str) -> DataManagementError | None:
        try:
            self.go(run_id)
        except DataManagementError as error:
            return error
        return None

    def assert_acknowledged_is_stored(self) -> None:
        assert number(self.database, "SELECT count(*) FROM data_assets") >= self.recorded
        judged = "SELECT location, 1 FROM data_assets WHERE status = 'accepted'"
        assert {location.rpartition("/")[2] for location in counted(self.database, judged)} >= self.judged
        assert set(self.publisher.ids) <= recorded(self.database)

    def assert_nothing_is_left(self) -> None:
        assert self.judged == set(self.names)
        assert set(self.publisher.ids) == recorded(self.database)

    def assert_whole(self) -> None:
        """All is done, each thing once."""
        database, files = self.database, len(self.names)
        assert self.statuses(current_only=False) == {name: ["accepted"] for name in self.names}
        told = counted(database, "SELECT type, count(*) FROM outbox WHERE aggregate = 'data_asset' GROUP BY type")
        assert told == dict.fromkeys(("DataAssetArrived", "DataAssetRegistered", "DataQualityUpdated"), files)
        validations = "SELECT asset_id, count(*) FROM validations GROUP BY asset_id"
        assert Counter(counted(database, validations).values()) == {1: files}
        assert number(database, "SELECT count(*) FROM arrivals") == 0
        assert self.view().latest is not None
        assert [found.found.differences for found in audit(self.app)] == [()]
        assert set(self.publisher.ids) == recorded(database)
        assert in_order(self.publisher.published)
        assert all_versions(list({event.id: event for event in self.publisher.published}.values()))
        assert sound(database)
