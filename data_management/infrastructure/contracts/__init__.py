"""Data contracts of the Open Data Contract Standard."""

from data_management.infrastructure.contracts.reader import OdcsContractReader
from data_management.infrastructure.contracts.writer import OdcsContractWriter

__all__ = ["OdcsContractReader", "OdcsContractWriter"]
