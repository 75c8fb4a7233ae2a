"""One location service over several storages."""

from collections.abc import Iterator, Mapping

from data_management.application.ports import DataLocationService, FoundFile, ListedPage, StandingVersions
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Landing, ObjectStore
from data_management.errors import InvalidInput


class DataLocationServiceByStorage:
    """Hands each landing and location to the service of its URI's scheme (``file``, ``s3``)."""

    def __init__(self, services: Mapping[str, DataLocationService]) -> None:
        self._services = services

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        return self._of(landing.root).list(landing)

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,
        known: StandingVersions | None = None,
    ) -> Iterator[ListedPage]:
        return self._of(landing.root).pages(landing, after=after, last=last, known=known)

    def is_reachable(self, landing: Landing) -> bool:
        return self._of(landing.root).is_reachable(landing)

    def has(self, landing: Landing, location: DataLocation) -> bool:
        return self._of(landing.root).has(landing, location)

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:
        return self._of(location).find(location, store)

    def _of(self, location: DataLocation) -> DataLocationService:
        service = self._services.get(location.scheme)
        if service is None:
            raise InvalidInput(f"location {location} is of no storage that can be listed; use file:// or s3://")
        return service
