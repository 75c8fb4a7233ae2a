"""Columns' profiles and classifications as JSON: six figures by position, and what else there is by a letter.

The first six are all that version 0.1 wrote.
"""

import re
from collections.abc import Sequence
from typing import Any

from data_management.domain.models import (
    Category,
    Classification,
    ClassifiedBy,
    ColumnProfile,
    DistinctSketch,
    QuantileSummary,
    Sensitivity,
    ValueCount,
)

Json = Any

_FIGURES = 6
_ZEROS = re.compile("0{4,}")
_RUN = re.compile(r"\((\d+)\)")


def profiles_to_json(profiles: Sequence[ColumnProfile], classifications: Sequence[Classification]) -> Json:
    """One list per column, null where there is none; a column that is classified alone has no figures."""
    classified = {each.column: each for each in classifications}
    found = [_to_json(profile, classified.pop(profile.name, None)) for profile in profiles]
    return found + [[name, {"c": _classification_to_json(each)}] for name, each in classified.items()] or None


def profiles_from_json(content: Json) -> tuple[ColumnProfile, ...]:
    return tuple(_from_json(each) for each in content or () if len(each) >= _FIGURES)


def classifications_from_json(content: Json) -> tuple[Classification, ...]:
    return tuple(
        _classification_from_json(each[0], each[-1]["c"])
        for each in content or ()
        if isinstance(each[-1], dict) and "c" in each[-1]
    )


def _classification_to_json(classification: Classification) -> Json:
    category = classification.category
    return [
        None if category is None else category.value,
        classification.sensitivity.value,
        classification.confidence,
        classification.source.value,
        classification.reason,
    ]


def _classification_from_json(column: str, content: Json) -> Classification:
    category, sensitivity, confidence, source, reason = content
    return Classification(
        column=column,
        category=None if category is None else Category(category),
        sensitivity=Sensitivity(sensitivity),
        confidence=confidence,
        reason=reason,
        source=ClassifiedBy(source),
    )


def _to_json(profile: ColumnProfile, classification: Classification | None) -> Json:
    rest = {
        "n": profile.count,
        "e": profile.distinct_error,
        "l": None if profile.longest is None else [profile.shortest, profile.longest],
        "q": [[part.count, *part.points] for part in profile.quantiles] or None,
        "t": _counts_to_json(profile.top_values),
        "p": _counts_to_json(profile.patterns),
        "s": None if profile.sketch is None else [profile.sketch.tag, _packed(profile.sketch.registers)],
        "r": profile.sampled,
        "c": None if classification is None else _classification_to_json(classification),
    }
    kept = {key: value for key, value in rest.items() if value is not None}
    figures = [profile.name, profile.nulls, profile.distinct, profile.minimum, profile.maximum, profile.mean]
    return [*figures, kept] if kept else figures


def _from_json(content: Json) -> ColumnProfile:
    name, nulls, distinct, minimum, maximum, mean, *more = content
    rest = more[0] if more else {}
    shortest, longest = rest.get("l", (None, None))
    sketch = rest.get("s")
    return ColumnProfile(
        name=name,
        nulls=nulls,
        distinct=distinct,
        minimum=minimum,
        maximum=maximum,
        mean=mean,
        count=rest.get("n"),
        distinct_error=rest.get("e"),
        shortest=shortest,
        longest=longest,
        quantiles=tuple(QuantileSummary(count, tuple(points)) for count, *points in rest.get("q", ())),
        top_values=_counts_from_json(rest.get("t")),
        patterns=_counts_from_json(rest.get("p")),
        sketch=None if sketch is None else DistinctSketch(sketch[0], _unpacked(sketch[1])),
        sampled=rest.get("r"),
    )


def _counts_to_json(counts: tuple[ValueCount, ...] | None) -> Json:
    return None if counts is None else [[each.value, each.count] for each in counts]


def _counts_from_json(content: Json) -> tuple[ValueCount, ...] | None:
    return None if content is None else tuple(ValueCount(value, count) for value, count in content)


def _packed(registers: str) -> str:
    """Runs of empty registers as their length in parentheses, which no register is."""
    return _ZEROS.sub(lambda run: f"({len(run.group())})", registers)


def _unpacked(packed: str) -> str:
    return _RUN.sub(lambda run: "0" * int(run.group(1)), packed)
