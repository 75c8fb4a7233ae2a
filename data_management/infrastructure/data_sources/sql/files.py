"""What changed in the accepted set of a dataset, for those who read it."""

from collections.abc import Iterable
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Row, Select, func, null, select

from data_management.application.file_changes import ConsumerView, DatasetFile, FileChanges
from data_management.domain.models import DataLocation, Verdict, VersionToken, Withdrawal
from data_management.errors import InvalidInput, Pruned
from data_management.infrastructure.data_sources.s3.objects import object_request
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import (
    acceptances,
    data_assets,
    dataset_consumers,
    dataset_positions,
    datasets,
)

_ITS = acceptances.c
_FILE = data_assets.c
_COLUMNS = (
    _FILE.public_id,
    _FILE.location,
    _FILE.long_location,
    _FILE.version_token,
    _FILE.size_bytes,
    _FILE.row_count,
    _FILE.schema_id,
    _FILE.verdict,
    _FILE.arrived_at,
    _FILE.content_sha256,
)
_ACCEPTED = select(_ITS.position.label("at"), null().label("why"), *_COLUMNS).join_from(acceptances, data_assets)
_WITHDRAWN = select(_ITS.withdrawn.label("at"), _ITS.withdrawn_as.label("why"), *_COLUMNS).join_from(
    acceptances, data_assets
)


def changes_behind(snapshot: Transaction, dataset: str, after: int, limit: int | None) -> FileChanges:
    dataset_id = snapshot.dataset_id(dataset)
    head, pruned = position_of(snapshot, dataset_id)
    if not 0 <= after <= head:
        raise InvalidInput(
            f"dataset {dataset!r} has come to position {head}, not to {after}; is this another catalog, or an older copy of it? Read "
            "all its files anew, from position 0"
        )
    if 0 < after < pruned:
        raise Pruned(
            f"dataset {dataset!r}: files that were withdrawn up to position {pruned} are pruned, so that what changed behind {after} "
            "cannot be told; read all its files anew, from position 0"
        )
    return _changes(snapshot, dataset, dataset_id, after, head, limit)


def changes_unseen(snapshot: Transaction, dataset: str, consumer: str, limit: int | None) -> FileChanges:
    """Nothing that a consumer has still to be told of is ever pruned."""
    dataset_id = snapshot.dataset_id(dataset)
    its = dataset_consumers.c
    query = select(its.position, its.head).where(its.dataset_id == dataset_id, its.name == consumer)
    after, seen = snapshot.connection.execute(query).one_or_none() or (0, 0)
    head, _ = position_of(snapshot, dataset_id)
    return _changes(snapshot, dataset, dataset_id, after, head, limit).without_those_back(seen)


def position_of(snapshot: Transaction, dataset_id: int) -> tuple[int, int]:
    """How far the dataset has come, and up to where withdrawals are pruned."""
    its = dataset_positions.c
    row = snapshot.connection.execute(select(its.last, its.pruned).where(its.dataset_id == dataset_id)).one_or_none()
    return (row.last, row.pruned) if row else (0, 0)


def consumers_of(snapshot: Transaction, dataset: str | None, name: str | None) -> list[ConsumerView]:
    its = dataset_consumers.c
    query: Select[Any] = (
        select(
            dataset_consumers,
            datasets.c.name.label("dataset"),
            func.coalesce(dataset_positions.c.last, 0).label("last"),
        )
        .join_from(dataset_consumers, datasets)
        .outerjoin(dataset_positions, dataset_positions.c.dataset_id == its.dataset_id)
        .order_by(datasets.c.name, its.name)
    )
    if dataset is not None:
        query = query.where(its.dataset_id == snapshot.dataset_id(dataset))
    if name is not None:
        query = query.where(its.name == name)
    return [
        ConsumerView(
            dataset=row.dataset,
            name=row.name,
            position=row.position,
            behind=row.last - row.position,
            moved_at=row.moved_at,
            working_until=row.lease_until,
        )
        for row in snapshot.connection.execute(query)
    ]


def _changes(
    snapshot: Transaction, dataset: str, dataset_id: int, after: int, head: int, limit: int | None
) -> FileChanges:
    if limit is not None and limit < 1:
        raise InvalidInput(f"a look at {limit} changes has no room; ask for 1 or more")
    accepted = _ACCEPTED.where(_ITS.dataset_id == dataset_id, _ITS.withdrawn.is_(None), _ITS.position > after)
    accepted = accepted.order_by(_ITS.position)
    withdrawn = _WITHDRAWN.where(_ITS.dataset_id == dataset_id, _ITS.withdrawn > after, _ITS.position <= after)
    withdrawn = withdrawn.order_by(_ITS.withdrawn)
    if limit is not None:
        accepted, withdrawn = accepted.limit(limit + 1), withdrawn.limit(limit + 1)
    found = [snapshot.connection.execute(query).all() for query in (accepted, withdrawn)]
    rows = list(islice(merge(*found, key=lambda row: row.at), limit))
    is_cut = len(rows) < sum(map(len, found))
    files = list(_files(snapshot, dataset, rows))
    return FileChanges(
        dataset=dataset,
        after=after,
        to=rows[-1].at if is_cut else head,
        head=head,
        accepted=tuple(file for file in files if file.withdrawn is None),
        withdrawn=tuple(file for file in files if file.withdrawn is not None),
    )


def _files(snapshot: Transaction, dataset: str, rows: Iterable[Row[Any]]) -> Iterable[DatasetFile]:
    rows = list(rows)
    snapshot.schemas.load(row.schema_id for row in rows)
    for row in rows:
        uri = mappers.location_of(row.location, row.long_location)
        yield DatasetFile(
            id=row.public_id,
            dataset=dataset,
            position=row.at,
            uri=uri,
            version_token=row.version_token,
            size_bytes=row.size_bytes,
            row_count=row.row_count,
            columns=snapshot.schemas.get(row.schema_id) or (),
            verdict=None if row.verdict is None else Verdict(row.verdict),
            arrived_at=row.arrived_at,
            content_sha256=row.content_sha256,
            withdrawn=None if row.why is None else Withdrawal(row.why),
            object_request=object_request(DataLocation(uri), VersionToken(row.version_token)),
        )
