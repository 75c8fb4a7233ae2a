"""Examination in the calling process: of a file, or of a frame that is in memory already."""

from typing import Any

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import DataLocation, Examination, ReadOptions
from data_management.infrastructure.quality.connections import Resources
from data_management.infrastructure.quality.examining import Order, _of_table, examine_sources, opened
from data_management.infrastructure.quality.worker import load_libraries, quiet


def examine_directly(source: Any, order: Order, options: ReadOptions, resources: Resources) -> Examination:
    """`source` is a location or a frame. Raises `Rejected`, and `InvalidInput` for what is neither."""
    load_libraries()
    with quiet():
        if isinstance(source, DataLocation):
            request = ExaminationRequest(key="", locations=(source,), options=options)
            return examine_sources(opened(request, 8 << 30), order, resources, repr(source.name))
        import pyarrow as pa

        table = source if isinstance(source, pa.Table) else pa.Table.from_pandas(source, preserve_index=False)
        frame = None if source is table else source
        return examine_sources([_of_table(table, textual=False, notes=(), sha256="")], order, resources, "the frame", frame)
