"""Commands about data assets: what arrived, was read, could not be read, is gone."""

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.application.ports import FoundFile
from data_management.domain.models import DataCatalogEntry, DataLocation, Examination


@dataclass(frozen=True)
class ArrivalsRecorded:
    """How many of the found files were new (of them: newer versions of known ones), and how many were known."""

    new: int
    newer: int
    known: int


@dataclass(frozen=True)
class RecordArrivalsCommand(Command[ArrivalsRecorded]):
    """Record files that a listing found. Idempotent: a version that stands in the catalog is left as it is.

    They are `pending`, for a run to claim, unless who records them judges them too.
    """

    dataset: str
    found: tuple[FoundFile, ...]
    pending: bool = True


@dataclass(frozen=True)
class RecordRemovalsCommand(Command[int]):
    """Record that nothing is at these locations any more; returns the number of data assets that this ended."""

    dataset: str
    locations: tuple[DataLocation, ...]


@dataclass(frozen=True)
class RegisterDataAssetCommand(Command[DataCatalogEntry]):
    """Record what reading a data asset yielded. With a `holder`, only while that one holds it."""

    asset_id: str
    examination: Examination
    holder: str | None = None


@dataclass(frozen=True)
class RejectDataAssetCommand(Command[DataCatalogEntry]):
    """Record that a data asset cannot be read. With a `holder`, only while that one holds it."""

    asset_id: str
    reason: str
    holder: str | None = None


@dataclass(frozen=True)
class Erased:
    """What stands where data assets were erased: all versions, how many of them `newly`, and the datasets that lost a current one."""

    tombstones: tuple[DataCatalogEntry, ...]
    newly: int
    ended: tuple[str, ...]


@dataclass(frozen=True)
class EraseDataAssetsCommand(Command[Erased]):
    """Forget what every version at a location held; that something stood there stays known, and who erased it.

    With `with_name` its name goes too, so that it is known by its id alone.
    """

    location: DataLocation
    by: str
    with_name: bool = False
