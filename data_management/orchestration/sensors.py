"""The landing sensor records arrivals, and requests a run where something is pending; the relay sensor delivers events."""

import json
from collections.abc import Sequence
from typing import Any

import dagster as dg
import structlog

from data_management.application.ports import Deadline
from data_management.application.queries import GetPendingQuery
from data_management.application.services import Application, Delivered, LandingReport, record_landing
from data_management.application.views import Pending
from data_management.domain.models import Dataset
from data_management.errors import DataManagementError
from data_management.orchestration.datasets import DATASET_TAG, DatasetNames
from data_management.orchestration.jobs import JudgingJobs
from data_management.orchestration.pinning import IsCurrent
from data_management.orchestration.resource import CatalogResource
from data_management.orchestration.results import told_verdict
from data_management.orchestration.step import Timing, expire_leases_of_dead_runs

_MOST_REQUESTS = 50
_FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_WAITING = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING]
_UNFINISHED = [*_WAITING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def landing_sensor(
    datasets: Sequence[tuple[Dataset, DatasetNames]],
    judging: JudgingJobs,
    *,
    name: str = "landing_sensor",
    interval_seconds: int = 15,
    tick_seconds: float = 20.0,
    timing: Timing = Timing(),
    status: dg.DefaultSensorStatus = dg.DefaultSensorStatus.RUNNING,
    is_current: IsCurrent | None = None,
) -> dg.SensorDefinition:
    """One sensor over the landings of all datasets.

    A tick takes `tick_seconds` at most and goes on where it stopped. The cursor saves work only: that a file is recorded once,
    and judged by one run, is the catalog's doing, so a lost cursor or a test tick does no harm.
    """

    @dg.sensor(
        name=name,
        jobs=judging.jobs,
        minimum_interval_seconds=interval_seconds,
        default_status=status,
        description="Records files that land, and requests a run for each dataset that has some to judge.",
    )
    def sense(context: dg.SensorEvaluationContext, data_management_catalog: CatalogResource) -> dg.SensorResult:
        app = data_management_catalog.open_application()
        tick = _Tick(context, app, timing, app.deadline(tick_seconds), judging, is_current)
        return tick.over(datasets)

    return sense


def relay_sensor(
    *,
    name: str = "event_relay_sensor",
    interval_seconds: int,
    tick_seconds: float,
    status: dg.DefaultSensorStatus = dg.DefaultSensorStatus.RUNNING,
) -> dg.SensorDefinition:
    """Delivers events that were not delivered right after their commits; it takes `tick_seconds` at most, and requests no runs."""

    @dg.sensor(
        name=name,
        minimum_interval_seconds=interval_seconds,
        default_status=status,
        description="Delivers the catalog's events to the destinations of DATA_MANAGEMENT_EVENTS.",
    )
    def relay(context: dg.SensorEvaluationContext, data_management_catalog: CatalogResource) -> dg.SkipReason:
        app = data_management_catalog.open_application()
        report = app.relay.tick(app.deadline(tick_seconds))
        for each in report.destinations:
            if each.dead:
                context.log.warning(
                    f"{each.destination}: {each.dead} dead letter(s); `data-management events dead` lists them."
                )
        return dg.SkipReason("; ".join(map(_told, report.destinations)) or "Events are sent nowhere.")

    return relay


def _told(delivered: Delivered) -> str:
    """What a tick did for one destination, in words."""
    trouble = f", {delivered.failed + delivered.dead} failed" if delivered.failed or delivered.dead else ""
    return f"{delivered.delivered} delivered{trouble} to {delivered.destination} ({delivered.state})"


class _Tick:
    """One evaluation of the sensor."""

    def __init__(
        self,
        context: dg.SensorEvaluationContext,
        app: Application,
        timing: Timing,
        deadline: Deadline,
        judging: JudgingJobs,
        is_current: IsCurrent | None = None,
    ) -> None:
        self._judging = judging
        self._is_current = is_current
        self._context = context
        self._app = app
        self._timing = timing
        self._deadline = deadline
        self._cursor = _read_cursor(context.cursor)
        self._requests: list[dg.RunRequest] = []
        self._events: list[dg.AssetMaterialization] = []
        self._unsettled = 0
        self._problems: list[str] = []
        self._changed: list[str] = []

    def over(self, datasets: Sequence[tuple[Dataset, DatasetNames]]) -> dg.SensorResult:
        order = _rotated(datasets, self._cursor["next"])
        self._cursor["next"] = ""
        for number, (dataset, names) in enumerate(order):
            if number and (self._deadline.is_over or len(self._requests) >= _MOST_REQUESTS):
                self._cursor["next"] = dataset.name
                break
            with structlog.contextvars.bound_contextvars(dataset=dataset.name):
                self._look_at(dataset, names)
        if self._changed:
            self._context.log.warning(
                f"The contracts of {', '.join(self._changed)} changed since this code location was loaded. Nothing is recorded or "
                "requested for them: reload the code location."
            )
        if self._problems and len(self._problems) == len(order):
            raise dg.Failure(description="; ".join(self._problems))
        return dg.SensorResult(
            run_requests=self._requests,
            asset_events=self._events,
            cursor=json.dumps(self._cursor),
            skip_reason=None if self._requests else self._nothing_to_do(len(order)),
        )

    def _look_at(self, dataset: Dataset, names: DatasetNames) -> None:
        """Where the contract is not the one on disk, nothing at all: recording would put the old definition back into the catalog."""
        if self._is_current is not None and not self._is_current(dataset):
            self._changed.append(dataset.name)
            return
        try:
            after = self._cursor["after"].pop(dataset.name, None)
            report = record_landing(self._app, dataset, self._timing.settle_seconds, self._deadline, after)
            expire_leases_of_dead_runs(self._app, dataset, self._context.instance)
            pending = self._app.ask(GetPendingQuery(dataset.name, dataset.plan_hash, self._app.clock()))
        except DataManagementError as error:
            self._problems.append(str(error))
            self._context.log.warning(f"Landing of dataset {dataset.name}: {error}")
            return
        if report.resume_after is not None:
            self._cursor["after"][dataset.name] = report.resume_after
        if report.warning is not None:
            self._context.log.warning(f"Landing of dataset {dataset.name}: {report.warning}.")
        self._unsettled += report.unsettled
        self._report_landing(dataset, names, report, pending)
        if not self._is_wanted(dataset, pending, names) or self._has_run(names, _WAITING):
            return
        last = self._last_finished_run(names)
        if last is None or not self._failed_just_now(last):
            self._requests.append(
                dg.RunRequest(
                    run_key=_run_key(dataset, names, pending, last.dagster_run.run_id if last else None),
                    job_name=self._judging.names[names.key],
                    asset_selection=[names.key],
                    tags={DATASET_TAG: names.slug},
                )
            )

    def _report_landing(self, dataset: Dataset, names: DatasetNames, report: LandingReport, pending: Pending) -> None:
        """A materialization of the landing for arrivals that were not reported yet, by the highest number reported."""
        watermark = pending.arrivals.watermark
        if not names.has_landing or watermark <= self._cursor["reported"].get(dataset.name, 0):
            return
        self._cursor["reported"][dataset.name] = watermark
        self._events.append(
            dg.AssetMaterialization(
                names.landing_key,
                metadata={
                    "new_files": report.new,
                    "pending_files": pending.arrivals.count,
                    "known_files": report.known,
                },
            )
        )

    def _is_wanted(self, dataset: Dataset, pending: Pending, names: DatasetNames) -> bool:
        """A run that is under way has judged files and not scored them yet, or not told Dagster; only one that died so leaves work."""
        if pending.arrivals.count or (pending.outdated and dataset.judges_again):
            return True
        return (pending.unscored or self._is_untold(dataset, pending, names)) and not self._has_run(names, _UNFINISHED)

    def _is_untold(self, dataset: Dataset, pending: Pending, names: DatasetNames) -> bool:
        """Whether the verdict in Dagster, which holds back what is downstream, is another than the catalog's: one that was
        reached by hand. Each score is compared once.
        """
        if pending.scored_at is None or self._cursor["told"].get(dataset.name) == pending.scored_at.isoformat():
            return False
        if told_verdict(self._context.instance, names) != pending.verdict:
            return True
        self._cursor["told"][dataset.name] = pending.scored_at.isoformat()
        return False

    def _has_run(self, names: DatasetNames, statuses: list[dg.DagsterRunStatus]) -> bool:
        """Whether there is a run of this dataset in one of `statuses`. One that waits will claim what is pending now."""
        some = dg.RunsFilter(tags={DATASET_TAG: names.slug}, statuses=statuses)
        return bool(self._context.instance.get_runs(some, limit=1))

    def _last_finished_run(self, names: DatasetNames) -> dg.RunRecord | None:
        finished = dg.RunsFilter(tags={DATASET_TAG: names.slug}, statuses=_FINISHED)
        return next(iter(self._context.instance.get_run_records(finished, limit=1)), None)

    def _failed_just_now(self, run: dg.RunRecord) -> bool:
        """Whether it failed within the last lease: a broken environment is not hammered."""
        ended = run.end_time or 0.0
        failed = run.dagster_run.status is not dg.DagsterRunStatus.SUCCESS
        return failed and self._app.clock().timestamp() - ended < self._timing.lease_seconds

    def _nothing_to_do(self, looked_at: int) -> str:
        changing = f"; {self._unsettled} file(s) still changing" if self._unsettled else ""
        problems = f"; {'; '.join(self._problems)}" if self._problems else ""
        changed = (
            f"; the contracts of {', '.join(self._changed)} changed since this code location was loaded: reload it"
        )
        return f"Nothing new in {looked_at} landing(s){changing}{problems}{changed if self._changed else ''}."


def _run_key(dataset: Dataset, names: DatasetNames, pending: Pending, last_run: str | None = None) -> str:
    """Dagster starts one run per key, whatever becomes of it; what that run left is asked for after it (`last_run`) anew."""
    arrivals = pending.arrivals
    key = f"{'/'.join(names.key.path)}:{arrivals.watermark}:{arrivals.attempts}"
    key = f"{key}:{dataset.plan_hash[:12]}" if pending.outdated else key
    return f"{key}:after-{last_run[:8]}" if last_run else key


def _read_cursor(cursor: str | None) -> dict[str, Any]:
    """``next``: the dataset to begin with; ``after``: where to go on in a landing; ``reported``: watermarks by dataset;
    ``told``: of when the score is that Dagster was found to know.
    """
    empty: dict[str, Any] = {"next": "", "after": {}, "reported": {}, "told": {}}
    try:
        known = json.loads(cursor) if cursor else {}
    except ValueError:
        known = {}
    if not isinstance(known, dict):
        return empty
    return {name: known[name] if isinstance(known.get(name), type(value)) else value for name, value in empty.items()}


def _rotated(datasets: Sequence[tuple[Dataset, DatasetNames]], first: str) -> list[tuple[Dataset, DatasetNames]]:
    start = next((number for number, (dataset, _) in enumerate(datasets) if dataset.name == first), 0)
    return [*datasets[start:], *datasets[:start]]
