"""Is it there, is it one of a kind, and how much of it is there?"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from data_management.domain.models import ColumnProfile, SuggestedRule, SuggestionKind
from data_management.domain.services.classification import wilson_lower_bound
from data_management.domain.services.suggesting.evidence import (
    ColumnEvidence,
    at_most_percent,
    expecting,
    foreseen,
    plural,
    row_count_rule,
)

_MOSTLY: Final = 0.9
"""A column that is filled less often is not meant to be filled."""
_SPARSE: Final = 0.5
_SLACK: Final = 2


def type_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    if evidence.logical_type is None or not evidence.everywhere:
        return
    yield expecting(
        evidence,
        SuggestionKind.TYPE,
        "values_to_be_of_type",
        confidence=wilson_lower_bound(evidence.count, evidence.count),
        reason=f"all {evidence.shown} are read as such",
        type_=evidence.logical_type,
    )


def required_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    present = evidence.rows - evidence.nulls
    if not evidence.everywhere or not present or present < _MOSTLY * evidence.rows:
        return
    of = f"{evidence.rows:,} rows of {plural(evidence.files, 'file')}"
    yield expecting(
        evidence,
        SuggestionKind.REQUIRED,
        "values_to_not_be_null",
        confidence=wilson_lower_bound(present, evidence.rows),
        reason=f"filled in {'all ' if not evidence.nulls else f'{present:,} of '}{of}",
        holds=not evidence.nulls,
    )


def null_share_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    """How much may be missing in a file. Files differ, so that files are counted and not rows."""
    if not evidence.everywhere or not evidence.nulls or evidence.nulls > _SPARSE * evidence.rows:
        return

    def admits(others: Sequence[ColumnProfile], held_out: Sequence[ColumnProfile]) -> bool:
        limit = _missing_limit(others)
        return all(100 * profile.nulls <= limit * _rows(profile) for profile in held_out)

    held, of = foreseen(evidence.profiles, admits)
    yield expecting(
        evidence,
        SuggestionKind.NULL_SHARE,
        "values_to_not_be_null",
        confidence=wilson_lower_bound(held, of),
        reason=f"{evidence.nulls:,} of {evidence.rows:,} rows lack it; the limit made of the other files held for {held} of {of}",
        threshold=at_most_percent(_missing_limit(evidence.profiles)),
    )


def unique_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    """Of whole numbers and codes alone: measurements, moments and prose are different by chance."""
    telling = [profile for profile in evidence.filled if (profile.count or 0) > 1]
    if not evidence.everywhere or not telling or not all(_may_be_unique(profile) for profile in telling):
        return
    count = sum(profile.count or 0 for profile in telling)
    sure = wilson_lower_bound(count, count)
    if not evidence.is_named_like_a_key:
        if evidence.logical_type == "string" and not _codes(evidence):
            return
        if evidence.logical_type == "integer":
            sure = min(sure, _not_by_chance(telling))
    if evidence.logical_type not in ("string", "integer"):
        return
    exact = all(profile.distinct_error is None for profile in telling)
    yield expecting(
        evidence,
        SuggestionKind.UNIQUE,
        "values_to_be_unique",
        confidence=sure,
        reason=f"{'' if exact else 'about '}all {evidence.shown} differ from the others of their file",
        holds=exact,
    )


def row_count_suggestion(rows: Sequence[int]) -> Iterator[SuggestedRule]:
    """Half of the smallest file to twice the largest."""
    if len(rows) < 2 or not min(rows):  # noqa: PLR2004  one file says nothing of another's size
        return

    def admits(others: Sequence[int], held_out: Sequence[int]) -> bool:
        least, most = _row_limits(others)
        return all(least <= count <= most for count in held_out)

    held, of = foreseen(rows, admits)
    yield SuggestedRule(
        kind=SuggestionKind.ROW_COUNT,
        rule=row_count_rule(*_row_limits(rows)),
        confidence=wilson_lower_bound(held, of),
        rows=sum(rows),
        files=len(rows),
        reason=f"half of the smallest file to twice the largest; made of the other files it held for {held} of {of}",
    )


def _row_limits(rows: Sequence[int]) -> tuple[int, int]:
    return min(rows) // _SLACK, max(rows) * _SLACK


def _rows(profile: ColumnProfile) -> int:
    return (profile.count or 0) + profile.nulls


def _missing_limit(profiles: Sequence[ColumnProfile]) -> float:
    """In percent: half more than the highest share that a file speaks for."""
    highest = max(1 - wilson_lower_bound(profile.count or 0, _rows(profile)) for profile in profiles)
    return float(min(100, math.ceil(150 * highest)))


def _may_be_unique(profile: ColumnProfile) -> bool:
    """Where `distinct` is an estimate, the rows decide, once they have been counted."""
    if profile.distinct is None or profile.count is None:
        return False
    return profile.distinct >= profile.count * (1 - 3 * (profile.distinct_error or 0.0))


def _codes(evidence: ColumnEvidence) -> bool:
    shapes = [shape.value for profile in evidence.filled for shape in profile.patterns or ()]
    return bool(shapes) and all("9" in shape and " " not in shape for shape in shapes)


def _not_by_chance(profiles: Sequence[ColumnProfile]) -> float:
    """The chance that the next file has no duplicates either, though numbers may differ by accident.

    Drawn from as many numbers as lie between the bounds, no birthday falls together with the chance `luck`. A key and an accident are
    taken to be as likely before.
    """
    exponent = 0.0
    for profile in profiles:
        if not isinstance(profile.minimum, int | float) or not isinstance(profile.maximum, int | float):
            return 0.0
        exponent += (profile.count or 0) ** 2 / (2 * (profile.maximum - profile.minimum + 1))
    luck = math.exp(-exponent)
    return (1 + luck * math.exp(-exponent / len(profiles))) / (1 + luck)
