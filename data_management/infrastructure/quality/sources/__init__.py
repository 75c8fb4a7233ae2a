"""From what is to be examined (files, frames) to something that DuckDB can scan, and what was decided on the way."""

from data_management.infrastructure.quality.sources.source import RawColumn, Source

__all__ = ["RawColumn", "Source"]
