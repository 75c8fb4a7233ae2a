"""Entities and value objects as rows, explicitly.

JSON is positional and what many rows share is kept apart (``schemas``, ``layouts``), so that a check costs its numbers
alone. Datasets, which are few, go through a pydantic TypeAdapter.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from data_management.domain.events import DomainEvent
from data_management.domain.models import (
    AssetCounts,
    AssetStatus,
    Check,
    Column,
    DataAsset,
    DataCatalogEntry,
    DataLocation,
    DataQualityScore,
    Dataset,
    Dimension,
    DimensionScore,
    Plan,
    ReadingNote,
    RuleScore,
    Severity,
    Verdict,
    VersionToken,
)
from data_management.infrastructure.persistence.profiles import (
    classifications_from_json,
    profiles_from_json,
    profiles_to_json,
)

Json = Any
_DATASET = TypeAdapter(Dataset)
_PLAN = TypeAdapter(Plan)

CHANGING = (
    "status",
    "is_current",
    "version",
    "reason",
    "size_bytes",
    "content_sha256",
    "schema_id",
    "row_count",
    "profile",
    "notes",
    "verdict",
    "score_layout_id",
    "score",
)
"""Columns of an entry that saving it again may change."""


_LONGEST_KEY = 2000  # bytes; an entry of a Postgres index may have 2,704
_HASH = 64


def location_key(uri: str) -> str:
    """What indexes hold of a URI: itself, or of a very long one the beginning and a hash.

    Data assets at such locations come in the order of their keys.
    """
    if len(uri) * 4 <= _LONGEST_KEY:
        return uri
    encoded = uri.encode("utf-8", "surrogatepass")
    if len(encoded) <= _LONGEST_KEY:
        return uri
    kept = encoded[: _LONGEST_KEY - _HASH].decode("utf-8", "ignore")
    return kept + hashlib.sha256(encoded).hexdigest()


def location_of(key: str, long_location: str | None) -> str:
    return key if long_location is None else long_location


def dataset_to_json(dataset: Dataset) -> Json:
    return _DATASET.dump_python(dataset, mode="json")


def dataset_from_json(definition: Json) -> Dataset:
    return _DATASET.validate_python(definition)


def plan_to_json(plan: Plan) -> Json:
    return _PLAN.dump_python(plan, mode="json")


def plan_from_json(definition: Json) -> Plan | None:
    return None if definition is None else _PLAN.validate_python(definition)


def columns_to_json(columns: Sequence[Column]) -> Json:
    return [[column.name, column.type, *([column.stored] if column.stored else [])] for column in columns]


def columns_from_json(content: Json) -> tuple[Column, ...]:
    return tuple(Column(*column) for column in content)


def score_layout(score: DataQualityScore) -> Json:
    """What scores of one plan share; `score_numbers` are the rest."""
    return [
        score.formula,
        [[part.dimension.value, part.weight] for part in score.dimensions],
        [[part.rule, part.dimension.value, part.weight] for part in score.rules],
    ]


def score_numbers(score: DataQualityScore) -> Json:
    parts: list[float | None] = [score.value, score.lower, score.upper, score.coverage]
    for dimension in score.dimensions:
        parts += (dimension.value, dimension.lower)
    for rule in score.rules:
        parts += (rule.value, rule.lower)
    return parts


def score_from(layout: Json, numbers: Json) -> DataQualityScore:
    formula, dimensions, rules = layout
    value, lower, upper, coverage, *rest = numbers
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    return DataQualityScore(
        value=value,
        lower=lower,
        upper=upper,
        coverage=coverage,
        dimensions=tuple(
            DimensionScore(dimension=Dimension(name), weight=weight, value=pair[0], lower=pair[1])
            for (name, weight), pair in zip(dimensions, pairs, strict=False)
        ),
        rules=tuple(
            RuleScore(rule=rule, dimension=Dimension(name), weight=weight, value=pair[0], lower=pair[1])
            for (rule, name, weight), pair in zip(rules, pairs[len(dimensions) :], strict=True)
        ),
        formula=formula,
    )


def checks_layout(checks: Sequence[Check]) -> Json:
    """What the checks of one plan share; `checks_outcomes` are the rest."""
    return [[c.rule, c.expectation, c.column, c.dimension.value, c.severity.value] for c in checks]


def checks_outcomes(checks: Sequence[Check]) -> Json:
    return [_outcome(check) for check in checks]


_ENGINE_CODES = {"duckdb": "d", "pandas": "p"}
_ENGINES = {code: engine for engine, code in _ENGINE_CODES.items()}


def _reading_to_json(notes: Sequence[ReadingNote], reading: Mapping[str, Any]) -> Json:
    listed = [[note.code, note.message, note.line] for note in notes]
    return {"notes": listed, "reading": dict(reading)} if reading else listed or None


def _notes_from_json(content: Json) -> tuple[ReadingNote, ...]:
    """Of a list, as they were stored before it was recorded how a file was read, or of what `_reading_to_json` makes."""
    listed = content["notes"] if isinstance(content, dict) else content or ()
    return tuple(ReadingNote(code=code, message=message, line=line) for code, message, line in listed)


def _outcome(check: Check) -> list[Any]:
    """Success and errored as 0, 1 or null, then the figures; nulls at the end are left out."""
    outcome: list[Any] = [
        None if check.success is None else int(check.success),
        int(check.errored),
        check.evaluated,
        check.unexpected,
        check.observed,
        check.error,
        _ENGINE_CODES.get(check.engine or "", check.engine),
        list(check.samples) or None,
    ]
    while outcome[-1] is None:
        outcome.pop()
    return outcome


def checks_from(layout: Json, outcomes: Json) -> tuple[Check, ...]:
    return tuple(
        _check(described, [*outcome, *[None] * (8 - len(outcome))])
        for described, outcome in zip(layout, outcomes, strict=True)
    )


def _check(described: Json, outcome: Json) -> Check:
    rule, expectation, column, dimension, severity = described
    success, errored, evaluated, unexpected, observed, error, engine, samples = outcome
    return Check(
        rule=rule,
        expectation=expectation,
        column=column,
        dimension=Dimension(dimension),
        severity=Severity(severity),
        success=None if success is None else bool(success),
        errored=bool(errored),
        evaluated=evaluated,
        unexpected=unexpected,
        observed=observed,
        error=error,
        engine=_ENGINES.get(engine, engine),
        samples=tuple(samples or ()),
    )


def entries_to_columns(
    entries: Sequence[DataCatalogEntry],
    dataset_ids: Sequence[int],
    schema_ids: Sequence[int | None],
    score_layout_ids: Sequence[int | None],
) -> dict[str, Sequence[Any]]:
    """All columns that entries decide, in the table's order, with the versions that saving makes: column by column, as there may be many."""
    assets = [entry.asset for entry in entries]
    uris = [asset.location.uri for asset in assets]
    keys = [*map(location_key, uris)]
    return {
        "public_id": [asset.id for asset in assets],
        "dataset_id": dataset_ids,
        "location": keys,
        "version_token": [asset.version_token.value for asset in assets],
        "arrived_at": [asset.arrived_at for asset in assets],
        "status": [asset.status.value for asset in assets],
        "is_current": [asset.status.is_current for asset in assets],
        "version": [entry.version + 1 for entry in entries],
        "reason": [asset.reason for asset in assets],
        "size_bytes": [asset.size_bytes for asset in assets],
        "content_sha256": [asset.content_sha256 for asset in assets],
        "schema_id": schema_ids,
        "row_count": [entry.row_count for entry in entries],
        "profile": [
            profiles_to_json(entry.profile, entry.classifications) if entry.profile or entry.classifications else None
            for entry in entries
        ],
        "notes": [
            _reading_to_json(entry.notes, entry.reading) if entry.notes or entry.reading else None for entry in entries
        ],
        "verdict": [entry.verdict.value if entry.verdict else None for entry in entries],
        "score_layout_id": score_layout_ids,
        "score": [score_numbers(entry.score) if entry.score else None for entry in entries],
        "long_location": [None if key == uri else uri for key, uri in zip(keys, uris, strict=True)],
    }


