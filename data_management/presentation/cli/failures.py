"""``datasets failures``: from a rule to the files on which it failed."""

from itertools import islice

import click

from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.output import MOST_ROWS, TABLE, format_option, write_records, write_table
from data_management.presentation.dtos import FailureDto

_MOST = 100


@click.command("failures")
@click.argument("name", shell_complete=complete_dataset)
@click.argument("rule")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=_MOST, show_default=True, help="At most so many.")
@format_option()
@click.pass_obj
def failures_of_rule(backend: Backend, name: str, rule: str, limit: int, style: str) -> None:
    """List the current files on which a rule failed or errored when they were judged last, newest first.

    RULE is its name, as `datasets show` lists it.
    """
    failures = backend.gateway().failures(name, rule)
    found = islice(failures, limit)
    if style != TABLE:
        write_records(style, FailureDto, found)
        return
    write_table(
        f"Files of {name} on which {rule} failed or errored",
        ("location", "status", "outcome", "evaluated", "unexpected", "observed", "arrived"),
        (
            (
                each.asset.location,
                each.asset.status,
                f"errored: {each.check.error}" if each.check.errored else "fail",
                each.check.evaluated,
                each.check.unexpected,
                each.check.observed,
                each.asset.arrived_at.isoformat(timespec="seconds"),
            )
            for each in found
        ),
    )
    if next(failures, None) is not None:
        click.echo(f"The first {limit}; see more with --limit.", err=True)
