"""What programs read of a column's values as a whole."""

from pydantic import BaseModel

from data_management.application.views import DatasetProfile
from data_management.domain.models import Classification, ColumnProfile, ValueCount
from data_management.domain.models.profiles import MOST_TOP_VALUES, RANKS


class ValueCountDto(BaseModel):
    value: str
    count: int

    @classmethod
    def of(cls, counted: ValueCount) -> "ValueCountDto":
        return cls(value=counted.value, count=counted.count)


class ClassificationDto(BaseModel):
    """What a column holds and how sure that is (0 to 1); a `sensitivity` above internal keeps its values from being told."""

    column: str
    category: str | None
    sensitivity: str
    confidence: float
    source: str
    reason: str

    @classmethod
    def of(cls, classification: Classification) -> "ClassificationDto":
        return cls(
            column=classification.column,
            category=classification.category.value if classification.category else None,
            sensitivity=classification.sensitivity.value,
            confidence=classification.confidence,
            source=classification.source.value,
            reason=classification.reason,
        )


class ColumnProfileDto(BaseModel):
    """Figures of one column; null is "not kept": of a classified column there are counts alone.

    `minimum` and `maximum` are numbers, or ISO 8601 texts of dates and times; texts only where the contract lets them be shown, as
    with `top_values`. `distinct` is exact where `distinct_error` (a relative standard error) is null. `quantiles` (by rank),
    `top_values` and `patterns` are of `sampled` rows.
    """

    name: str
    nulls: int
    count: int | None
    distinct: int | None
    distinct_error: float | None
    minimum: int | float | str | None
    maximum: int | float | str | None
    mean: float | None
    shortest: int | None
    longest: int | None
    quantiles: dict[str, float]
    top_values: list[ValueCountDto] | None
    patterns: list[ValueCountDto] | None
    sampled: int | None

    @classmethod
    def of(cls, profile: ColumnProfile) -> "ColumnProfileDto":
        quantiles = {f"{rank:g}": value for rank in RANKS if (value := profile.quantile(rank)) is not None}
        return cls(
            name=profile.name,
            nulls=profile.nulls,
            count=profile.count,
            distinct=profile.distinct,
            distinct_error=profile.distinct_error,
            minimum=profile.minimum,
            maximum=profile.maximum,
            mean=profile.mean,
            shortest=profile.shortest,
            longest=profile.longest,
            quantiles=quantiles,
            top_values=_counts(profile.top_values),
            patterns=_counts(profile.patterns),
            sampled=profile.sampled,
        )

    @property
    def distinct_text(self) -> str | None:
        """For people: ``~`` stands before an estimate, and its relative standard error behind it."""
        if self.distinct is None:
            return None
        return f"~{self.distinct} ±{self.distinct_error:.0%}" if self.distinct_error else str(self.distinct)

    @property
    def length_text(self) -> str | None:
        if self.longest is None:
            return None
        return str(self.longest) if self.shortest == self.longest else f"{self.shortest}–{self.longest}"


class DatasetColumnDto(ColumnProfileDto):
    """`type` is that of the last file that has the column."""

    type: str | None = None


class DatasetProfileDto(BaseModel):
    """All accepted files of a dataset as one: `distinct` is an estimate, top values and patterns have least counts."""

    dataset: str
    files: int
    rows: int
    columns: list[DatasetColumnDto]
    classifications: list[ClassificationDto]

    @classmethod
    def of(cls, dataset: str, profile: DatasetProfile) -> "DatasetProfileDto":
        return cls(
            dataset=dataset,
            files=profile.files,
            rows=profile.rows,
            columns=[
                DatasetColumnDto(**dict(ColumnProfileDto.of(column)), type=profile.types.get(column.name))
                for column in profile.columns
            ],
            classifications=[ClassificationDto.of(each) for each in profile.classifications],
        )


def _counts(counts: tuple[ValueCount, ...] | None) -> list[ValueCountDto] | None:
    return None if counts is None else [ValueCountDto.of(each) for each in counts[:MOST_TOP_VALUES]]
