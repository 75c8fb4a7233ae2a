"""The op behind a dataset's asset: it calls the use cases and tells Dagster what they say."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import structlog
from pydantic.dataclasses import dataclass

from data_management.application.commands import ExpireLeaseCommand, ScoreDatasetCommand
from data_management.application.ports import ContractReading
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
from data_management.orchestration.datasets import DATASET_TAG, DatasetNames, broken_spec, dataset_spec, one_line
from data_management.orchestration.resource import CatalogResource
from data_management.orchestration.results import (
    Granularity,
    check_results,
    check_specs,
    error_result,
    granularity,
    materialization,
    schema_result,
)


@dataclass(frozen=True)
class Timing:
    """Seconds: how long a file must be left alone, and how long a silent run keeps its files."""

    settle_seconds: float = 2.0
    lease_seconds: float = 60.0


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class OpOptions:
    """What is handed through to Dagster as it is."""

    op_tags: Mapping[str, str] | None = None
    pool: str | None = None
    retry_policy: dg.RetryPolicy | None = None


def dataset_asset(
    dataset: Dataset,
    names: DatasetNames,
    *,
    checks: Granularity | None = None,
    timing: Timing = Timing(),
    options: OpOptions = OpOptions(),
) -> dg.AssetsDefinition:
    """The asset of a dataset with its checks.

    Materializing it looks at the landing, claims all that is pending and judges it; nothing new means nothing is yielded, and
    what is downstream is skipped. Selecting its checks alone judges the accepted files again and materializes nothing.
    """
    how = granularity(dataset, checks)

    @dg.multi_asset(
        name=names.op_name,
        specs=[dataset_spec(dataset, names)],
        check_specs=check_specs(dataset, names, how),
        can_subset=True,
        op_tags={DATASET_TAG: names.slug, **(options.op_tags or {})},
        pool=options.pool,
        retry_policy=options.retry_policy,
    )
    def validate_dataset(context: dg.AssetExecutionContext, data_management_catalog: CatalogResource) -> Iterator[Any]:
        verdict_only = not context.selected_asset_keys
        with structlog.contextvars.bound_contextvars(dataset=dataset.name, run_id=context.run.run_id):
            try:
                app = data_management_catalog.open_application()
                try:
                    report = _judge(context, app, dataset, timing, checks_only=verdict_only)
                    data_version = _accepted_version(app, dataset.name) if report.assessed else ""
                finally:
                    app.close()
            except DataManagementError as error:
                yield error_result(names, error)
                raise dg.Failure(description=str(error), allow_retries=True) from error
        if report.assessed is None:
            context.log.info(f"Nothing new for dataset {dataset.name}: nothing is materialized.")
            return
        if not verdict_only:
            yield materialization(dataset, names, report, report.assessed, data_version)
        results = list(check_results(dataset, names, how, report.assessed))
        if not verdict_only:
            results.append(schema_result(names, report.outcomes))
        for result in results:
            if dg.AssetCheckKey(names.key, str(result.check_name)) in context.selected_asset_check_keys:
                yield result

    return validate_dataset


def broken_asset(reading: ContractReading, name: str, names: DatasetNames) -> dg.AssetsDefinition:
    """The asset of a dataset whose contract is broken: its page says why, and materializing it fails with the reason."""

    @dg.multi_asset(name=names.op_name, specs=[broken_spec(name, names, reading.problems)])
    def broken_contract(context: dg.AssetExecutionContext) -> Iterator[Any]:  # noqa: ARG001  Dagster passes it
        problems = "\n".join(str(problem) for problem in reading.problems)
        raise dg.Failure(description=f"The data contract is broken:\n{problems}", allow_retries=False)
        yield  # makes this a generator: nothing is materialized

    return broken_contract


def _judge(
    context: dg.AssetExecutionContext, app: Application, dataset: Dataset, timing: Timing, *, checks_only: bool
) -> BatchReport:
    def tell(outcome: FileOutcome) -> None:
        if outcome.status is not AssetStatus.ACCEPTED:
            context.log.warning(one_line(f"{outcome.name}: {outcome.status.value}: {outcome.reason}"))

    if checks_only:
        return revalidate(app, dataset, context.run.run_id, on_outcome=tell)
    record_landing(app, dataset, timing.settle_seconds)
    expire_leases_of_dead_runs(app, dataset, context.instance, context.run.run_id)
    report = validate_arrivals(
        app,
        dataset,
        context.run.run_id,
        lease_seconds=timing.lease_seconds,
        settle_seconds=timing.settle_seconds,
        on_outcome=tell,
    )
    context.log.info(f"{len(report.outcomes)} files of dataset {dataset.name} judged.")
    if report.assessed is None and _known_version(context) != _accepted_version(app, dataset.name):
        return _present_state(app, dataset, context.run.run_id)
    return report


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
