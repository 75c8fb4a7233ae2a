"""Commands about consumers of datasets: what they hold, and how far they have come."""

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import OffsetMove


@dataclass(frozen=True)
class OpenConsumptionCommand(Command[int]):
    """Take the lease on a consumer's offset, so that no other process works under its name; returns the offset.

    A new consumer starts at 0. `Conflict` while another holder has the lease.
    """

    dataset: str
    consumer: str
    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class RenewConsumptionCommand(Command[bool]):
    """Extend the lease on a consumer's offset; False where somebody else holds it by now."""

    dataset: str
    consumer: str
    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class CommitConsumptionCommand(Command[None]):
    """Move the offset of a consumer that has done its work, and end its lease."""

    move: OffsetMove


@dataclass(frozen=True)
class ReleaseConsumptionCommand(Command[bool]):
    """End the lease of a consumer that has not done its work; False where it did not hold it any more."""

    dataset: str
    consumer: str
    holder: str


@dataclass(frozen=True)
class ResetConsumerCommand(Command[int]):
    """Set a consumer's offset to a position (None: the dataset's end); returns the offset. `Stale` where it is not `at` the given position."""

    dataset: str
    consumer: str
    to: int | None = 0
    at: int | None = None


@dataclass(frozen=True)
class ForgetConsumerCommand(Command[None]):
    """Remove a consumer, so that files it has not seen no longer hold back `prune`. `Stale` where it is not `at` the given position."""

    dataset: str
    consumer: str
    at: int | None = None
