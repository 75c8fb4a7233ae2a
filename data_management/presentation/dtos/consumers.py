"""What programs read of a dataset's files and those who consume them. Field names are part of the public interface."""

from datetime import datetime

from pydantic import BaseModel

from data_management.application.file_changes import ConsumerView, DatasetFile, FileChanges
from data_management.presentation.dtos import ColumnDto


class FileDto(BaseModel):
    """An accepted file, or one that was `withdrawn` (why). `position` is that of the change, `id` that of this version of the file."""

    id: str
    position: int
    location: str
    version_token: str
    size_bytes: int | None
    rows: int | None
    columns: list[ColumnDto]
    verdict: str | None
    arrived_at: datetime
    content_sha256: str | None
    withdrawn: str | None

    @classmethod
    def of(cls, file: DatasetFile) -> "FileDto":
        return cls(
            id=file.id,
            position=file.position,
            location=file.uri,
            version_token=file.version_token,
            size_bytes=file.size_bytes,
            rows=file.row_count,
            columns=[ColumnDto.of(column) for column in file.columns],
            verdict=file.verdict and file.verdict.value,
            arrived_at=file.arrived_at,
            content_sha256=file.content_sha256,
            withdrawn=file.withdrawn and file.withdrawn.value,
        )


class FileChangesDto(BaseModel):
    """Take away the `withdrawn`, then add the `accepted`. The next page is behind `to`; `complete` where nothing more waits."""

    dataset: str
    after: int
    to: int
    head: int
    complete: bool
    accepted: list[FileDto]
    withdrawn: list[FileDto]

    @classmethod
    def of(cls, changes: FileChanges) -> "FileChangesDto":
        return cls(
            dataset=changes.dataset,
            after=changes.after,
            to=changes.to,
            head=changes.head,
            complete=changes.is_complete,
            accepted=[FileDto.of(file) for file in changes.accepted],
            withdrawn=[FileDto.of(file) for file in changes.withdrawn],
        )


class ConsumerDto(BaseModel):
    """`behind`: changes that it has not seen; `working_until`: when its lease runs out, if somebody works as this consumer."""

    dataset: str
    name: str
    position: int
    behind: int
    moved_at: datetime
    working_until: datetime | None

    @classmethod
    def of(cls, view: ConsumerView) -> "ConsumerDto":
        return cls(**vars(view))
