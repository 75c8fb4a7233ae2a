"""``data-management run``: one pass from landing to catalog, without Dagster."""

from uuid import uuid4

import click

from data_management.application.services import Application, record_landing, validate_arrivals
from data_management.domain.models import Dataset
from data_management.errors import DataManagementError, NotFound
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.output import format_option, points, write_error, write_json, write_table
from data_management.presentation.cli.progress import progress
from data_management.presentation.dtos import RunDto


@click.command()
@click.option("--dataset", "dataset_name", help="Only this dataset.")
@format_option()
@click.pass_obj
def run(backend: Backend, dataset_name: str | None, style: str) -> ExitCode:
    """Record what lies in the landings, judge it, and score the datasets: once."""
    readings = backend.contracts().read_folder(backend.contracts_folder())
    datasets = {dataset.name: dataset for reading in readings for dataset in reading.datasets}
    broken = {name: reading for reading in readings if reading.problems for name in reading.names}
    if dataset_name is not None and dataset_name not in datasets and dataset_name not in broken:
        known = ", ".join(sorted({*datasets, *broken})) or "none"
        raise NotFound(
            f"no contract in {backend.contracts_folder()} declares dataset {dataset_name!r}; declared are: {known}"
        )
    results = [
        RunDto(dataset=name, error="\n".join(str(problem) for problem in reading.problems))
        for name, reading in broken.items()
        if dataset_name in (None, name)
    ]
    app = backend.application()
    try:
        for name, dataset in datasets.items():
            if dataset_name in (None, name):
                results.append(_pass(app, dataset, backend))
    finally:
        app.close()
    _write(results, style)
    return _exit_code(results)


def _pass(app: Application, dataset: Dataset, backend: Backend) -> RunDto:
    try:
        landing = record_landing(app, dataset, backend.settle_seconds())
        with progress(dataset.name) as advance:
            report = validate_arrivals(
                app,
                dataset,
                f"cli-{uuid4().hex}",
                lease_seconds=backend.lease_seconds(),
                settle_seconds=backend.settle_seconds(),
                on_outcome=lambda _: advance(),
            )
    except DataManagementError as error:
        error.add_note(f"while running dataset {dataset.name!r}")
        raise
    return RunDto.of(dataset.name, landing.new, landing.unsettled, report)


def _exit_code(results: list[RunDto]) -> ExitCode:
    if any(result.error for result in results):
        return ExitCode.USAGE
    if any(result.verdict == "fail" for result in results):
        return ExitCode.FAILED
    if any(outcome.status == "rejected" for result in results for outcome in result.judged):
        return ExitCode.REJECTED
    return ExitCode.OK


def _write(results: list[RunDto], style: str) -> None:
    if style == "json":
        write_json(results)
        return
    write_table(
        "Run",
        ("dataset", "verdict", "score", "new files", "still changing", "accepted", "quarantined", "rejected"),
        (
            (
                result.dataset,
                "contract is broken" if result.error else result.verdict or "nothing new",
                points(result.score.value) if result.score else None,
                result.arrived,
                result.waiting,
                *(sum(o.status == status for o in result.judged) for status in ("accepted", "quarantined", "rejected")),
            )
            for result in results
        ),
    )
    for result in results:
        if result.error:
            write_error(result.error)
        for outcome in result.judged:
            if outcome.reason:
                write_error(f"{result.dataset}: {outcome.location} is {outcome.status}: {outcome.reason}")
