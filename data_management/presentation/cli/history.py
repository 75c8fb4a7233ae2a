"""``assets history``: how all versions of a file were judged."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import click
from pydantic import BaseModel

from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.gateway import CatalogGateway
from data_management.presentation.cli.output import MOST_ROWS, TABLE, format_option, points, write_records, write_table
from data_management.presentation.dtos import ValidationDto

_MOST = 100


class JudgedVersionDto(BaseModel):
    """One validation of one version of a file; null of a version that was never judged (`reason` says why, where it was rejected)."""

    id: str
    dataset: str
    location: str
    version_token: str
    status: str
    reason: str | None
    arrived_at: datetime
    validation: ValidationDto | None


@click.command("history")
@click.argument("asset")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=_MOST, show_default=True, help="At most so many.")
@format_option()
@click.pass_obj
def history_of_asset(backend: Backend, asset: str, limit: int, style: str) -> None:
    """Show the validations of all versions of a file, the newest first. ASSET is a URI, a path, or the id of a version."""
    history = _history(backend.gateway(), asset)
    found = islice(history, limit)
    if style != TABLE:
        write_records(style, JudgedVersionDto, found)
        return
    write_table(
        f"History of {asset}",
        ("version", "status", "arrived", "judged", "verdict", "score", "rows", "failed rules", "plan", "reason"),
        (
            (
                each.version_token,
                each.status,
                each.arrived_at.isoformat(timespec="seconds"),
                *_judged(each.validation),
                each.reason,
            )
            for each in found
        ),
    )
    if next(history, None) is not None:
        click.echo(f"The first {limit}; see more with --limit.", err=True)


def _history(catalog: CatalogGateway, asset: str) -> Iterator[JudgedVersionDto]:
    for version in catalog.versions(asset):
        fields = {name: getattr(version, name) for name in JudgedVersionDto.model_fields if name != "validation"}
        judged = False
        for validation in catalog.validations(version.id):
            judged = True
            yield JudgedVersionDto(**fields, validation=validation)
        if not judged:
            yield JudgedVersionDto(**fields, validation=None)


def _judged(validation: ValidationDto | None) -> tuple[object, ...]:
    if validation is None:
        return (None,) * 6
    failed = ", ".join(check.rule for check in validation.checks if check.success is False or check.errored)
    return (
        validation.at.isoformat(timespec="seconds"),
        validation.verdict,
        points(validation.score.value) if validation.score else None,
        validation.rows,
        "forgotten" if validation.pruned else failed or None,
        validation.plan[:7],
    )
