"""The quality engine: files are read and judged by worker processes. Importing this loads no heavy library."""

from data_management.infrastructure.quality.pool import WorkerPoolQualityEngine
from data_management.infrastructure.quality.staging import StagingQualityEngine

__all__ = ["StagingQualityEngine", "WorkerPoolQualityEngine"]
