"""What happens by the clock: accepted files are checked again, and catalogs made to agree with landings."""

from collections.abc import Sequence

import dagster as dg

from data_management.application.services import reconcile
from data_management.domain.models import Dataset
from data_management.errors import DataManagementError
from data_management.orchestration.assets import Timing
from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.resource import CatalogResource


def revalidation(
    names: Sequence[DatasetNames], cron: str, executor: dg.ExecutorDefinition, prefix: str = ""
) -> dg.ScheduleDefinition:
    """A schedule over the datasets' checks alone: it materializes nothing, so freshness stays honest."""
    job = dg.define_asset_job(
        f"{prefix}revalidate_datasets",
        selection=dg.AssetSelection.checks_for_assets(*(name.key for name in names)),
        executor_def=executor,
        description="Checks the accepted files of every dataset again; materializes nothing.",
    )
    return dg.ScheduleDefinition(
        name=f"{prefix}revalidate_datasets_schedule",
        job=job,
        cron_schedule=cron,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def reconciliation(
    datasets: Sequence[Dataset], cron: str, executor: dg.ExecutorDefinition, timing: Timing = Timing(), prefix: str = ""
) -> dg.ScheduleDefinition:
    """A schedule that compares listings with the catalog: what was missed is recorded, what is gone is marked as removed."""

    @dg.op(name=f"{prefix}reconcile_landings")
    def reconcile_landings(context: dg.OpExecutionContext, data_management_catalog: CatalogResource) -> None:
        app = data_management_catalog.open_application()
        problems = []
        for dataset in datasets:
            try:
                outcome = reconcile(app, dataset, context.run.run_id, timing.settle_seconds)
            except DataManagementError as error:
                problems.append(str(error))
                continue
            context.log.info(f"Dataset {dataset.name}: {outcome.arrived} arrived, {outcome.removed} removed.")
        if problems:
            raise dg.Failure(description="; ".join(problems), allow_retries=False)

    @dg.job(
        name=f"{prefix}reconcile_datasets",
        executor_def=executor,
        description="Compares the landings with the catalog.",
    )
    def reconcile_datasets() -> None:
        reconcile_landings()

    return dg.ScheduleDefinition(
        name=f"{prefix}reconcile_datasets_schedule",
        job=reconcile_datasets,
        cron_schedule=cron,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
