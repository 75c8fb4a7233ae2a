"""``prune``: what keeps a catalog small."""

import re
from datetime import timedelta
from typing import Final

import click

from data_management.application.services import prune as forget
from data_management.domain.repositories import Prunable
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.output import format_option, write_json, write_table
from data_management.presentation.upkeep_dtos import PrunedDto

_UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_LONGEST: Final = timedelta(days=36_500)


def _age(ctx: click.Context, param: click.Parameter, value: str) -> timedelta:
    """``36h``, ``90d`` or ``12w``."""
    found = re.fullmatch(r"([1-9][0-9]{0,6})([hdw])", value.strip().lower(), re.ASCII)
    age = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else _LONGEST
    if found is None or age >= _LONGEST:
        raise click.BadParameter(f"{value!r} is not an age; write for instance 90d, 12w or 36h", ctx, param)
    return age


@click.command()
@click.option("--older-than", callback=_age, required=True, help="How long ago it ended: 90d, 12w or 36h.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and leave it.")
@format_option()
@click.pass_obj
def prune(backend: Backend, older_than: timedelta, dry_run: bool, style: str) -> None:
    """Forget the past: superseded and removed files, checks of old validations, published events, and of old scores
    all but one a day.

    What is current stays, with its checks, its totals and its score; so does the last file that was accepted of each dataset.
    It takes many small transactions, so that runs and sensors go on meanwhile, and may be interrupted.
    """
    app = backend.catalog()
    before = app.clock() - older_than
    removed = forget(app, before, dry_run=dry_run)
    if style == "json":
        write_json(PrunedDto.of(before, removed, dry_run=dry_run))
        return
    told = {
        Prunable.ASSETS: "files that were superseded or removed",
        Prunable.CHECKS: "validations' check results",
        Prunable.EVENTS: "published events",
        Prunable.SCORES: "scores of datasets, beside the last of each day",
    }
    title = f"{'Would be forgotten' if dry_run else 'Forgotten'}: older than {before.isoformat(timespec='seconds')}"
    write_table(title, ("", "rows"), ((told[what], count) for what, count in removed.items()))
