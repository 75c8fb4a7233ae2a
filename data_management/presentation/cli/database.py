"""``data-management db``: the catalog's schema."""

import click

from data_management.application.commands import RebuildSearchCommand
from data_management.application.services import audit as audited
from data_management.application.views import CatalogSchema
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.output import (
    TABLE,
    format_option,
    write_error,
    write_record,
    write_records,
    write_table,
)
from data_management.presentation.dtos.upkeep import AuditDto, CatalogSchemaDto


@click.group()
def db() -> None:
    """The catalog's database."""


@db.command()
@format_option()
@click.pass_obj
def upgrade(backend: Backend, style: str) -> None:
    """Bring the catalog's schema up to date; creates the catalog where there is none."""
    _tell(backend.upgrade_catalog(), style)


@db.command()
@format_option()
@click.pass_obj
def check(backend: Backend, style: str) -> None:
    """Say whether this version can use the catalog; exit code 4 where it cannot."""
    _tell(backend.check_catalog(), style)


def _tell(schema: CatalogSchema, style: str) -> None:
    if style != TABLE:
        write_record(style, CatalogSchemaDto.of(schema))
    else:
        click.echo(str(schema))


@db.command()
@click.option("--mend", is_flag=True, help="Sum anew where it differs, and score those datasets.")
@format_option()
@click.pass_obj
def audit(backend: Backend, mend: bool, style: str) -> ExitCode:
    """Count the datasets' files and totals anew from the checks of their current files, and say what differs.

    With --mend, what searches look into is made anew too.

    Exit code: 1 where something differs, or has no validation; 0 where all agrees, or was mended.
    """
    app = backend.local()
    found = [AuditDto.of(each) for each in audited(app, mend=mend)]
    if mend:
        app.run(RebuildSearchCommand())
    if style != TABLE:
        write_records(style, AuditDto, found)
    else:
        _write(found)
    return ExitCode.OK if all(each.sound or each.mended for each in found) else ExitCode.FAILED


def _write(found: list[AuditDto]) -> None:
    write_table(
        "Totals, counted anew",
        ("dataset", "files", "differences", ""),
        (
            (
                each.dataset,
                each.files,
                len(each.differences) + (each.counts is not None),
                "mended" if each.mended else None if each.sound else "differs",
            )
            for each in found
        ),
    )
    for each in found:
        for difference in (*each.differences, *((each.counts,) if each.counts else ())):
            write_error(f"{each.dataset}: {difference}")
        for asset in each.unfounded:
            write_error(
                f"{each.dataset}: data asset {asset} is judged and has no validation; Dagster's job "
                "`revalidate_datasets` judges it anew"
            )
