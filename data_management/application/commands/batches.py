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
    """Extend the lease of all that a holder still has; how many that is."""

    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class ReleaseBatchCommand(Command[int]):
    """Give back what a holder still has, because its environment failed it; how many that was."""

    holder: str
    pending_after_seconds: float = 0.0
    """When the sensor may ask for them again; a manual run may at once."""


@dataclass(frozen=True)
class ExpireLeaseCommand(Command[int]):
    """End the leases of a holder whose run is known to be dead; how many that was."""

    holder: str
