"""Data contracts of the Open Data Contract Standard."""

from data_management.infrastructure.contracts.reader import OdcsContractReader

__all__ = ["OdcsContractReader"]
