"""The catalog's engine, on SQLite or Postgres: transactions that mean the same, and foreign errors as the product's own."""

from data_management.infrastructure.persistence.engine.opening import create_catalog_engine
from data_management.infrastructure.persistence.engine.postgres import postgres_url
from data_management.infrastructure.persistence.engine.transactions import (
    connect,
    must_be_whole,
    reading,
    savepoint,
    writing,
)
from data_management.infrastructure.persistence.engine.translation import CatalogPlace, name_of

__all__ = [
    "CatalogPlace",
    "connect",
    "create_catalog_engine",
    "must_be_whole",
    "name_of",
    "postgres_url",
    "reading",
    "savepoint",
    "writing",
]