def entry_from_row(row: Row[Any], columns: tuple[Column, ...] | None, layout: Json | None) -> DataCatalogEntry:
    """`row` is one of ``data_assets``, with its dataset's name as ``dataset``."""
    return DataCatalogEntry(
        asset=DataAsset(
            id=row.public_id,
            dataset=row.dataset,
            location=DataLocation(location_of(row.location, row.long_location)),
            version_token=VersionToken(row.version_token),
            arrived_at=row.arrived_at,
            status=AssetStatus(row.status),
            reason=row.reason,
            size_bytes=row.size_bytes,
            content_sha256=row.content_sha256,
            erased_at=row.erased_at,
            erased_by=row.erased_by,
        ),
        columns=columns,
        row_count=row.row_count,
        profile=profiles_from_json(row.profile),
        notes=_notes_from_json(row.notes),
        reading=row.notes["reading"] if isinstance(row.notes, dict) else {},
        score=None if row.score is None else score_from(layout, row.score),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        version=row.version,
        classifications=classifications_from_json(row.profile),
    )


def counts_to_json(counts: AssetCounts) -> Json:
    return [counts.pending, counts.accepted, counts.quarantined, counts.rejected, counts.rows]


def counts_from_json(content: Json) -> AssetCounts:
    pending, accepted, quarantined, rejected, rows = content
    return AssetCounts(pending=pending, accepted=accepted, quarantined=quarantined, rejected=rejected, rows=rows)


def event_payload(event: DomainEvent) -> Json:
    """The event's fields, without the aggregate's id, which has a column."""
    return {name: value for name, value in vars(event).items() if name != "aggregate_id"}
