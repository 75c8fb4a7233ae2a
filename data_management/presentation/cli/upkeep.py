"""``prune``, ``datasets retire`` and ``assets erase``: what keeps a catalog small, honest and lawful."""

from datetime import timedelta

import click

from data_management.application.services import audit_kept_from
from data_management.application.services import prune as forget
from data_management.domain.models import Prunable
from data_management.errors import InvalidInput
from data_management.presentation.cli.ages import age
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.output import (
    TABLE,
    format_option,
    write_line,
    write_record,
    write_records,
    write_table,
)
from data_management.presentation.cli.users import me, system_user
from data_management.presentation.dtos import AssetDto
from data_management.presentation.dtos.upkeep import PrunedDto


@click.command()
@click.option("--older-than", callback=age, required=True, help="How long ago it ended: 90d, 12w or 36h.")
@click.option(
    "--audit-older-than",
    callback=age,
    help="The same for the audit.  [default: 365d, or --older-than where that is longer]",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and leave it.")
@format_option()
@click.pass_obj
def prune(
    backend: Backend, older_than: timedelta, audit_older_than: timedelta | None, dry_run: bool, style: str
) -> None:
    """Forget the past: superseded and removed files, checks of old validations, delivered events, and of old scores
    all but one a day; and the audit, which is kept for longer, and says that it was pruned.

    What is current stays, with its checks, its totals and its score; so does the last file that was accepted of each dataset.
    It takes many small transactions, so that runs and sensors go on meanwhile, and may be interrupted.
    """
    app = backend.local()
    now = app.clock()
    before = now - older_than
    audit_before = audit_kept_from(before, now) if audit_older_than is None else now - audit_older_than
    removed = forget(app, before, audit_before=audit_before, by=system_user().id, dry_run=dry_run)
    if style != TABLE:
        write_record(style, PrunedDto.of(before, audit_before, removed, dry_run=dry_run))
        return
    told = {
        Prunable.ASSETS: "files that were superseded or removed",
        Prunable.CHECKS: "validations' check results",
        Prunable.EVENTS: "events that every destination took",
        Prunable.SCORES: "scores of datasets, beside the last of each day",
        Prunable.AUDIT: f"records of the audit older than {audit_before.isoformat(timespec='seconds')}",
    }
    title = f"{'Would be forgotten' if dry_run else 'Forgotten'}: older than {before.isoformat(timespec='seconds')}"
    write_table(title, ("", "rows"), ((told[what], count) for what, count in removed.items()))


@click.command("retire")
@click.argument("name", shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def retire_dataset(backend: Backend, name: str, style: str) -> None:
    """Say that no contract declares a dataset any more: its history stays, and nothing runs for it.

    It comes back by itself as soon as a contract declares it again.
    """
    catalog = backend.gateway()
    catalog.dataset(name)
    if not backend.is_elsewhere():
        _must_be_undeclared(backend, name)
    dataset, newly = catalog.retire(name)
    if style != TABLE:
        write_record(style, dataset)
        return
    assert dataset.retired_at is not None
    since = dataset.retired_at.isoformat(timespec="seconds")
    write_line(f"dataset {name} is retired now" if newly else f"dataset {name} is retired since {since} already")


def _must_be_undeclared(backend: Backend, name: str) -> None:
    for reading in backend.contracts().read_folder(backend.contracts_folder()):
        if name in reading.names or any(dataset.name == name for dataset in reading.datasets):
            raise InvalidInput(f"contract {reading.file} still declares dataset {name!r}; take it out there first")


@click.command("erase")
@click.argument("asset")
@click.option(
    "--by", help="Who erases it, for the record.  [default: you; a server records who holds the key, and nobody else]"
)
@click.option("--with-name", is_flag=True, help="Its name too: it is known by its id alone from then on.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option()
@click.pass_obj
def erase_assets(backend: Backend, asset: str, by: str | None, *, with_name: bool, yes: bool, style: str) -> None:
    """Erase what the catalog knows of a file, of all its versions: ASSET is a URI, a path, or the id of a version.

    Profile, columns, notes, reasons, samples and observed figures go, in the catalog and its events. That something stood there,
    how many rows it had, how it scored, when and by whom it was erased stays. Delete the file first.
    """
    who = by or (None if backend.is_elsewhere() else me())
    catalog = backend.gateway()
    if not yes:
        versions = catalog.erasable(asset)
        click.confirm(
            f"This cannot be undone. Erase what the catalog knows of {len(versions)} version(s) of {versions[0].location}?",
            abort=True,
        )
    tombstones, newly = catalog.erase(asset, who, with_name=with_name)
    if style != TABLE:
        write_records(style, AssetDto, tombstones)
        return
    write_table(
        f"Erased: {newly} version(s) now",
        ("id", "location", "dataset", "status", "arrived", "erased", "by"),
        (
            (
                each.id,
                each.location,
                each.dataset,
                each.status,
                each.arrived_at.isoformat(timespec="seconds"),
                each.erased_at and each.erased_at.isoformat(timespec="seconds"),
                each.erased_by,
            )
            for each in tombstones
        ),
    )
