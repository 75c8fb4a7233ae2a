"""How far the consumers of datasets have come."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class OffsetMove:
    """What a consumer has done: everything in (`before`, `to`], read when the dataset had come to `head`."""

    dataset: str
    consumer: str
    before: int
    to: int
    head: int
    holder: str | None = None
    """None: of a consumer that holds no lease."""
