"""A dataset that a contract calls by another name."""

from data_management.application.handlers.context import CommandContext
from data_management.application.ports import UnitOfWork
from data_management.domain.events import DatasetRenamed
from data_management.domain.models import Dataset
from data_management.errors import Conflict


def rename_dataset(dataset: Dataset, uow: UnitOfWork, context: CommandContext) -> Dataset | None:
    """Rename the dataset that the same schema object declared before to this one's name; returns it as it was, None where there was none.

    `Conflict` while a run judges it under its old name.
    """
    former = _declared_before(dataset, uow)
    if former is None:
        return None
    if uow.arrivals.holders(former.name, context.clock()):
        raise Conflict(
            f"dataset {former.name!r} is called {dataset.name!r} now, and a run still judges it under its old name; "
            "wait for that run, then try again"
        )
    renamed = DatasetRenamed(aggregate_id=dataset.name, previous=former.name)
    uow.datasets.rename(former.name, dataset.name, [renamed])
    return former


def must_be_no_other(dataset: Dataset, uow: UnitOfWork) -> None:
    """`Conflict` where the schema object declared a dataset of another name. The message leaves that name out: the caller may not be allowed to know it."""
    former = _declared_before(dataset, uow)
    if former is not None and former.name != dataset.name:
        raise Conflict(
            f"schema object {dataset.object_id!r} of contract {dataset.contract_id!r} declares a dataset of another name than "
            f"{dataset.name!r}, and this does not rename it; give the object an id of its own, or have an administrator of the "
            "catalog rename the dataset from the contracts folder"
        )


def _declared_before(dataset: Dataset, uow: UnitOfWork) -> Dataset | None:
    if not (dataset.contract_id and dataset.object_id):
        return None
    return uow.datasets.find_by_object(dataset.contract_id, dataset.object_id)
