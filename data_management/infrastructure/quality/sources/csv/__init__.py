"""CSV: sniff, then doubt. Whatever is not an exact row of the table is repaired, counted or refused, and said."""

from data_management.infrastructure.quality.sources.csv.opening import open_csv
from data_management.infrastructure.quality.sources.csv.values import CsvLimits

__all__ = ["CsvLimits", "open_csv"]
