"""Requests that may come again."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class Remembered:
    """A request that was done before: `fingerprint` tells two requests under one key apart, `subjects` are what it changed."""

    fingerprint: str
    subjects: tuple[str, ...]
