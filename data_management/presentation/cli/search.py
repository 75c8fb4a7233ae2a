"""``search``: datasets and data assets by words."""

from itertools import chain, islice

import click

from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.gateway import KINDS
from data_management.presentation.cli.messages import printable_text
from data_management.presentation.cli.output import (
    MOST_ROWS,
    TABLE,
    format_option,
    write_records,
    write_table,
)
from data_management.presentation.dtos.search import SearchHitDto

_MOST = 100


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(KINDS), help="Only these.")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=_MOST, show_default=True, help="At most so many.")
@format_option()
@click.pass_obj
def search(backend: Backend, words: tuple[str, ...], kind: str | None, limit: int, style: str) -> None:
    """Find datasets and data assets by words.

    All words must be in names, locations, owners, tags, columns or descriptions; one of three letters or more also finds what it
    begins. Datasets come first, those that fit best before others; then data assets, the newest first.
    """
    wanted = " ".join(words)
    hits = backend.gateway().search(wanted, kind)
    found = islice(hits, limit)
    if style != TABLE:
        write_records(style, SearchHitDto, found)
        return
    first = next(found, None)
    if first is None:
        click.echo(f"nothing found for '{printable_text(wanted)}'", err=True)
        return
    write_table(
        "Found",
        ("name", "kind", "dataset", "location", "found in", "description"),
        (
            (hit.name, hit.kind, hit.dataset, hit.location, ", ".join(hit.matched), hit.description or None)
            for hit in chain([first], found)
        ),
    )
    if next(hits, None) is not None:
        click.echo(f"The first {limit}; see more with --limit.", err=True)
