"""``data-management db``: the catalog's schema."""

import click

from data_management.presentation.cli.backend import Backend


@click.group()
def db() -> None:
    """The catalog's database."""


@db.command()
@click.pass_obj
def upgrade(backend: Backend) -> None:
    """Bring the catalog's schema up to date; creates the catalog where there is none."""
    click.echo(backend.upgrade_catalog())


@db.command()
@click.pass_obj
def check(backend: Backend) -> None:
    """Say whether this version can use the catalog; exit code 4 where it cannot."""
    click.echo(backend.check_catalog())
