"""``data-management run``: one pass from landing to catalog, without Dagster; ``backfill``: judging again."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import click

from data_management.application.queries import GetQualityHistoryQuery
from data_management.application.services import (
    Application,
    Reconciliation,
    reconcile,
    revalidate,
    revalidate_since,
    validate_arrivals,
)
from data_management.application.views import ScorePoint
from data_management.domain.models import Dataset
from data_management.errors import Unavailable
from data_management.presentation.cli.backend import Backend, ExitCode
from data_management.presentation.cli.completion import complete_dataset
from data_management.presentation.cli.declared import dataset_option, declared, sound
from data_management.presentation.cli.output import (
    TABLE,
    format_option,
    points,
    write_error,
    write_records,
    write_table,
    write_warning,
)
from data_management.presentation.cli.progress import progress
from data_management.presentation.dtos.runs import RunDto


@click.command()
@dataset_option
@format_option()
@click.pass_obj
def run(backend: Backend, dataset_name: str | None, style: str) -> ExitCode:
    """Record what lies in the landings and what is gone, judge it, and score the datasets: once.

    Exit code: 1 where a file or a dataset has the verdict fail, 3 where a file was rejected, 2 where a contract is broken.
    """
    return _each(backend, dataset_name, style, _pass, "Run", "nothing new")


@click.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    required=True,
    help="2024-01-31, or 2024-01-31T06:00; in UTC, or the time zone of the contract's timeWindow.",
)
@dataset_option
@format_option()
@click.pass_obj
def backfill(backend: Backend, since: datetime, dataset_name: str | None, style: str) -> ExitCode:
    """Judge the current files again that are of a time since then: by the time window that their names tell, else by their arrival.

    What has not been judged yet is left to `run`. Where that changes the verdict, the landing sensor requests a run that tells Dagster.

    Exit codes are those of `run`.
    """

    def again(app: Application, dataset: Dataset, _: Backend) -> RunDto:
        return _again(app, dataset, since)

    return _each(backend, dataset_name, style, again, "Backfill", "nothing to judge again")


def _each(
    backend: Backend,
    dataset_name: str | None,
    style: str,
    work: Callable[[Application, Dataset, Backend], RunDto],
    title: str,
    nothing: str,
) -> ExitCode:
    backend.must_be_local()
    found = declared(backend, dataset_name)
    results = [RunDto(dataset=name, error=problems) for name, problems in found.broken.items()]
    app = backend.application()
    try:
        results += [work(app, dataset, backend) for dataset in found.datasets.values()]
    finally:
        app.close()
    _write(results, style, title, nothing)
    return _exit_code(results)


@click.command("revalidate")
@click.argument("name", shell_complete=complete_dataset)
@format_option()
@click.pass_obj
def revalidate_dataset(backend: Backend, name: str, style: str) -> ExitCode:
    """Judge the current files of a dataset again, by the contract as it is now, and score it.

    Exit codes as those of `run`.
    """
    backend.must_be_local()
    dataset = sound(backend, name)
    app = backend.local()
    try:
        with progress(name) as advance:
            report = revalidate(app, dataset, f"cli-{uuid4().hex}", on_outcome=lambda _: advance())
        results = [RunDto.of(Reconciliation(name), report, _standing(app, dataset), None)]
    except Unavailable as error:
        results = [RunDto(dataset=name, error=error.message, unavailable=True)]
    finally:
        app.close()
    _write(results, style, "Judged again", "nothing to judge again")
    return _exit_code(results)


def _pass(app: Application, dataset: Dataset, backend: Backend) -> RunDto:
    run_id, seen = f"cli-{uuid4().hex}", Reconciliation(dataset.name)
    try:
        warning = _landing_problem(app, dataset)
        if warning is None:
            seen = reconcile(app, dataset, backend.settle_seconds())
        with progress(dataset.name) as advance:
            report = validate_arrivals(
                app,
                dataset,
                run_id,
                lease_seconds=backend.lease_seconds(),
                settle_seconds=backend.settle_seconds(),
                on_outcome=lambda _: advance(),
            )
    except Unavailable as error:
        return RunDto(dataset=dataset.name, error=error.message, unavailable=True)
    return RunDto.of(seen, report, _standing(app, dataset), warning)


def _again(app: Application, dataset: Dataset, since: datetime) -> RunDto:
    try:
        with progress(dataset.name) as advance:
            report = revalidate_since(app, dataset, f"cli-{uuid4().hex}", since, on_outcome=lambda _: advance())
    except Unavailable as error:
        return RunDto(dataset=dataset.name, error=error.message, unavailable=True)
    return RunDto.of(Reconciliation(dataset.name), report, _standing(app, dataset), None)


def _landing_problem(app: Application, dataset: Dataset) -> str | None:
    if dataset.landing is None:
        return f"the contract names no landing for dataset {dataset.name!r}; add a server of type local or s3"
    if not app.locations.is_reachable(dataset.landing):
        return (
            f"landing {dataset.landing.root} of dataset {dataset.name!r} is not there; mount or create it, or mend the server in "
            "the contract"
        )
    return None


def _standing(app: Application, dataset: Dataset) -> ScorePoint | None:
    history = app.ask(GetQualityHistoryQuery(dataset.name, limit=1)).points
    return history[0] if history else None


def _exit_code(results: list[RunDto]) -> ExitCode:
    if any(result.unavailable for result in results):
        return ExitCode.UNAVAILABLE
    if any(result.error for result in results):
        return ExitCode.USAGE
    failed = [outcome for result in results for outcome in result.judged if outcome.status == "quarantined"]
    if failed or any(result.verdict == "fail" for result in results):
        return ExitCode.FAILED
    if any(outcome.status == "rejected" for result in results for outcome in result.judged):
        return ExitCode.REJECTED
    return ExitCode.OK


def _remark(result: RunDto, nothing: str) -> str | None:
    if result.outdated:
        return f"{result.outdated} to be judged again by the next run"
    if result.unavailable:
        return "could not be run"
    if result.error:
        return "contract is broken"
    return None if result.judged else nothing


def _write(results: list[RunDto], style: str, title: str, nothing: str) -> None:
    if style != TABLE:
        write_records(style, RunDto, results)
        return
    write_table(
        title,
        (
            "dataset",
            "verdict",
            "score",
            "new",
            "gone",
            "still changing",
            "accepted",
            "quarantined",
            "rejected",
            "remark",
        ),
        (
            (
                result.dataset,
                result.verdict,
                points(result.score.value) if result.score else None,
                result.arrived,
                result.removed,
                result.waiting,
                *(sum(o.status == status for o in result.judged) for status in ("accepted", "quarantined", "rejected")),
                _remark(result, nothing),
            )
            for result in results
        ),
    )
    for result in results:
        if result.error:
            write_error(result.error)
        elif result.warning:
            write_warning(result.warning)
        for outcome in result.judged:
            if outcome.reason:
                write_error(f"{result.dataset}: {outcome.location} is {outcome.status}: {outcome.reason}")
            if outcome.schema_changes:
                changes = "; ".join(outcome.schema_changes)
                write_warning(f"{result.dataset}: {outcome.location} has other columns than before: {changes}")
