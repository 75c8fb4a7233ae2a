"""Examination in the calling process: of a file, or of a frame that is in memory already."""

from typing import Any, Final

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import DataLocation, Examination, ReadOptions
from data_management.errors import Rejected
from data_management.infrastructure.quality.connections import Resources
from data_management.infrastructure.quality.examining import Order, examine_sources, opened
from data_management.infrastructure.quality.sources import Bounds, OtherVersion, is_pandas, open_frame, own_corner
from data_management.infrastructure.quality.worker import process_spool, quiet

_MOST_BYTES: Final = 1 << 40
"""What a file may unpack to: in the caller's own process the caller's own disk is the limit."""


def examine_directly(
    source: Any, order: Order, options: ReadOptions, resources: Resources, bounds: Bounds
) -> Examination:
    """`source` is a location or a frame. Raises `Rejected`, and `InvalidInput` for what is neither."""
    with quiet():
        if not isinstance(source, DataLocation):
            frame = source if is_pandas(source) else None
            return examine_sources([open_frame(source, bounds)], order, resources, "the frame", frame)
        request = ExaminationRequest(key="", locations=(source,), columns=order.columns, options=options)
        try:
            with own_corner(process_spool(_MOST_BYTES)) as spool:
                return examine_sources(opened(request, spool, bounds), order, resources, repr(source.name))
        except OtherVersion as error:
            raise Rejected(f"{source.name!r} changed while it was read; validate it again") from error
