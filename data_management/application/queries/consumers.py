"""Questions of consumers of datasets: what they have not seen, and how far they have come."""

from pydantic.dataclasses import dataclass

from data_management.application.file_changes import ConsumerView, FileChanges
from data_management.application.queries.base import Query


@dataclass(frozen=True)
class ListFileChangesQuery(Query[FileChanges]):
    """What of a dataset was accepted, and what withdrawn, behind a position. The next page is behind `to` of this one."""

    dataset: str
    after: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class ListUnseenFilesQuery(Query[FileChanges]):
    """The same behind the offset of a consumer."""

    dataset: str
    consumer: str
    limit: int | None = None


@dataclass(frozen=True)
class ListConsumersQuery(Query[list[ConsumerView]]):
    """The consumers of datasets: of all or one, all or those of a name."""

    dataset: str | None = None
    name: str | None = None
