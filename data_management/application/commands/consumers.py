"""Commands about consumers of datasets: what they hold, and how far they have come."""

from pydantic.dataclasses import dataclass

from data_management.application.commands.base import Command
from data_management.domain.models import OffsetMove


@dataclass(frozen=True)
class OpenConsumptionCommand(Command[int]):
    """Hold a consumer's offset until the lease runs out, so that nobody works under its name too; where it stands.

    Who is new stands at 0. `Conflict` while another holder works.
    """

    dataset: str
    consumer: str
    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class RenewConsumptionCommand(Command[bool]):
    """Extend the lease; False where somebody else holds the offset by now."""

    dataset: str
    consumer: str
    holder: str
    lease_seconds: float


@dataclass(frozen=True)
class CommitConsumptionCommand(Command[None]):
    """A consumer has done what it was given: move its offset, and end its lease."""

    move: OffsetMove


@dataclass(frozen=True)
class ReleaseConsumptionCommand(Command[bool]):
    """A consumer has not done it: end its lease; whether it still held it."""

    dataset: str
    consumer: str
    holder: str


@dataclass(frozen=True)
class ResetConsumerCommand(Command[int]):
    """Set a consumer back, or forth, to a position; None: to the end. Where it stands then. `Stale` where it is not `at` that position."""

    dataset: str
    consumer: str
    to: int | None = 0
    at: int | None = None


@dataclass(frozen=True)
class ForgetConsumerCommand(Command[None]):
    """A consumer is no more; what it has still to see holds `prune` back no longer. `Stale` where it is not `at` that position."""

    dataset: str
    consumer: str
    at: int | None = None
