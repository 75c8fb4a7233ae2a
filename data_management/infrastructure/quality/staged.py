"""A request whose content was brought to this machine first: between the staging engine and the workers alone."""

from dataclasses import fields
from pathlib import Path

from pydantic.dataclasses import dataclass

from data_management.application.ports import ExaminationRequest


@dataclass(frozen=True)
class StagedRequest(ExaminationRequest):
    staged: tuple[Path, ...] = ()
    """Where each location's content lies for reading, in the order of the locations."""

    @classmethod
    def staged_from(cls, request: ExaminationRequest, places: tuple[Path, ...]) -> "StagedRequest":
        return cls(**{each.name: getattr(request, each.name) for each in fields(request)}, staged=places)


def staged_places(request: ExaminationRequest) -> tuple[Path, ...]:
    """Empty where the locations themselves are read."""
    return request.staged if isinstance(request, StagedRequest) else ()
