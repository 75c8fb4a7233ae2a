"""What saving a tombstone leaves behind: stored checks, events, and a schema that nobody else has."""

from typing import Any

from sqlalchemy import delete, exists, select, update

from data_management.domain.models import DataCatalogEntry
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import data_assets, outbox, schemas, validations

_PERSONAL = {"reason": "erased", "added": [], "removed": [], "retyped": []}
"""Fields of events that may quote what a file holds, and what stands there instead."""


def erase_traces(transaction: Transaction, entry: DataCatalogEntry, schema_id: int | None) -> None:
    """`schema_id` is the schema that it had."""
    asset, its, uri = entry.asset, data_assets.c, entry.asset.location.uri
    key = mappers.location_key(uri)
    transaction.connection.execute(
        update(data_assets)
        .where(its.public_id == entry.id)
        .values(
            location=key,
            long_location=None if key == uri else uri,
            erased_at=asset.erased_at,
            erased_by=asset.erased_by,
        )
    )
    _erase_checks(transaction, entry.id)
    _erase_events(transaction, entry)
    transaction.connection.execute(select(schemas.c.id).where(schemas.c.id == schema_id).with_for_update())
    unused = ~exists(select(its.id).where(its.schema_id == schema_id))
    transaction.connection.execute(delete(schemas).where(schemas.c.id == schema_id, unused))
    transaction.schemas.forget()


def _erase_checks(transaction: Transaction, asset_id: str) -> None:
    its, key = validations.c, transaction.asset_key(asset_id).id
    query = select(its.id, its.checks_layout_id, its.checks).where(its.asset_id == key)
    rows = transaction.connection.execute(query).all()
    transaction.layouts.load(row.checks_layout_id for row in rows)
    for row in rows:
        checks = mappers.checks_from(transaction.layouts.get(row.checks_layout_id), row.checks)
        erased = mappers.checks_outcomes([check.erased() for check in checks])
        transaction.connection.execute(update(validations).where(its.id == row.id).values(checks=erased))
    transaction.checks.pop(asset_id, None)


def _erase_events(transaction: Transaction, entry: DataCatalogEntry) -> None:
    its = outbox.c
    query = select(its.id, its.payload).where(its.aggregate == "data_asset", its.aggregate_id == entry.id)
    for key, payload in transaction.connection.execute(query).all():
        told: dict[str, Any] = payload | {"location": entry.asset.location.uri}
        told |= {name: blank for name, blank in _PERSONAL.items() if name in payload}
        transaction.connection.execute(update(outbox).where(its.id == key).values(payload=told))
