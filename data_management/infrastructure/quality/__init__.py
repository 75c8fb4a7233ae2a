"""The quality engine: files are read and judged by worker processes. Importing this loads no heavy library."""

from data_management.infrastructure.quality.by_scope import QualityEngineByScope
from data_management.infrastructure.quality.custom import CustomCode
from data_management.infrastructure.quality.in_memory import DirectFrameEngine
from data_management.infrastructure.quality.pool import WorkerPoolQualityEngine, absent_expectations
from data_management.infrastructure.quality.staging import StagingQualityEngine

__all__ = [
    "CustomCode",
    "DirectFrameEngine",
    "QualityEngineByScope",
    "StagingQualityEngine",
    "WorkerPoolQualityEngine",
    "absent_expectations",
]
