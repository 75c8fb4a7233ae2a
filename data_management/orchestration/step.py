"""One execution of a dataset's op: it calls the use cases and tells Dagster what they say."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import structlog
from pydantic.dataclasses import dataclass

from data_management.application.commands import DatasetAssessed, ExpireLeaseCommand, ScoreDatasetCommand
from data_management.application.queries import GetPendingQuery, GetQualityHistoryQuery, ListAssetIdsQuery
from data_management.application.services import (
    Application,
    BatchReport,
    FileOutcome,
    files_by_window,
    record_landing,
    revalidate,
    revalidate_windows,
    run_of,
    validate_arrivals,
)
from data_management.domain.models import AssetStatus, DataLocation, Dataset, TimeWindow, accepted_version
from data_management.errors import DataManagementError
from data_management.orchestration.datasets import DatasetNames, one_line
from data_management.orchestration.naming import SCHEMA
from data_management.orchestration.partitions import start_of
from data_management.orchestration.resource import CatalogResource
from data_management.orchestration.results import (
    COMPARED,
    Granularity,
    check_results,
    error_results,
    materialization,
    of_selected,
    schema_result,
    told_verdict,
)
from data_management.orchestration.windows import ACCEPTED_VERSION, WindowedFiles, as_tag, version_tag

_SHOWN = 10
_REMEMBERED = 100
"""Executions of a check that are looked through for the last that compared anything."""
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
        with structlog.contextvars.bound_contextvars(dataset=dataset.name, run_id=context.run.run_id):
            try:
                judged = self._judged()
            except DataManagementError as error:
                yield from of_selected(context, error_results(dataset, self._names, self._how, error))
                raise dg.Failure(description=str(error), allow_retries=True) from error
        report, assessed = judged.report, judged.report.assessed
        if assessed is None:
            context.log.info(f"Nothing new for dataset {dataset.name}: nothing is materialized.")
            return
        if judged.windows is not None:
            yield from self._windows_materialized(judged, judged.windows, assessed)
        elif not self._checks_only:
            yield materialization(dataset, self._names, report, assessed, judged.version)
        results = list(check_results(dataset, self._names, self._how, assessed.assessment))
        results.append(self._schema_as_it_was() if self._checks_only else schema_result(self._names, report.outcomes))
        yield from of_selected(context, results)

    def _schema_as_it_was(self) -> dg.AssetCheckResult:
        """Nothing is new where files are judged again, so the check stands as the last run left it that compared columns."""
        history = self._context.instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(self._names.key, SCHEMA), limit=_REMEMBERED
        )
        events = (record.event.dagster_event for record in history if record.event)
        told = (event.event_specific_data for event in events if event is not None)
        for last in told:
            if isinstance(last, dg.AssetCheckEvaluation) and COMPARED in last.metadata:
                return dg.AssetCheckResult(
                    check_name=SCHEMA,
                    asset_key=self._names.key,
                    passed=last.passed,
                    severity=last.severity,
                    description=last.description,
                    metadata=last.metadata,
                )
        return schema_result(self._names, ())

    @property
    def _checks_only(self) -> bool:
        return not self._context.selected_asset_keys

    @property
    def _window(self) -> TimeWindow | None:
        """What the names of files tell, where this run materializes it."""
        return self.dataset.landing.time_window if self.dataset.landing and not self._checks_only else None

    @property
    def _selected(self) -> Sequence[str]:
        """The partitions that this run is of; none where it is of whatever has landed."""
        context = self._context
        return context.partition_keys if context.has_partition_key or context.has_partition_key_range else ()

    def _judged(self) -> "_Judged":
        dataset, window = self.dataset, self._window
        app = self.catalog.open_application()
        try:
            told = window is None or self._known_version() == as_tag(_accepted_version(app, dataset.name))
            report = self._judge(app, window)
            if report.assessed is None:
                return _Judged(report)
            version = _accepted_version(app, dataset.name)
            if window is None:
                return _Judged(report, version)
            windows = WindowedFiles(dataset, window, self._names, files_by_window(app, dataset))
            return _Judged(report, version, windows, everything_told=told)
        finally:
            app.close()

    def _windows_materialized(
        self, judged: "_Judged", windows: WindowedFiles, assessed: DatasetAssessed
    ) -> Iterator[DatasetResult]:
        """Each window that the run touched is told by itself; those that it is of are its output, where each has files."""
        context, selected = self._context, self._selected
        touched = set(windows.keys_of([outcome.location for outcome in judged.report.outcomes]))
        if not judged.everything_told:
            touched |= {*windows.keys, *context.instance.get_materialized_partitions(self._names.key)}
        empty = [key for key in selected if key not in windows.keys]
        if selected and not empty:
            for key in selected:
                context.add_asset_metadata(windows.metadata(key, assessed), self._names.key, partition_key=key)
            version = windows.data_version(*selected)
            result = materialization(self.dataset, self._names, judged.report, assessed, version)
            yield result._replace(tags=version_tag(judged.version))
            touched -= {*selected}
        elif empty:
            touched |= {*selected} - {*empty}
            context.log.warning(
                f"{len(empty)} of {len(selected)} partitions have no file in dataset {self.dataset.name} and stay as they are: "
                f"{_some(empty)}; what is downstream of it in this run is skipped."
            )
        for event in windows.events(sorted(touched), assessed, judged.version):
            context.log_event(event)
        self._warn_of_outside(judged.report, windows)

    def _warn_of_outside(self, report: BatchReport, windows: WindowedFiles) -> None:
        locations = {outcome.location for outcome in report.outcomes}
        outside = [asset.location for asset in windows.outside if asset.location in locations]
        if outside:
            names = _some([DataLocation(location).name for location in outside])
            self._context.log.warning(
                one_line(
                    f"{len(outside)} files of dataset {self.dataset.name} are of no partition: {names}; their names do not match the "
                    "contract's timeWindow, or are of a time before its start or in the future. They are judged like the others."
                )
            )

    def _judge(self, app: Application, window: TimeWindow | None) -> BatchReport:
        context, dataset, run_id = self._context, self.dataset, self._context.run.run_id
        if self._checks_only:
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
        if window is not None and self._selected:
            wanted = {start_of(window, key) for key in self._selected}
            report = revalidate_windows(app, dataset, run_id, wanted, judged=report, on_outcome=self._tell)
        context.log.info(f"{len(report.outcomes)} files of dataset {dataset.name} judged.")
        if report.assessed is None:
            accepted = _accepted_version(app, dataset.name)
            known = self._known_version() == (accepted if window is None else as_tag(accepted))
            if not known or not self._knows_verdict(app):
                return _present_state(app, dataset, run_id)
        return report

    def _knows_verdict(self, app: Application) -> bool:
        history = app.ask(GetQualityHistoryQuery(self.dataset.name, limit=1)).points
        return not history or told_verdict(self._context.instance, self._names) == history[0].verdict

    def _known_version(self) -> str | None:
        """The data version that Dagster knows of the dataset."""
        event = self._context.instance.get_latest_materialization_event(self._names.key)
        materialization = event.asset_materialization if event else None
        tag = "dagster/data_version" if self._window is None else ACCEPTED_VERSION
        return (materialization.tags or {}).get(tag) if materialization else None

    def _tell(self, outcome: FileOutcome) -> None:
        if outcome.status is not AssetStatus.ACCEPTED:
            self._context.log.warning(one_line(f"{outcome.name}: {outcome.status.value}: {outcome.reason}"))


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class _Judged:
    """What a run judged, and the dataset's data version afterwards; by partition where names tell one."""

    report: BatchReport
    version: str = ""
    windows: WindowedFiles | None = None
    everything_told: bool = True
    """Whether Dagster knew the state before the run: else it is told of every partition."""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


def _present_state(app: Application, dataset: Dataset, run_id: str) -> BatchReport:
    """What was judged without Dagster knowing: by hand, or by a run that died before it could tell."""
    history = app.ask(GetQualityHistoryQuery(dataset.name, limit=1)).points
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
    ids = app.ask(ListAssetIdsQuery(dataset, AssetStatus.ACCEPTED))
    return accepted_version(ids)
