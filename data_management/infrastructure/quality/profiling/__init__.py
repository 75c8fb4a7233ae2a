"""What the columns of a relation hold, as counts and figures: profile, and what kind of personal data it may be."""

from data_management.infrastructure.quality.profiling.columns import ProfiledColumn
from data_management.infrastructure.quality.profiling.detectors import detections_of
from data_management.infrastructure.quality.profiling.listing import MOST_LISTED
from data_management.infrastructure.quality.profiling.profiler import profile_of
from data_management.infrastructure.quality.profiling.sampling import ProfileLimits, Sample, sample_of

__all__ = [
    "MOST_LISTED",
    "ProfileLimits",
    "ProfiledColumn",
    "Sample",
    "detections_of",
    "profile_of",
    "sample_of",
]
