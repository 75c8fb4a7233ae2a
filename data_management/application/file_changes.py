"""What consumers of a dataset are given."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic.dataclasses import dataclass

from data_management.domain.models import Column, DataLocation, Verdict, Withdrawal


@dataclass(frozen=True)
class DatasetFile:
    """An accepted file of a dataset, or one that was withdrawn.

    `id` is of this version of the file: the one under which it was given when it was accepted. `position` is that of the change: gap-free
    in the dataset.
    """

    id: str
    dataset: str
    position: int
    uri: str
    version_token: str
    size_bytes: int | None
    row_count: int | None
    columns: tuple[Column, ...]
    verdict: Verdict | None
    arrived_at: datetime
    content_sha256: str | None = None
    withdrawn: Withdrawal | None = None
    """Why it is accepted no more; None of an accepted one."""
    object_request: Mapping[str, str] | None = None
    """Of an object, what its store's client is asked so that it reads this version or fails: of S3, the arguments of `get_object`. None of
    anything else, a folder of objects too."""

    @property
    def location(self) -> DataLocation:
        return DataLocation(self.uri)

    @property
    def name(self) -> str:
        """The last part of its location, for people."""
        return self.location.name

    @property
    def path(self) -> Path | None:
        """Where it lies, if it is a local file or folder."""
        return self.location.path if self.location.scheme == "file" else None


@dataclass(frozen=True)
class FileChanges:
    """What changed in a dataset behind the position `after`, up to and with `to`, when the dataset had come to `head`.

    Whoever had what was accepted at `after` has, with `withdrawn` taken away and then `accepted` added, what was at `to`, without what
    was withdrawn until `head`. Both are in the order of positions. Where the look was limited, a withdrawn file may be one that was never given.
    """

    dataset: str
    after: int
    to: int
    head: int
    accepted: tuple[DatasetFile, ...] = ()
    withdrawn: tuple[DatasetFile, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether that is all there is."""
        return self.to == self.head

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the accepted ones lie; `InvalidInput` where one is not local."""
        return tuple(file.location.path for file in self.accepted)

    def __iter__(self) -> Iterator[DatasetFile]:
        """The accepted ones."""
        return iter(self.accepted)

    def __len__(self) -> int:
        return len(self.accepted)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.accepted or self.withdrawn)

    def without_those_back(self, seen: int) -> "FileChanges":
        """The changes for a consumer that last looked when the dataset was at `seen`: without files it has
        that were withdrawn and are accepted again.
        """
        back = {file.id for file in self.withdrawn if file.position > seen} & {file.id for file in self.accepted}
        return replace(
            self,
            accepted=tuple(file for file in self.accepted if file.id not in back),
            withdrawn=tuple(file for file in self.withdrawn if file.id not in back),
        )


class GivenFiles:
    """The `FileChanges` that a consumer is given. They remember whether the consumer looked at what was `withdrawn`."""

    def __init__(self, changes: FileChanges) -> None:
        self._changes = changes
        self._looked = False

    @property
    def dataset(self) -> str:
        return self._changes.dataset

    @property
    def after(self) -> int:
        """The position behind which the changes are: where the consumer stands."""
        return self._changes.after

    @property
    def to(self) -> int:
        """The position of the last of these changes: where the consumer will stand."""
        return self._changes.to

    @property
    def head(self) -> int:
        """The position of the dataset's last change."""
        return self._changes.head

    @property
    def accepted(self) -> tuple[DatasetFile, ...]:
        """The files to add, in the order of positions."""
        return self._changes.accepted

    @property
    def withdrawn(self) -> tuple[DatasetFile, ...]:
        """The files to take away, in the order of positions."""
        self._looked = True
        return self._changes.withdrawn

    @property
    def is_complete(self) -> bool:
        """Whether that is all there is."""
        return self._changes.is_complete

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the accepted files lie; `InvalidInput` where one is not local."""
        return self._changes.paths

    def __iter__(self) -> Iterator[DatasetFile]:
        """The accepted files."""
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._changes)

    def __repr__(self) -> str:
        return f"GivenFiles({self._changes!r})"

    @property
    def overlooked(self) -> tuple[DatasetFile, ...]:
        """What was withdrawn, as long as nobody has looked at it."""
        return () if self._looked else self._changes.withdrawn


@dataclass(frozen=True)
class ConsumerView:
    """How far a consumer of a dataset has come; `behind` counts the changes since, of which some may cancel out."""

    dataset: str
    name: str
    position: int
    behind: int
    moved_at: datetime
    working_until: datetime | None = None
    """Until when somebody holds it, unless the lease is renewed; it may lie in the past."""
