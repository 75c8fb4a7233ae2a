"""``contract import`` and ``contract export``: contracts from and to the formats of other tools."""

import re
from pathlib import Path

import click

from data_management.application.ports import ContractTerms
from data_management.application.translating import ForeignFormat
from data_management.errors import InvalidInput
from data_management.presentation.cli.backend import Backend
from data_management.presentation.cli.contract_checks import datasets_of
from data_management.presentation.cli.output import write_warning
from data_management.presentation.cli.writing import exists, write_whole

_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")
_output = click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file to write; unset: print it."
)
_force = click.option("--force", is_flag=True, help="Replace the output where it exists.")


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "format_name",
    type=click.Choice([each.value for each in ForeignFormat if each is not ForeignFormat.MARKDOWN]),
    help="What it is; unset: its content says it.",
)
@click.option("--name", help="The contract's id, and the dataset's name where the file has none; unset: the file's.")
@click.option(
    "--landing",
    help="Where files will land: a glob pattern, absolute or relative to the contract's folder; {dataset} is the name of each.",
)
@_output
@_force
@click.pass_obj
def import_contract(
    backend: Backend,
    path: Path,
    format_name: str | None,
    name: str | None,
    landing: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Make a contract of what another tool knows: a suite of Great Expectations (JSON), dbt's schema.yml, or a JSON Schema.

    What has no counterpart is said, and stands in the contract as a rule of type text: shown, and not run.
    """
    if output is not None and not force and output.exists():
        raise InvalidInput(exists(output))
    terms = ContractTerms(name=name or _NOT_OF_A_NAME.sub("_", path.stem.lower()).strip("_") or "dataset", path=landing)
    made = backend.contract_translator().imported(path, terms, ForeignFormat(format_name) if format_name else None)
    _write(made.text, made.losses, output, force=force)


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--to",
    "format_name",
    type=click.Choice([each.value for each in ForeignFormat]),
    required=True,
    help="What to write.",
)
@click.option("--dataset", "dataset_name", help="Only this dataset.")
@_output
@_force
@click.pass_obj
def export_contract(
    backend: Backend, path: Path | None, format_name: str, dataset_name: str | None, output: Path | None, force: bool
) -> None:
    """Say a contract (or a folder of them; unset: the project's) in another tool's words; what is lost is said.

    gx: an expectation suite. dbt: a schema.yml with data tests. json-schema: of one row. markdown: for people.
    """
    if output is not None and not force and output.exists():
        raise InvalidInput(exists(output))
    found = datasets_of(backend, path or backend.contracts_folder())
    chosen = [dataset for dataset in found if dataset_name in (None, dataset.name)]
    if not chosen:
        declared = ", ".join(dataset.name for dataset in found) or "none"
        raise InvalidInput(f"there is no dataset {dataset_name!r}; declared are: {declared}")
    made = backend.contract_translator().exported(chosen, ForeignFormat(format_name))
    _write(made.text, made.losses, output, force=force)


def _write(text: str, losses: tuple[str, ...], output: Path | None, *, force: bool) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text, force=force)
    for loss in losses:
        write_warning(f"lost: {loss}")
