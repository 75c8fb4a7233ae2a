"""What the API takes and gives beside the documents that the CLI shows too. Field names are part of the public interface."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data_management.domain.models import AssetStatus
from data_management.presentation.api.times import Moment
from data_management.presentation.dtos import AssetDto, DatasetDto, FailureDto, ScorePointDto, ValidationDto
from data_management.presentation.dtos.consumers import ConsumerDto
from data_management.presentation.dtos.events import CloudEventDto
from data_management.presentation.dtos.keys import AuditRecordDto
from data_management.presentation.dtos.plans import PlanDto
from data_management.presentation.dtos.profiles import ClassificationDto
from data_management.presentation.dtos.search import SearchHitDto

MOST_OF_A_PAGE = 500


class Paging(BaseModel):
    """`cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(
        None, max_length=4000, description="The `next` of the page before; without it, the first page."
    )
    limit: int = Field(100, ge=1, le=MOST_OF_A_PAGE, description="At most so many.")


class DatasetsAsked(Paging):
    owner: str | None = Field(None, max_length=1000, description="Only those with this owner.")
    tag: str | None = Field(None, max_length=1000, description="Only those with this tag.")
    retired: bool | None = Field(None, description="Only retired ones, or only the others.")


class DataAssetsAsked(Paging):
    dataset: str | None = Field(None, max_length=1000, description="Only those of this dataset.")
    status: list[AssetStatus] = Field([], max_length=10, description="Only these; repeatable.")
    all: bool = Field(False, description="Superseded and removed ones too.")
    location: str | None = Field(
        None,
        max_length=8000,
        description="What stands at this URI, one of each dataset that has it; with `all`, every version that ever did.",
        examples=["s3://lake/orders/1.csv"],
    )


class EraseAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    with_name: bool = Field(False, description="Its name too: it is known by its id alone from then on.")


class DifferenceAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: Moment = Field(
        description="The last score of this moment or before is the earlier one.", examples=["2026-01-31T06:00:00Z"]
    )
    until: Moment | None = Field(None, description="The same for the later one; without it, the last score.")


class EventsAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=2**63 - 1, description="Events behind this position; 0 for all.")
    limit: int = Field(100, ge=1, le=MOST_OF_A_PAGE, description="At most so many.")
    last: int | None = Field(
        None,
        ge=1,
        le=MOST_OF_A_PAGE,
        description="The last so many, wherever they are; `after` and `limit` do not count.",
    )


class SearchAsked(Paging):
    q: str = Field(
        min_length=1,
        max_length=1000,
        description="Words; one of three letters or more also finds what it begins.",
        examples=["flights delay"],
    )
    kind: Literal["dataset", "data_asset"] | None = Field(None, description="Only these.")


class SearchPageDto(BaseModel):
    """Datasets first, those that fit best before others; then data assets, the newest first."""

    items: list[SearchHitDto]
    next: str | None


class FilesAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=2**63 - 1, description="Changes behind this position; 0 for all.")
    consumer: str | None = Field(
        None, min_length=1, max_length=200, description="Behind where this consumer stands instead."
    )
    limit: int = Field(100, ge=1, le=MOST_OF_A_PAGE, description="At most so many.")


class ConsumersDto(BaseModel):
    items: list[ConsumerDto]


class OffsetDto(BaseModel):
    """How far a consumer has come with what it was given: the `to` and the `head` of that page of files."""

    model_config = ConfigDict(extra="forbid")

    position: int = Field(ge=0, lt=10**18, description="The `to` of the page.", examples=[120])
    head: int = Field(ge=0, lt=10**18, description="The `head` of the page.", examples=[345])


class ResetAsked(BaseModel):
    """`position` null is the end: nothing of what is there now is given."""

    model_config = ConfigDict(extra="forbid")

    position: int | None = Field(ge=0, lt=10**18, description="0 is the beginning.", examples=[0])


class AuditAsked(Paging):
    who: str | None = Field(None, max_length=1000)
    action: str | None = Field(None, max_length=1000)
    subject: str | None = Field(None, max_length=1000)
    since: Moment | None = None


class DatasetPageDto(BaseModel):
    """`next` is the cursor of the page after this one; null at the end."""

    items: list[DatasetDto]
    next: str | None


class DatasetsRegisteredDto(BaseModel):
    items: list[DatasetDto]


class DataAssetPageDto(BaseModel):
    """In the order of arrival."""

    items: list[AssetDto]
    next: str | None


class DataAssetRegistrationDto(BaseModel):
    """A file that has landed: it is looked at, recorded, and judged by the next run."""

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(max_length=1000, examples=["orders"])
    location: str = Field(max_length=8000, examples=["s3://lake/orders/2026-01-31.csv"])


class ErasedDto(BaseModel):
    """The tombstones of all versions at the location; `newly` of them were made now."""

    items: list[AssetDto]
    newly: int


class ValidationPageDto(BaseModel):
    """Newest first."""

    items: list[ValidationDto]
    next: str | None


class FailurePageDto(BaseModel):
    """Newest first. It may hold fewer than `limit`, or none, and still have a `next`: so many others were looked at."""

    items: list[FailureDto]
    next: str | None


class ScorePageDto(BaseModel):
    """Newest first."""

    items: list[ScorePointDto]
    next: str | None


class PlansDto(BaseModel):
    items: list[PlanDto]


class ClassificationsDto(BaseModel):
    items: list[ClassificationDto]


class EventPageDto(BaseModel):
    """`position` is where to go on: the `after` of the next page."""

    items: list[CloudEventDto]
    position: int


class AuditPageDto(BaseModel):
    """Newest first."""

    items: list[AuditRecordDto]
    next: str | None


class HealthDto(BaseModel):
    status: str = Field(examples=["ok"])
