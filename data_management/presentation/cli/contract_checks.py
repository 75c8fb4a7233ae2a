"""``contract lint`` and ``contract diff``: what is wrong with a contract, and what changed."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from data_management.application.ports import ContractReading
from data_management.application.queries import GetDefinitionQuery
from data_management.domain.models import ContractDiff, Dataset, Party
from data_management.domain.services import advice_on, diff_contracts
from data_management.errors import InvalidInput, NotFound
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.output import (
    TABLE,
    format_option,
    write_line,
    write_records,
    write_table,
    write_warning,
)
from data_management.presentation.dtos.contracts import ContractChangeDto, ContractProblemDto

_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})\b.*", re.ASCII)
_paths = click.Path(path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, type=_paths)
@click.option("--strict", is_flag=True, help="Warnings are exit code 2, too.")
@format_option()
@click.pass_obj
def lint(backend: Backend, paths: tuple[Path, ...], strict: bool, style: str) -> ExitCode:
    """Say all that is wrong with contracts, with file and line, and what is worth a second look.

    PATHS are contracts, or folders of them; unset: the project's. Exit code: 2 where a contract cannot be used.
    """
    readings = [reading for path in paths or [backend.contracts_folder()] for reading in _readings(backend, path)]
    found = [ContractProblemDto.of(problem) for reading in readings for problem in reading.problems]
    found += [
        ContractProblemDto.of_advice(reading.file, dataset.name, advice)
        for reading in readings
        for dataset in reading.datasets
        for advice in advice_on(dataset)
    ]
    errors = sum(each.level == "error" for each in found)
    if style != TABLE:
        write_records(style, ContractProblemDto, found)
    else:
        for each in found:
            write_line(str(each))
        datasets = sum(len(reading.datasets) for reading in readings)
        click.echo(
            f"{len(readings)} contract(s) with {datasets} usable dataset(s): {errors} error(s), {len(found) - errors} warning(s)"
        )
    return ExitCode.USAGE if errors or (strict and found) else ExitCode.OK


@click.command()
@click.argument("before", type=_paths)
@click.argument("after", type=_paths, required=False)
@click.option(
    "--catalog", is_flag=True, help="Compare what the catalog has now with what this contract would make of it."
)
@click.option(
    "--for",
    "party",
    type=click.Choice([party.value for party in Party]),
    help="Exit code 1 only where it breaks these; unset: where it breaks anybody.",
)
@format_option()
@click.pass_obj
def diff(backend: Backend, before: Path, after: Path | None, catalog: bool, party: str | None, style: str) -> ExitCode:
    """Say what changed between two contracts, or two folders of them, and whom it breaks.

    Producers deliver files: stricter critical rules and gates, new required columns, narrower types, another landing break them.
    Consumers read what was accepted: columns that are gone or of another type, keys and required values that are no more, break
    them. Exit code: 1 where a change is breaking, 2 where a contract cannot be used.
    """
    if catalog == (after is not None):
        raise click.UsageError("name two contracts, or one and --catalog.")
    new = datasets_of(backend, after or before)
    old = _known(backend, new) if catalog else datasets_of(backend, before)
    found = diff_contracts(old, new)
    changes = [ContractChangeDto.of(change) for change in found.changes]
    if style != TABLE:
        write_records(style, ContractChangeDto, changes)
    else:
        _write(changes, found)
    _check_versions(old, new)
    is_breaking = any(party is None or party in change.breaks for change in found.breaking)
    return ExitCode.FAILED if is_breaking else ExitCode.OK


def _write(changes: Sequence[ContractChangeDto], found: ContractDiff) -> None:
    if not changes:
        click.echo("Nothing changed.")
        return
    write_table(
        f"{len(changes)} change(s), {len(found.breaking)} breaking",
        ("dataset", "what", "", "change", "before", "after", "breaks"),
        (
            (each.dataset, each.part, each.what, each.kind, each.before, each.after, ", ".join(each.breaks) or None)
            for each in sorted(changes, key=lambda each: not each.breaking)
        ),
    )


def _check_versions(old: Iterable[Dataset], new: Iterable[Dataset]) -> None:
    """Say where a contract's version does not tell what changed."""
    before = {dataset.name: dataset for dataset in old}
    for dataset in new:
        known = before.get(dataset.name)
        if known is None:
            continue
        due = diff_contracts([known], [dataset]).due
        first, last = (_VERSION.fullmatch(each.contract_version) for each in (known, dataset))
        if due is None or first is None or last is None:
            continue
        place = ("major", "minor", "patch").index(due)
        if [int(part) for part in last.groups()[: place + 1]] <= [int(part) for part in first.groups()[: place + 1]]:
            write_warning(
                f"dataset {dataset.name!r}: the version went from {known.contract_version} to {dataset.contract_version}; what "
                f"changed asks for a new {due} version"
            )


def _known(backend: Backend, datasets: Iterable[Dataset]) -> list[Dataset]:
    catalog = backend.catalog()
    found = []
    for dataset in datasets:
        try:
            found.append(catalog.ask(GetDefinitionQuery(dataset.name)))
        except NotFound:
            continue  # it is new
    return found


def datasets_of(backend: Backend, path: Path) -> list[Dataset]:
    readings = _readings(backend, path)
    problems = [str(problem) for reading in readings for problem in reading.problems]
    if problems:
        raise InvalidInput("\n".join(problems))
    return [dataset for reading in readings for dataset in reading.datasets]


def _readings(backend: Backend, path: Path) -> Sequence[ContractReading]:
    contracts = backend.contracts()
    return (
        contracts.read_folder(path) if path.is_dir() or path == backend.contracts_folder() else [contracts.read(path)]
    )
