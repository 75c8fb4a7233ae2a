"""What happens by the clock: accepted files are checked again, and catalogs made to agree with landings."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from data_management.application.services import reconcile
from data_management.domain.models import Dataset
from data_management.errors import DataManagementError
from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.resource import CatalogResource
from data_management.orchestration.starting import Start, schedule_status
from data_management.orchestration.step import Timing
from data_management.orchestration.tags import JOB_TAGS


def scheduled(job: Any, cron: str, start: Start) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{job.name}_schedule", job=job, cron_schedule=cron, default_status=schedule_status(start)
    )


def revalidation(names: Sequence[DatasetNames], executor: dg.ExecutorDefinition, prefix: str = "") -> Any:
    """A job over the datasets' checks alone: it materializes nothing, so freshness stays honest."""
    return dg.define_asset_job(
        f"{prefix}revalidate_datasets",
        selection=dg.AssetSelection.checks_for_assets(*(name.key for name in names)),
        executor_def=executor,
        tags=JOB_TAGS,
        description="Checks the accepted files of every dataset again; materializes nothing.",
    )


def reconciliation(
    datasets: Sequence[Dataset], executor: dg.ExecutorDefinition, timing: Timing = Timing(), prefix: str = ""
) -> dg.JobDefinition:
    """A job that compares listings with the catalog: what was missed is recorded, what is gone is marked as removed.

    The sensor requests a run that scores what is left.
    """

    @dg.op(name=f"{prefix}reconcile_landings")
    def reconcile_landings(context: dg.OpExecutionContext, data_management_catalog: CatalogResource) -> None:
        app = data_management_catalog.open_application()
        problems = []
        for dataset in datasets:
            try:
                outcome = reconcile(app, dataset, timing.settle_seconds)
            except DataManagementError as error:
                problems.append(str(error))
                continue
            context.log.info(f"Dataset {dataset.name}: {outcome.arrived} arrived, {outcome.removed} removed.")
        if problems:
            raise dg.Failure(description="; ".join(problems), allow_retries=False)

    @dg.job(
        name=f"{prefix}reconcile_datasets",
        executor_def=executor,
        tags=JOB_TAGS,
        description="Compares the landings with the catalog.",
    )
    def reconcile_datasets() -> None:
        reconcile_landings()

    return reconcile_datasets
