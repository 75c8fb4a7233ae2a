"""``data-management contract``: data contracts by hand."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from data_management.application.ports import ContractTerms
from data_management.application.services import SuggestedContract, suggest_contract
from data_management.domain.models import FileFormat
from data_management.domain.services import RuleSuggestionService
from data_management.errors import InvalidInput
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.contract_checks import diff, lint
from data_management.presentation.cli.contract_translations import export_contract, import_contract
from data_management.presentation.cli.naming import expanded
from data_management.presentation.cli.output import write_error, write_warning
from data_management.presentation.cli.progress import progress
from data_management.presentation.cli.writing import exists, write_whole

_READINGS: Final = 2
_MIN_CONFIDENCE: Final = 0.95
_NOT_OF_A_NAME = re.compile(r"[^a-z0-9]+")


@click.group()
def contract() -> None:
    """Write and look into data contracts."""


for command in (lint, diff, import_contract, export_contract):
    contract.add_command(command)


@contract.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--name", help="The dataset's name; unset: that of the files' folder, or of the only file.")
@click.option("--landing", help="Where files will land: a glob pattern, absolute or relative to the contract's folder.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="yaml is the contract; json for programs.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file to write; unset: print it.")
@click.option("--force", is_flag=True, help="Replace the output where it exists.")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=_MIN_CONFIDENCE,
    show_default=True,
    help="How sure a rule must be to stand in the contract; the others are written as comments.",
)
@click.pass_obj
def suggest(
    backend: Backend,
    paths: tuple[str, ...],
    name: str | None,
    landing: str | None,
    style: str,
    output: Path | None,
    force: bool,
    min_confidence: float,
) -> ExitCode:
    """Suggest a data contract for files like these. A person reads and accepts it.

    A folder stands for the data files below it. Each rule comes with its confidence and the reason. Allowed values and limits
    stand in the contract, those of columns that may hold something private never. A file that cannot be read is left out.
    Exit code: 3 where none could be read, 2 wrong usage.
    """
    if output is not None and not force and output.exists():
        raise InvalidInput(exists(output))
    files = list(dict.fromkeys(file for path in paths for file in expanded(path, backend.locations())))
    name = name or name_of(files)
    text = suggested_contract(backend, files, name=name, landing=landing, style=style, min_confidence=min_confidence)
    if text is None:
        return ExitCode.REJECTED
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text, force=force)
        click.echo(f"wrote {output}: read it, and mend what is not meant", err=True)
    return ExitCode.OK


def suggested_contract(
    backend: Backend,
    files: Sequence[str],
    *,
    name: str,
    landing: str | None,
    style: str = "yaml",
    min_confidence: float = _MIN_CONFIDENCE,
) -> str | None:
    """The contract's text, and on standard error what was left out; None where no file could be read."""
    engine = backend.quality_engine()
    try:
        with progress("reading", total=_READINGS * len(files)) as advance:
            suggested = suggest_contract(
                engine, RuleSuggestionService(), files, min_confidence=min_confidence, advance=advance
            )
    finally:
        engine.close()
    for _, reason in suggested.rejected:
        write_error(f"left out: {reason}")
    if suggested.suggestion is None:
        return None
    if suggested.unlike:
        write_warning(
            "the files have less than half of their columns in common; if they are of several datasets, suggest a contract "
            "for each"
        )
    return _text(backend, suggested, name, landing, style)


def _text(backend: Backend, suggested: SuggestedContract, name: str, landing: str | None, style: str) -> str:
    suggestion = suggested.suggestion
    assert suggestion is not None
    if style == "json":
        from data_management.presentation.dtos.suggestions import SuggestedContractDto

        return SuggestedContractDto.of(name, suggestion, suggested).model_dump_json(indent=2) + "\n"
    formats = {str(reading.get("format")) for reading in suggested.readings}
    delimiters = {reading.get("delimiter") for reading in suggested.readings}
    format_ = FileFormat(formats.pop()) if len(formats) == 1 and formats <= set(FileFormat) else None
    delimiter = delimiters.pop() if len(delimiters) == 1 and format_ is FileFormat.CSV else None
    terms = ContractTerms(
        name=name, path=landing, format=format_, delimiter=delimiter if isinstance(delimiter, str) else None
    )
    return backend.contract_writer().suggested(suggestion, terms)


def name_of(files: Sequence[str]) -> str:
    paths = [Path(file).absolute() for file in files]
    folders = {path.parent for path in paths}
    named = paths[0].name.partition(".")[0] if len(paths) == 1 else paths[0].parent.name if len(folders) == 1 else ""
    return _NOT_OF_A_NAME.sub("_", named.lower()).strip("_") or "dataset"
