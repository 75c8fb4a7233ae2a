"""From what is to be examined (files, frames) to something that DuckDB can scan, and what was decided on the way."""

from data_management.infrastructure.quality.sources.bounds import Bounds
from data_management.infrastructure.quality.sources.frames import is_pandas, open_frame
from data_management.infrastructure.quality.sources.opening import open_source
from data_management.infrastructure.quality.sources.source import RawColumn, Source
from data_management.infrastructure.quality.sources.spool import emptied, own_corner, private_spool
from data_management.infrastructure.quality.sources.versions import FileVersion, OtherVersion

__all__ = [
    "Bounds",
    "FileVersion",
    "OtherVersion",
    "RawColumn",
    "Source",
    "emptied",
    "is_pandas",
    "open_frame",
    "open_source",
    "own_corner",
    "private_spool",
]
