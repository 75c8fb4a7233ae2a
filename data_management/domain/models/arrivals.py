"""What waits for a run."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class PendingArrivals:
    """The arrivals of a dataset that nobody has claimed, or whose lease has run out."""

    count: int
    watermark: int
    """The highest arrival number among them; it grows with every arrival of the catalog. 0 where there is none."""
    attempts: int
    """The most times that one of them was claimed or given back before; with the watermark it names what to run."""
