"""Which versions stand where: what a listing is compared with."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, select, type_coerce

from data_management.domain.models import DataLocation
from data_management.infrastructure.clock import utc_now
from data_management.infrastructure.data_sources.sql.chunks import chunked
from data_management.infrastructure.data_sources.sql.event_reader import SQLEventReader
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.dialects import joined
from data_management.infrastructure.persistence.tables import data_assets, datasets


class SQLVersionReader(SQLEventReader):
    def current_tokens(self, dataset: str, locations: Sequence[DataLocation] | None = None) -> dict[str, str]:
        at = data_assets.c
        query = select(at.location, at.long_location, at.version_token).where(at.is_current)
        found: dict[str, str] = {}
        with self._reading() as connection:
            snapshot = Transaction(connection, utc_now)
            query = query.where(at.dataset_id == snapshot.find_dataset_id(dataset))
            queries = (
                [query]
                if locations is None
                else [
                    query.where(at.location.in_([mappers.location_key(place.uri) for place in chunk]))
                    for chunk in chunked(locations)
                ]
            )
            for each in queries:
                rows = connection.execute(each)
                found.update((mappers.location_of(key, uri), token) for key, uri, token in rows)
        return found

    def standing_versions(self, dataset: str, first: str, last: str) -> str:
        with self._reading() as connection:
            query = _standing(connection.dialect.name)
            told: str | None = connection.scalar(query, {"dataset": dataset, "first": first, "last": last})
            return told or ""


@cache
def _standing(dialect: str) -> Select[Any]:
    at = data_assets.c
    line = type_coerce(at.location, String) + " " + type_coerce(at.version_token, String)  # as `version_at`
    of_dataset = select(datasets.c.id).where(datasets.c.name == bindparam("dataset")).scalar_subquery()
    between = (at.location >= bindparam("first"), at.location <= bindparam("last"))
    return select(joined(dialect, line)).where(at.dataset_id == of_dataset, at.is_current, *between)
