"""``consumers`` and ``datasets files``: who reads the accepted files of datasets, and how far they are."""

import click

from data_management.errors import NotFound
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.gateway import CatalogGateway
from data_management.presentation.cli.output import (
    MOST_ROWS,
    TABLE,
    format_option,
    write_line,
    write_record,
    write_records,
    write_table,
)
from data_management.presentation.dtos.consumers import ConsumerDto, FileChangesDto, FileDto

_TABLE_ROWS = 100


@click.command("files")
@click.argument("name", shell_complete=complete_dataset)
@click.option(
    "--after",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="What changed behind this position.",
)
@click.option(
    "--limit", type=click.IntRange(1, MOST_ROWS), help=f"At most so many; a table shows {_TABLE_ROWS} unless told."
)
@format_option()
@click.pass_obj
def files_of_dataset(backend: Backend, name: str, after: int, limit: int | None, style: str) -> None:
    """List the accepted files of a dataset in the order of their positions, and those withdrawn behind --after."""
    _write_changes(backend.gateway().files(name, after, _wanted(limit, style)), style)


@click.group()
def consumers() -> None:
    """Consumers of datasets: who reads accepted files, and how far they are."""


@consumers.command("list")
@click.option("--dataset", help="Only those of this dataset.", shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def list_consumers(backend: Backend, dataset: str | None, style: str) -> None:
    """List all consumers, with what is behind them."""
    _write_consumers(backend.gateway().consumers(dataset), style)


@consumers.command("show")
@click.argument("consumer")
@click.argument("dataset", shell_complete=complete_dataset)
@click.option(
    "--limit", type=click.IntRange(1, MOST_ROWS), help=f"At most so many; a table shows {_TABLE_ROWS} unless told."
)
@format_option()
@click.pass_obj
def show_consumer(backend: Backend, consumer: str, dataset: str, limit: int | None, style: str) -> None:
    """Show what a consumer of a dataset will be given next."""
    catalog = backend.gateway()
    standing = _known(catalog, consumer, dataset)
    unseen = catalog.unseen_files(dataset, consumer, _wanted(limit, style))
    if style == TABLE:
        _write_consumers([standing], style)
    _write_changes(unseen, style)


@consumers.command("reset")
@click.argument("consumer")
@click.argument("dataset", shell_complete=complete_dataset)
@click.option("--to", "position", required=True, help="A position, or: beginning, end.")
@format_option()
@click.pass_obj
def reset_consumer(backend: Backend, consumer: str, dataset: str, position: str, style: str) -> None:
    """Set a consumer of a dataset to another position: what is behind it will be given to it, again or never.

    To the beginning it is given all accepted files anew, to the end none of those that are there now.
    """
    standing = backend.gateway().reset_consumer(dataset, consumer, _position(position))
    if style != TABLE:
        write_record(style, standing)
        return
    write_line(f"consumer {consumer} of dataset {dataset} is at position {standing.position} now")


@consumers.command("forget")
@click.argument("consumer")
@click.argument("dataset", shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def forget_consumer(backend: Backend, consumer: str, dataset: str, style: str) -> None:
    """Forget a consumer that is no more, so that `prune` keeps nothing for it."""
    catalog = backend.gateway()
    standing = _known(catalog, consumer, dataset)
    catalog.forget_consumer(dataset, consumer)
    if style != TABLE:
        write_record(style, standing)
        return
    write_line(f"consumer {consumer} of dataset {dataset} is forgotten; it was at position {standing.position}")


def _position(text: str) -> int | None:
    """None: the end."""
    named = {"beginning": 0, "end": None}
    if text in named:
        return named[text]
    if not (text.isascii() and text.isdigit()):
        raise click.BadParameter(f"{text!r} is no position; give a number, beginning or end", param_hint="--to")
    return int(text)


def _known(catalog: CatalogGateway, consumer: str, dataset: str) -> ConsumerDto:
    found = catalog.consumers(dataset, consumer)
    if not found:
        raise NotFound(
            f"dataset {dataset!r} has no consumer {consumer!r}; `data-management consumers list` names those that there are"
        )
    return found[0]


def _wanted(limit: int | None, style: str) -> int | None:
    return limit if limit is not None or style != TABLE else _TABLE_ROWS


def _write_consumers(found: list[ConsumerDto], style: str) -> None:
    if style != TABLE:
        write_records(style, ConsumerDto, found)
        return
    write_table(
        "Consumers",
        ("dataset", "consumer", "position", "changes behind it", "moved", "at work until"),
        (
            (
                each.dataset,
                each.name,
                each.position,
                each.behind,
                each.moved_at.isoformat(timespec="seconds"),
                each.working_until and each.working_until.isoformat(timespec="seconds"),
            )
            for each in found
        ),
    )


def _write_changes(found: FileChangesDto, style: str) -> None:
    if style == "json":
        write_record(style, found)
        return
    files = sorted([*found.accepted, *found.withdrawn], key=lambda file: file.position)
    if style != TABLE:
        write_records(style, FileDto, files)
        return
    write_table(
        f"Files of {found.dataset} behind position {found.after}, up to {found.to}",
        ("position", "change", "location", "version", "rows", "verdict"),
        (
            (
                file.position,
                f"withdrawn: {file.withdrawn}" if file.withdrawn else "accepted",
                file.location,
                file.version_token,
                file.rows,
                file.verdict,
            )
            for file in files
        ),
    )
    if not found.complete:
        click.echo(f"More up to position {found.head}; see it with --limit, all with --format jsonl.", err=True)
