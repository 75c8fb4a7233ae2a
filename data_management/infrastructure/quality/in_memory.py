"""The engine for frames that the caller holds: in the calling process. Heavy libraries are imported when it is used."""

from data_management.application.ports import ExaminationRequest
from data_management.domain.models import Examination
from data_management.errors import Rejected
from data_management.infrastructure.quality.custom import NO_CODE, CustomCode, import_expectations
from data_management.infrastructure.quality.worker import load_libraries, quiet


class DirectFrameEngine:
    """A `FrameEngine` on DuckDB, which scans the frame as Arrow."""

    def __init__(self, *, columns: int, cell_mb: int, custom: CustomCode = NO_CODE) -> None:
        """`columns` a frame may have, and `cell_mb` MiB one of its values."""
        self._custom = custom
        self._columns = columns
        self._cell_bytes = cell_mb << 20

    def examine(self, frame: object, request: ExaminationRequest) -> Examination:
        load_libraries()
        with quiet():
            import_expectations(self._custom)
        from data_management.infrastructure.quality.checks import Wanted
        from data_management.infrastructure.quality.connections import Resources
        from data_management.infrastructure.quality.direct import examine_directly
        from data_management.infrastructure.quality.examining import Order
        from data_management.infrastructure.quality.sources import Bounds

        order = Order(
            rules=request.rules,
            columns=request.columns,
            wanted=Wanted(gx_results=request.native_results, samples=request.samples),
            known=request.known,
            values=request.values,
        )
        bounds = Bounds(columns=self._columns, cell_bytes=self._cell_bytes)
        try:
            return examine_directly(frame, order, request.options, Resources(), bounds)
        except MemoryError as error:
            raise Rejected(
                "the frame needs more memory than there is; give the run more, or judge it in parts"
            ) from error
