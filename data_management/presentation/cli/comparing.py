"""``scores --compare``: what made a score rise or fall."""

from datetime import UTC, datetime

import click

from data_management.domain.models import gain_in_words
from data_management.presentation.cli.gateway import CatalogGateway
from data_management.presentation.cli.output import (
    TABLE,
    points,
    write_record,
    write_records,
    write_table,
    write_warning,
)
from data_management.presentation.dtos import ContributionDto, ScorePointDto

_ROUNDING = 1e-9
"""Points that floating-point arithmetic makes of nothing."""


def compare_scores(
    catalog: CatalogGateway, dataset: str, since: datetime | None, until: datetime | None, style: str
) -> None:
    """JSON tells both points too; lines of JSON and CSV are the contributions alone, and all of them. The table tells those that changed."""
    found = catalog.difference(dataset, since or datetime.now(UTC), until)
    if style == "json":
        write_record(style, found)
        return
    if style != TABLE:
        write_records(style, ContributionDto, found.contributions)
        return
    title = f"{dataset}: {_told(found.earlier)} → {_told(found.later)}"
    changed = [each for each in found.contributions if abs(each.points) > _ROUNDING]
    rows = [(each.rule, f"{each.before:.2f}", f"{each.now:.2f}", gain_in_words(each.points)) for each in changed]
    if found.difference is not None:
        rows.append(("together", _value(found.earlier), _value(found.later), gain_in_words(found.difference)))
    write_table(title, ("rule", "points before", "points now", "gained"), rows)
    if unchanged := len(found.contributions) - len(changed):
        click.echo(f"{unchanged} {'rule' if unchanged == 1 else 'rules'} unchanged")
    if found.difference is None:
        write_warning("one of the scores has no value, so that there is nothing to subtract")
    elif not found.same_plan:
        write_warning("the plans differ: a rule gained or lost also by coming, going, or by another weight")


def _told(point: ScorePointDto) -> str:
    return f"{point.verdict} {_value(point)} of {point.at.isoformat(timespec='seconds')}"


def _value(point: ScorePointDto) -> str:
    return points(point.score.value) if point.score else "no score"
