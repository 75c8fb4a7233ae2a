"""What of the past can be forgotten."""

from enum import StrEnum

from pydantic.dataclasses import dataclass


class Prunable(StrEnum):
    """What of the past can be forgotten. What is current never is."""

    ASSETS = "assets"
    """Superseded and removed data assets, with their validations; the last one ever accepted of each dataset stays."""
    CHECKS = "checks"
    """The check results of validations that are not the last of their data asset; score and verdict stay."""
    EVENTS = "events"
    """Events that were published (have a position); the last position stays."""
    SCORES = "scores"
    """Scores of a dataset beside the last of each day (UTC)."""
    AUDIT = "audit"
    """The record of who did, or was denied, what; kept for longer than the rest."""


@dataclass(frozen=True)
class PruneStep:
    """What one step removed; `next` is where the following one goes on, None at the end."""

    removed: int
    next: int | None = None
