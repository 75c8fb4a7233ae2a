"""``datasets``, ``assets`` and ``scores``: what stands in the catalog."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import click

from data_management.application.queries import GetDefinitionQuery, ListOutdatedAssetsQuery
from data_management.domain.models import AssetStatus
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.comparing import compare_scores
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.consumers import files_of_dataset
from data_management.presentation.cli.failures import failures_of_rule
from data_management.presentation.cli.history import history_of_asset
from data_management.presentation.cli.landings import pending_of_datasets, register_datasets
from data_management.presentation.cli.moments import moments
from data_management.presentation.cli.output import (
    MOST_ROWS,
    TABLE,
    format_option,
    percent,
    points,
    write_record,
    write_records,
    write_table,
)
from data_management.presentation.cli.pipeline import revalidate_dataset
from data_management.presentation.cli.plans import plan_of_dataset
from data_management.presentation.cli.profiles import write_profile
from data_management.presentation.cli.registering import register_asset
from data_management.presentation.cli.upkeep import erase_assets, retire_dataset
from data_management.presentation.dtos import (
    AssetDto,
    CheckDto,
    DatasetDto,
    ScorePointDto,
    ValidationDto,
)

_TABLE_ROWS = 100


@click.group()
def datasets() -> None:
    """The datasets of the catalog."""


@datasets.command("list")
@click.option("--owner", help="Only those with this owner.")
@click.option("--tag", help="Only those with this tag.")
@click.option("--retired/--declared", default=None, help="Only retired ones, or only those that a contract declares.")
@format_option()
@click.pass_obj
def list_datasets(backend: Backend, owner: str | None, tag: str | None, retired: bool | None, style: str) -> None:
    """List datasets with their latest score, by name."""
    found = backend.gateway().datasets(owner=owner, tag=tag, retired=retired)
    if style != TABLE:
        write_records(style, DatasetDto, found)
        return
    write_table(
        "Datasets",
        ("dataset", "verdict", "score", "accepted", "quarantined", "rejected", "pending", "rows", "rules", "retired"),
        (
            (
                dataset.name,
                dataset.latest.verdict if dataset.latest else None,
                points(dataset.latest.score.value) if dataset.latest and dataset.latest.score else None,
                dataset.files.accepted,
                dataset.files.quarantined,
                dataset.files.rejected,
                dataset.files.pending,
                dataset.files.rows,
                dataset.rules,
                dataset.retired_at and dataset.retired_at.date(),
            )
            for dataset in found
        ),
    )


@datasets.command("show")
@click.argument("name", shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def show_dataset(backend: Backend, name: str, style: str) -> None:
    """Show one dataset: its contract, its latest score, its rules summed over the readable files."""
    dataset = backend.gateway().dataset(name)
    if style != TABLE:
        write_record(style, dataset)
        return
    latest = dataset.latest
    rows: list[tuple[str, object]] = [
        ("contract", f"{dataset.contract} {dataset.contract_version}"),
        ("description", dataset.description or None),
        ("owners", ", ".join(dataset.owners) or None),
        ("landing", dataset.landing),
        ("retired", dataset.retired_at and dataset.retired_at.isoformat(timespec="seconds")),
        ("files", ", ".join(f"{count} {state}" for state, count in dataset.files.model_dump().items())),
    ]
    if latest is not None:
        rows += [("verdict", latest.verdict), ("because", "; ".join(latest.reasons) or None)]
        if latest.score is not None:
            rows += [
                ("score", f"{points(latest.score.value)} (at least {points(latest.score.lower)})"),
                ("measured", percent(latest.score.coverage)),
                *((dimension, points(value)) for dimension, value in latest.score.dimensions.items()),
            ]
    write_table(dataset.name, ("", ""), rows)
    write_table(
        "Rules over the readable files",
        ("rule", "severity", "evaluated", "unexpected", "files passed", "failed", "errored", "not run"),
        (
            (t.rule, t.severity, t.evaluated, t.unexpected, t.passed, t.failed, t.errored, t.not_run)
            for t in dataset.totals
        ),
    )


@datasets.command("profile")
@click.argument("name", shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def profile_dataset(backend: Backend, name: str, style: str) -> None:
    """Show what the columns of a dataset hold, over all its accepted files."""
    found = backend.gateway().profile(name)
    if style != TABLE:
        write_record(style, found)
        return
    title = f"Columns of {name}: {found.rows} rows in {found.files} accepted file(s)"
    types = {column.name: column.type for column in found.columns if column.type is not None}
    write_profile(title, found.columns, types, found.classifications)


for command in (register_datasets, pending_of_datasets, revalidate_dataset, files_of_dataset, plan_of_dataset):
    datasets.add_command(command)
datasets.add_command(retire_dataset)
datasets.add_command(failures_of_rule)


@click.group()
def assets() -> None:
    """The data assets: single files of datasets."""


@assets.command("list")
@click.option("--dataset", help="Only those of this dataset.", shell_complete=complete_dataset)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([s.value for s in AssetStatus]),
    help="Only these; repeatable.",
)
@click.option(
    "--outdated", is_flag=True, help="Only those that the dataset's contract of now did not judge; needs --dataset."
)
@click.option("--all", "everything", is_flag=True, help="Superseded and removed ones too.")
@click.option(
    "--limit", type=click.IntRange(1, MOST_ROWS), help=f"At most so many; a table shows {_TABLE_ROWS} unless told."
)
@format_option()
@click.pass_obj
def list_assets(
    backend: Backend,
    dataset: str | None,
    statuses: tuple[str, ...],
    outdated: bool,
    everything: bool,
    limit: int | None,
    style: str,
) -> None:
    """List data assets in the order of their arrival."""
    if outdated and (dataset is None or statuses or everything):
        raise click.UsageError("--outdated goes with --dataset NAME, and without --status and --all")
    wanted = limit if limit is not None or style != TABLE else _TABLE_ROWS
    if outdated and dataset is not None:
        pages = _outdated(backend, dataset)
    else:
        pages = backend.gateway().assets(dataset, statuses, everything=everything)
    found = islice(pages, wanted)
    if style != TABLE:
        write_records(style, AssetDto, found)
        return
    write_table(
        "Data assets",
        ("location", "dataset", "status", "verdict", "score", "rows", "reason"),
        (
            (a.location, a.dataset, a.status, a.verdict, points(a.score.value) if a.score else None, a.rows, a.reason)
            for a in found
        ),
    )
    if limit is None and next(pages, None) is not None:
        click.echo(f"The first {_TABLE_ROWS}; see more with --limit, all with --format jsonl.", err=True)


@assets.command("show")
@click.argument("asset")
@format_option()
@click.pass_obj
def show_asset(backend: Backend, asset: str, style: str) -> None:
    """Show one data asset by id, URI or path: schema, score, checks."""
    detail = backend.gateway().asset(asset)
    if style != TABLE:
        write_record(style, detail)
        return
    rows: list[tuple[str, object]] = [
        ("location", detail.location),
        ("dataset", detail.dataset),
        ("status", detail.status),
        ("reason", detail.reason),
        ("verdict", detail.verdict),
        ("score", points(detail.score.value) if detail.score else None),
        ("rows", detail.rows),
        (
            "erased",
            f"{detail.erased_at.isoformat(timespec='seconds')} by {detail.erased_by}" if detail.erased_at else None,
        ),
        ("arrived", detail.arrived_at.isoformat(timespec="seconds")),
        (
            "read as",
            ", ".join(f"{name} {value}" for name, value in detail.reading.items() if value is not None) or None,
        ),
        *((f"note: {note.code}", note.message) for note in detail.warnings),
    ]
    write_table("Data asset", ("", ""), rows)
    if detail.profile:
        write_profile(
            "Columns",
            detail.profile,
            {column.name: column.type for column in detail.columns},
            detail.classifications,
        )
    if detail.validations:
        _write_checks(detail.validations[0])


@click.command()
@click.argument("name", shell_complete=complete_dataset)
@click.option(
    "--limit", type=click.IntRange(1, MOST_ROWS), default=100, show_default=True, help="At most so many points."
)
@click.option(
    "--compare",
    nargs=2,
    callback=moments,
    metavar="A B",
    help="Say instead what each rule contributes to the difference of two scores: the last of a day, minute or second "
    "(2026-01-31, 2026-01-31T06:00Z, UTC unless told), or `now`.",
)
@format_option()
@click.pass_obj
def scores(
    backend: Backend, name: str, limit: int, compare: tuple[datetime | None, datetime | None] | None, style: str
) -> None:
    """Show a dataset's score history, newest first, or what made it rise or fall between two moments.

    A score of a new plan (rules, weights or gates changed) does not compare with the one before.
    """
    if compare is not None:
        compare_scores(backend.gateway(), name, *compare, style)
        return
    points_of = backend.gateway().scores(name, limit)
    if style != TABLE:
        write_records(style, ScorePointDto, points_of)
        return
    write_table(
        f"Scores of {name}",
        ("at", "verdict", "score", "at least", "coverage", "accepted", "quarantined", "rejected", "plan", "because"),
        (
            (
                point.at.isoformat(timespec="seconds"),
                point.verdict,
                points(point.score.value) if point.score else None,
                points(point.score.lower) if point.score else None,
                percent(point.score.coverage) if point.score else None,
                point.files.accepted,
                point.files.quarantined,
                point.files.rejected,
                f"{point.plan[:7]}{', new' if point.plan_changed else ''}",
                "; ".join(point.reasons) or None,
            )
            for point in points_of
        ),
    )


assets.add_command(history_of_asset)
assets.add_command(register_asset)
assets.add_command(erase_assets)


def _outdated(backend: Backend, dataset: str) -> Iterator[AssetDto]:
    catalog = backend.catalog()
    plan, after = catalog.ask(GetDefinitionQuery(dataset)).plan_hash, None
    while True:
        page = catalog.ask(ListOutdatedAssetsQuery(dataset, plan, after, 500))
        yield from map(AssetDto.of, page.assets)
        if page.next is None:
            return
        after = page.next


def _write_checks(validation: ValidationDto) -> None:
    write_table(
        f"Checks of {validation.at.isoformat(timespec='seconds')}, contract {validation.contract_version}",
        ("rule", "dimension", "severity", "outcome", "evaluated", "unexpected", "observed"),
        (
            (
                check.rule,
                check.dimension,
                check.severity,
                _outcome(check),
                check.evaluated,
                check.unexpected,
                check.observed,
            )
            for check in validation.checks
        ),
    )


def _outcome(check: CheckDto) -> str:
    if check.errored:
        return f"errored: {check.error}"
    if check.success is None:
        return check.error or "not run"
    return "pass" if check.success else "fail"
