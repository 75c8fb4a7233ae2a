"""``scores --compare``: what made a score rise or fall."""

from datetime import UTC, datetime

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


def compare_scores(
    catalog: CatalogGateway, dataset: str, since: datetime | None, until: datetime | None, style: str
) -> None:
    """JSON tells both points too; lines of JSON and CSV are the contributions alone."""
    found = catalog.difference(dataset, since or datetime.now(UTC), until)
    if style == "json":
        write_record(style, found)
        return
    if style != TABLE:
        write_records(style, ContributionDto, found.contributions)
        return
    title = f"{dataset}: {_told(found.earlier)} → {_told(found.later)}"
    rows = [(each.rule, f"{each.before:.2f}", f"{each.now:.2f}", f"{each.points:+.2f}") for each in found.contributions]
    if found.difference is not None:
        before = sum(each.before for each in found.contributions)
        now = sum(each.now for each in found.contributions)
        rows.append(("together", f"{before:.2f}", f"{now:.2f}", f"{found.difference:+.2f}"))
    write_table(title, ("rule", "points before", "points now", "gained"), rows)
    if found.difference is None:
        write_warning("one of the scores has no value, so that there is nothing to subtract")
    elif not found.same_plan:
        write_warning("the plans differ: a rule gained or lost also by coming, going, or by another weight")


def _told(point: ScorePointDto) -> str:
    value = points(point.score.value) if point.score else "no score"
    return f"{value} of {point.at.isoformat(timespec='seconds')}"
