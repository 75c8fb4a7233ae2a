"""The data asset of a dataset that was accepted last."""

from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, select

from data_management.domain.models import AssetStatus, Verdict
from data_management.infrastructure.persistence.tables import data_assets

_ITS = data_assets.c


class Last(NamedTuple):
    """What a column of the last accepted data asset holds, and its surrogate key."""

    id: int
    value: Any


def last_accepted(connection: Connection, dataset_id: int, column: Column[Any]) -> Last | None:
    """`column` of the data asset that arrived last among those ever accepted, where it is filled."""
    query = (
        select(_ITS.id, column)
        .where(_ITS.dataset_id == dataset_id, _ITS.verdict != Verdict.FAIL.value, column.is_not(None))
        .order_by(_ITS.id.desc())
        .limit(1)
    )
    rows = (
        connection.execute(query.where(_ITS.status == status.value)).one_or_none()  # one range of an index each
        for status in (AssetStatus.ACCEPTED, AssetStatus.SUPERSEDED, AssetStatus.REMOVED)
    )
    return max((Last(*row) for row in rows if row is not None), default=None, key=lambda last: last.id)
