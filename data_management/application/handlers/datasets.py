"""Handlers of commands and queries about datasets."""

from dataclasses import fields
from typing import Any

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.paging import checked_limit
from data_management.application.handlers.renaming import must_be_no_other, rename_dataset
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.handlers.totals import sum_anew
from data_management.application.ports import DatasetReader, UnitOfWork
from data_management.application.views import DatasetPage, DatasetView
from data_management.domain.events import DatasetRegistered, DatasetRetired
from data_management.domain.models import AssetStatus, Dataset
from data_management.errors import Conflict


def register_dataset(command: c.RegisterDatasetCommand, uow: UnitOfWork, context: CommandContext) -> Dataset:
    dataset = command.dataset
    if not command.may_rename:
        must_be_no_other(dataset, uow)
    known = uow.datasets.find(dataset.name) or rename_dataset(dataset, uow, context)
    is_back = known is not None and uow.datasets.restore(dataset.name)
    if known is None or is_back or _definition(known) != _definition(dataset):
        uow.datasets.save(
            dataset, [DatasetRegistered(aggregate_id=dataset.name, contract_version=dataset.contract_version)]
        )
    if known is not None and known.plan_hash != dataset.plan_hash:
        _change_plan(uow, dataset)
    return dataset


def retire_dataset(command: c.RetireDatasetCommand, uow: UnitOfWork, context: CommandContext) -> bool:
    now, name = context.clock(), uow.datasets.get(command.name).name
    if holders := uow.arrivals.holders(name, now):
        raise Conflict(
            f"dataset {name!r} is being judged by {len(holders)} run(s); wait for them, or stop them, then retire it"
        )
    return uow.datasets.retire(name, now, [DatasetRetired(aggregate_id=name)])


def list_datasets(query: q.ListDatasetsQuery, reader: DatasetReader) -> list[DatasetView]:
    return reader.datasets()


def get_dataset(query: q.GetDatasetQuery, reader: DatasetReader) -> DatasetView:
    return reader.dataset(query.name)


def find_datasets(query: q.FindDatasetsQuery, reader: DatasetReader) -> DatasetPage:
    return reader.dataset_page(query.wanted, query.after, checked_limit(query.limit))


def get_definition(query: q.GetDefinitionQuery, reader: DatasetReader) -> Dataset:
    return reader.definition(query.name)


def _change_plan(uow: UnitOfWork, dataset: Dataset) -> None:
    """Recompute the totals under the new plan, which may have judged files before, and queue the rejected files again."""
    for page in sum_anew(uow, dataset.name):
        if not dataset.judges_again:
            continue
        again = [entry.arrived_again() for entry in page if entry.status is AssetStatus.REJECTED]
        uow.arrivals.open(uow.assets.save_all(again))


def _definition(dataset: Dataset) -> tuple[Any, ...]:
    return tuple(getattr(dataset, field.name) for field in fields(Dataset) if field.name != "source")


COMMAND_HANDLERS: CommandHandlers = {
    c.RegisterDatasetCommand: register_dataset,
    c.RetireDatasetCommand: retire_dataset,
}

QUERY_HANDLERS: QueryHandlers = {
    q.ListDatasetsQuery: list_datasets,
    q.GetDatasetQuery: get_dataset,
    q.GetDefinitionQuery: get_definition,
    q.FindDatasetsQuery: find_datasets,
}
