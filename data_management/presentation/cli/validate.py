"""``data-management validate``: files by hand, without a catalog and without Dagster."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from data_management.application.ports import ContractReader
from data_management.application.services import FileValidation, validate_files
from data_management.domain.models import Dataset, Verdict
from data_management.errors import InvalidInput
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.naming import expanded
from data_management.presentation.cli.output import (
    TABLE,
    RecordWriter,
    format_option,
    points,
    write_error,
    write_table,
)
from data_management.presentation.cli.progress import progress
from data_management.presentation.dtos import ValidatedFileDto, printable

_SHOWN_ERRORS = 3


@click.command()
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--files-from", type=click.Path(), help="A file with one path per line; - is standard input.")
@click.option("--contract", "contract_file", type=click.Path(path_type=Path), help="The data contract with the rules.")
@click.option(
    "--suite", "suite_file", type=click.Path(path_type=Path), help="A Great Expectations suite (JSON) instead."
)
@click.option("--dataset", "dataset_name", help="Which dataset of the contract; needed where it declares several.")
@click.option(
    "--samples", type=click.IntRange(0, 20), help="Show so many failing values per rule, whatever the contract says."
)
@click.option("--gx-results", is_flag=True, help="Add Great Expectations' own result to each check (JSON formats).")
@format_option()
@click.pass_obj
def validate(
    backend: Backend,
    paths: tuple[str, ...],
    files_from: str | None,
    contract_file: Path | None,
    suite_file: Path | None,
    dataset_name: str | None,
    samples: int | None,
    gx_results: bool,
    style: str,
) -> ExitCode:
    """Validate files by a data contract or an expectation suite; without one, only read them.

    A folder stands for the data files below it. Exit code: 0 pass or warn, 1 a verdict is fail,
    3 a file was rejected, 2 wrong usage, 4 something is broken.
    """
    named = [*paths, *(_listed(files_from) if files_from is not None else ())]
    if not named:
        raise click.UsageError("name at least one PATH, or give --files-from LIST.")
    if suite_file is not None and contract_file is not None:
        raise click.UsageError("give --contract or --suite, not both.")
    if suite_file is not None:
        dataset: Dataset | None = _of_suite(backend, suite_file)
    else:
        dataset = _dataset(backend.contracts(), contract_file, dataset_name)
    wanted = _Wanted(dataset, samples, gx_results)
    files = [file for path in named for file in expanded(path, backend.locations())]
    if style == TABLE:
        results: list[FileValidation] = []
        with progress("validating", total=len(files)) as advance:
            for result in _results(backend, files, wanted):
                results.append(result)
                advance()
        _write(results)
        return _exit_code(results)
    worst, writer = ExitCode.OK, RecordWriter(style, ValidatedFileDto)
    with progress("validating", total=len(files)) as advance:
        for result in _results(backend, files, wanted):
            writer.write(ValidatedFileDto.of(result))
            worst = _worse(worst, _exit_code([result]))
            advance()
    writer.end()
    return worst


@dataclass(frozen=True)
class _Wanted:
    dataset: Dataset | None
    samples: int | None
    gx_results: bool


def _results(backend: Backend, files: list[str], wanted: _Wanted) -> Iterator[FileValidation]:
    engine = backend.quality_engine()
    pairs = ((file, wanted.dataset) for file in files)
    try:
        yield from validate_files(
            engine, backend.validation(), pairs, samples=wanted.samples, native_results=wanted.gx_results
        )
    finally:
        engine.close()


def _of_suite(backend: Backend, file: Path) -> Dataset:
    return Dataset(name=file.stem, contract_id=file.name, contract_version="", rules=backend.suites()(file))


def _dataset(contracts: ContractReader, file: Path | None, name: str | None) -> Dataset | None:
    if file is None:
        if name is not None:
            raise click.UsageError(f"--dataset {name} needs --contract FILE, which declares it.")
        return None
    reading = contracts.read(file)
    if reading.problems:
        raise InvalidInput("\n".join(str(problem) for problem in reading.problems))
    declared = {dataset.name: dataset for dataset in reading.datasets}
    if name is None and len(declared) != 1:
        raise click.UsageError(f"{file} declares {', '.join(declared)}; choose one with --dataset NAME.")
    if name is not None and name not in declared:
        raise click.UsageError(f"{file} declares no dataset {name!r}; it declares {', '.join(declared)}.")
    return declared[name] if name is not None else next(iter(declared.values()))


def _listed(files_from: str) -> list[str]:
    try:
        text = sys.stdin.read() if files_from == "-" else Path(files_from).read_text(errors="surrogateescape")
    except OSError as error:
        raise InvalidInput(f"--files-from {files_from}: {error.strerror}; name a readable file, or - ") from error
    return [name for line in text.split("\n") if (name := line.removesuffix("\r")).strip()]


def _worse(one: ExitCode, other: ExitCode) -> ExitCode:
    return next(code for code in (ExitCode.FAILED, ExitCode.REJECTED, ExitCode.OK) if code in (one, other))


def _exit_code(results: list[FileValidation]) -> ExitCode:
    if any(result.assessment and result.assessment.verdict is Verdict.FAIL for result in results):
        return ExitCode.FAILED
    return ExitCode.REJECTED if any(result.reason is not None for result in results) else ExitCode.OK


def _write(results: list[FileValidation]) -> None:
    rows = []
    for dto in (ValidatedFileDto.of(result) for result in results):
        failing = [check.rule for check in dto.checks if check.errored or check.success is False]
        rows.append(
            (
                dto.path,
                dto.verdict or ("rejected" if dto.status == "rejected" else None),
                points(dto.score.value if dto.score else None),
                points(dto.score.lower if dto.score else None),
                dto.rows,
                len(dto.columns) or None,
                ", ".join(failing) or None,
            )
        )
    write_table("Validation", ("path", "verdict", "score", "at least", "rows", "columns", "rules that failed"), rows)
    for result in results:
        if result.reason is not None:
            write_error(f"{printable(result.path)} was rejected: {result.reason}")
        errored = [check for check in result.assessment.checks if check.errored] if result.assessment else []
        for check in errored[:_SHOWN_ERRORS]:
            write_error(f"{printable(result.path)}: rule {check.rule!r} could not be evaluated: {check.error}")
        if len(errored) > _SHOWN_ERRORS:
            more = len(errored) - _SHOWN_ERRORS
            write_error(f"{printable(result.path)}: {more} more rules could not be evaluated; see --format json")
