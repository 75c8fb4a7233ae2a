"""One execution of a dataset's op: it calls the use cases and tells Dagster what they say."""

import hashlib
from collections.abc import Iterator
from typing import Any

import dagster as dg
import structlog
from pydantic.dataclasses import dataclass

from data_management.application.commands import ExpireLeaseCommand, ScoreDatasetCommand
from data_management.application.queries import GetPendingQuery, GetQualityHistoryQuery, ListAssetIdsQuery
from data_management.application.services import (
    Application,
    BatchReport,
    FileOutcome,
    record_landing,
    revalidate,
    run_of,
    validate_arrivals,
)
from data_management.domain.models import AssetStatus, Dataset
from data_management.errors import DataManagementError
from data_management.orchestration.datasets import DatasetNames, one_line
from data_management.orchestration.resource import CatalogResource
from data_management.orchestration.results import (
    Granularity,
    check_results,
    error_result,
    materialization,
    schema_result,
)

DatasetResult = dg.MaterializeResult[Any] | dg.AssetCheckResult


@dataclass(frozen=True)
class Timing:
    """Seconds: how long a file must be left alone, and how long a silent run keeps its files."""

    settle_seconds: float = 2.0
    lease_seconds: float = 60.0


class DatasetStep:
    """What an execution of a dataset's op works with: the `dataset`, the `catalog`, and the `results` that judging yields."""

    def __init__(
        self,
        context: dg.AssetExecutionContext,
        catalog: CatalogResource,
        dataset: Dataset,
        names: DatasetNames,
        how: Granularity,
        timing: Timing,
    ) -> None:
        self.dataset = dataset
        self.catalog = catalog
        self._context = context
        self._names = names
        self._how = how
        self._timing = timing

    def results(self) -> Iterator[DatasetResult]:
        """Judge what is pending, and yield the materialization and the checks; where nothing is new, nothing.

        Where checks alone are selected, the accepted files are judged again and nothing is materialized.

        Raises:
            dagster.Failure: the dataset could not be judged; the verdict, yielded before, says why.
        """
        context, dataset = self._context, self.dataset
        checks_only = not context.selected_asset_keys
        with structlog.contextvars.bound_contextvars(dataset=dataset.name, run_id=context.run.run_id):
            try:
                app = self.catalog.open_application()
                try:
                    report = self._judge(app, checks_only=checks_only)
                    data_version = _accepted_version(app, dataset.name) if report.assessed else ""
                finally:
                    app.close()
            except DataManagementError as error:
                yield error_result(self._names, error)
                raise dg.Failure(description=str(error), allow_retries=True) from error
        if report.assessed is None:
            context.log.info(f"Nothing new for dataset {dataset.name}: nothing is materialized.")
            return
        if not checks_only:
            yield materialization(dataset, self._names, report, report.assessed, data_version)
        results = list(check_results(dataset, self._names, self._how, report.assessed))
        if not checks_only:
            results.append(schema_result(self._names, report.outcomes))
        for result in results:
            if dg.AssetCheckKey(self._names.key, str(result.check_name)) in context.selected_asset_check_keys:
                yield result

    def _judge(self, app: Application, *, checks_only: bool) -> BatchReport:
        context, dataset, run_id = self._context, self.dataset, self._context.run.run_id
        if checks_only:
            return revalidate(app, dataset, run_id, on_outcome=self._tell)
        record_landing(app, dataset, self._timing.settle_seconds)
        expire_leases_of_dead_runs(app, dataset, context.instance, run_id)
        report = validate_arrivals(
            app,
            dataset,
            run_id,
            lease_seconds=self._timing.lease_seconds,
            settle_seconds=self._timing.settle_seconds,
            on_outcome=self._tell,
        )
        context.log.info(f"{len(report.outcomes)} files of dataset {dataset.name} judged.")
        if report.assessed is None and _known_version(context) != _accepted_version(app, dataset.name):
            return _present_state(app, dataset, run_id)
        return report

    def _tell(self, outcome: FileOutcome) -> None:
        if outcome.status is not AssetStatus.ACCEPTED:
            self._context.log.warning(one_line(f"{outcome.name}: {outcome.status.value}: {outcome.reason}"))


def _known_version(context: dg.AssetExecutionContext) -> str | None:
    """The data version that Dagster knows of the dataset."""
    event = context.instance.get_latest_materialization_event(context.asset_key)
    materialization = event.asset_materialization if event else None
    return (materialization.tags or {}).get("dagster/data_version") if materialization else None


def _present_state(app: Application, dataset: Dataset, run_id: str) -> BatchReport:
    """What was judged without Dagster knowing: by hand, or by a run that died before it could tell."""
    history = app.ask(GetQualityHistoryQuery(dataset.name, limit=1))
    return BatchReport(assessed=app.run(ScoreDatasetCommand(dataset, run_id)) if history else None)


def expire_leases_of_dead_runs(
    app: Application, dataset: Dataset, instance: dg.DagsterInstance, run_id: str | None = None
) -> None:
    """What a run held that Dagster knows to have ended is pending again at once, and counts as an attempt.

    So is what this run (`run_id`) held in an attempt before: a retry of its step.
    """
    pending = app.ask(GetPendingQuery(dataset.name, dataset.plan_hash, app.clock()))
    for holder in pending.holders:
        run = instance.get_run_by_id(run_of(holder))
        if run_of(holder) == run_id or (run is not None and run.is_finished):
            app.run(ExpireLeaseCommand(holder))


def _accepted_version(app: Application, dataset: str) -> str:
    """SHA-256 (hex) over the ids of the accepted data assets, each of which is one version of one file."""
    ids = app.ask(ListAssetIdsQuery(dataset, AssetStatus.ACCEPTED))
    return hashlib.sha256("".join(ids).encode()).hexdigest()
