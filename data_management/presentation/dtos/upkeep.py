"""What programs read of a catalog's upkeep."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel

from data_management.application.services import Audited
from data_management.application.views import CatalogSchema
from data_management.domain.models import Prunable, RuleTotals
from data_management.presentation.dtos import CountsDto


class PrunedDto(BaseModel):
    """How many rows went, or in a `dry_run` would go: data assets, validations' checks, events, scores of datasets; and of the audit,
    what was before `audit_before`.
    """

    before: datetime
    audit_before: datetime
    dry_run: bool
    assets: int
    checks: int
    events: int
    scores: int
    audit: int

    @classmethod
    def of(
        cls, before: datetime, audit_before: datetime, removed: Mapping[Prunable, int], *, dry_run: bool
    ) -> "PrunedDto":
        return cls(
            before=before,
            audit_before=audit_before,
            dry_run=dry_run,
            assets=removed[Prunable.ASSETS],
            checks=removed[Prunable.CHECKS],
            events=removed[Prunable.EVENTS],
            scores=removed[Prunable.SCORES],
            audit=removed[Prunable.AUDIT],
        )


class CatalogSchemaDto(BaseModel):
    """`upgraded` is null where nobody asked for it."""

    catalog: str
    revision: str
    upgraded: bool | None

    @classmethod
    def of(cls, schema: CatalogSchema) -> "CatalogSchemaDto":
        return cls(catalog=schema.catalog, revision=schema.revision, upgraded=schema.upgraded)


class TotalsDto(BaseModel):
    evaluated: int | None
    unexpected: int | None
    passed: int
    failed: int
    errored: int

    @classmethod
    def of(cls, totals: RuleTotals) -> "TotalsDto":
        return cls(
            evaluated=totals.evaluated,
            unexpected=totals.unexpected,
            passed=totals.passed,
            failed=totals.failed,
            errored=totals.errored,
        )

    def __str__(self) -> str:
        return ", ".join(f"{value} {name}" for name, value in self.model_dump().items() if value is not None)


class DifferenceDto(BaseModel):
    """The sums of a rule over files of a status, as they stood and as they were counted."""

    status: str
    rule: str
    stored: TotalsDto
    counted: TotalsDto

    def __str__(self) -> str:
        return f"rule {self.rule!r} over {self.status} files: stored {self.stored}; counted {self.counted}"


class CountsDifferenceDto(BaseModel):
    """How many files are in which state, as it was kept and as they were counted."""

    stored: CountsDto
    counted: CountsDto

    def __str__(self) -> str:
        stored, counted = (
            ", ".join(f"{value} {name}" for name, value in each.model_dump().items())
            for each in (self.stored, self.counted)
        )
        return f"counts of files: stored {stored}; counted {counted}"


class AuditDto(BaseModel):
    """`counts` is null where they are right. `unfounded` are the ids of judged data assets without a validation, which mending leaves alone; `mended`: the sums agree now."""

    dataset: str
    files: int
    sound: bool
    mended: bool
    differences: list[DifferenceDto]
    unfounded: list[str]
    counts: CountsDifferenceDto | None = None

    @classmethod
    def of(cls, audited: Audited) -> "AuditDto":
        found = audited.found
        return cls(
            dataset=found.dataset,
            files=found.judged,
            sound=found.is_sound,
            mended=audited.mended and not found.unfounded,
            differences=[
                DifferenceDto(
                    status=each.status.value,
                    rule=each.stored.rule,
                    stored=TotalsDto.of(each.stored),
                    counted=TotalsDto.of(each.counted),
                )
                for each in found.differences
            ],
            unfounded=list(found.unfounded),
            counts=(
                CountsDifferenceDto(
                    stored=CountsDto.of(found.counts.stored), counted=CountsDto.of(found.counts.counted)
                )
                if found.counts
                else None
            ),
        )
