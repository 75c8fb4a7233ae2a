"""The quality engine: files are read and judged by worker processes. Importing this loads no heavy library."""

from data_management.infrastructure.quality.pool import WorkerPoolQualityEngine

__all__ = ["WorkerPoolQualityEngine"]
