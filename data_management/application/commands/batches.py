"""Commands about batches: the arrivals that a run claims."""

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import DataCatalogEntry


@dataclass(frozen=True)
class Batch:
    """What a run has claimed. `rejected` are those that killed every run that tried them, now rejected."""

    entries: tuple[DataCatalogEntry, ...] = ()
    rejected: tuple[DataCatalogEntry, ...] = ()


@dataclass(frozen=True)
class ClaimBatchCommand(Command[Batch]):
    """Claim pending arrivals of a dataset for a `holder` (see `holder_of`), until the lease runs out."""

    dataset: str
    holder: str
    lease_seconds: float
    most: int = 1000


@dataclass(frozen=True)
class RenewLeaseCommand(Command[int]):
    """Extend a holder's lease; returns the number of arrivals that it still holds."""

    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class ReleaseBatchCommand(Command[int]):
    """Give back a holder's arrivals, because its environment failed; returns their number."""

    holder: str
    pending_after_seconds: float = 0.0
    """When the sensor may ask for them again; a manual run may at once."""


@dataclass(frozen=True)
class ExpireLeaseCommand(Command[int]):
    """End the lease of a holder whose run is known to be dead; returns the number of arrivals that it held."""

    holder: str
