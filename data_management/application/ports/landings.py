"""Where files land, and what tells of them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.application.ports.surroundings import NEVER, Deadline
from data_management.application.views import LastArrival
from data_management.domain.models import DataLocation, Landing, ObjectStore, VersionToken


@dataclass(frozen=True)
class FoundFile:
    """A file, object or table that a listing found."""

    location: DataLocation
    version_token: VersionToken
    size_bytes: int | None
    """None where nobody measures it: of what a Dagster asset holds."""
    changed_at: datetime
    """The last change of content or name, by the storage's clock (UTC)."""


@dataclass(frozen=True)
class ListedPage:
    """A part of a listing. `position` is where it goes on, for `pages`; None behind the last page."""

    files: tuple[FoundFile, ...]
    position: str | None = None
    known: int = 0
    """How many files were left out, as they stand as it is known."""
    missing: tuple[str, ...] = ()
    """What is `known` to stand between the page before and the end of this one, and was not listed: it may be gone. Not its URIs
    where those are very long, but what stands for them in the catalog; `find` tells."""


StandingVersions = Callable[[str, str], str]
"""Lines: `version_at` of what is known at the URIs from one to another, in whatever order; in that of the URIs, they compare as one."""


class DataLocationService(Protocol):
    """Where files are."""

    def list(self, landing: Landing) -> Iterator[FoundFile]:
        """The files of a landing, in an order that is always the same: regular ones whose names are not temporary.

        `Unavailable` where the landing cannot be listed; a folder that does not exist yet is empty.
        """

    def pages(
        self,
        landing: Landing,
        *,
        after: str | None = None,
        last: LastArrival | None = None,
        known: StandingVersions | None = None,
    ) -> Iterator[ListedPage]:
        """The same in pages; behind the position `after` of a page before.

        With the `last` arrival, what may have come since: all, unless the landing says where its `new_objects` are.
        With what is `known`, a service whose listing is quick may leave out (and count) the files that stand so, and tells what is
        missing; where nothing is listed and something missing, in a page without files.
        """

    def is_reachable(self, landing: Landing) -> bool:
        """Whether the landing's root exists and can be listed: an unmounted folder must not look like an empty one.

        `Unavailable` where that cannot be told.
        """

    def has(self, landing: Landing, location: DataLocation) -> bool:
        """Whether a listing of the landing would show it, were it there: it matches, and no link leads out. Nothing is read of it."""

    def find(self, location: DataLocation, store: ObjectStore | None = None) -> FoundFile | None:
        """What stands at `location` (in a bucket of `store`) now; None where nothing does."""


@dataclass(frozen=True)
class Announced:
    """What a queue told: what stands now where something changed, and where nothing does any more."""

    found: tuple[FoundFile, ...] = ()
    gone: tuple[DataLocation, ...] = ()
    receipts: tuple[str, ...] = ()


class LandingAnnouncements(Protocol):
    """A queue in which the storage says what changed in a landing."""

    def receive(self, landing: Landing, deadline: Deadline = NEVER) -> Iterator[Announced]:
        """What the landing's queue holds, until it is empty or the `deadline` is over; `Unavailable` where it cannot be read.

        What is not acknowledged is told again. A message that makes no sense is left to the queue, which has its own way with
        what nobody takes.
        """

    def acknowledge(self, landing: Landing, announced: Announced) -> None:
        """It is recorded: the queue forgets it."""
