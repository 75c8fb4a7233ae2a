"""Detectors of personal and secret data. They see a sample of values and tell counts."""

from data_management.infrastructure.quality.profiling.detectors.counting import detections_of

__all__ = ["detections_of"]
