"""Read models straight from the tables, each answer from one snapshot: a module for each noun."""

from data_management.infrastructure.data_sources.sql.readers.catalog import SQLCatalogReader

__all__ = ["SQLCatalogReader"]
