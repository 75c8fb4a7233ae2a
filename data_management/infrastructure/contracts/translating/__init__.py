"""Contracts from and to the formats of other tools."""

from data_management.infrastructure.contracts.translating.translator import OdcsContractTranslator

__all__ = ["OdcsContractTranslator"]
