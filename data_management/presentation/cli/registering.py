"""``assets register``: say that a file has landed."""

import click

from data_management.domain.models import DataLocation
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.output import TABLE, format_option, write_line, write_record


@click.command("register")
@click.argument("dataset", shell_complete=complete_dataset)
@click.argument("location")
@format_option()
@click.pass_obj
def register_asset(backend: Backend, dataset: str, location: str, style: str) -> None:
    """Say that a file has landed: it is looked at and recorded, once for each version, and the next run judges it.

    LOCATION is a URI or a path; it must lie in the dataset's landing. `look` looks at whole landings instead.
    """
    place = DataLocation.parse(location) if "://" in location else DataLocation.from_path(location)
    asset = backend.gateway().register_asset(dataset, place)
    if style != TABLE:
        write_record(style, asset)
        return
    write_line(f"data asset {asset.id} of dataset {asset.dataset} is {asset.status}: {asset.location}")
