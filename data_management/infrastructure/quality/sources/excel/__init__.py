"""Workbooks: .xlsx, .xlsm, .xlsb, .xls and .ods."""

from data_management.infrastructure.quality.sources.excel.reader import open_excel

__all__ = ["open_excel"]
