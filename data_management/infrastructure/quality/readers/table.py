"""What a reader yields."""

from dataclasses import dataclass, field

import pyarrow as pa

from data_management.domain.models import ReadingNote


@dataclass
class RawTable:
    """A table before any contract's types; `textual` where every column is text whose type is to be found out."""

    table: pa.Table
    textual: bool
    notes: list[ReadingNote] = field(default_factory=list)
