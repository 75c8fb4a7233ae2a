"""What people are told when a dataset's verdict changes; how it is put, whoever brings it decides."""

from collections.abc import Mapping

from pydantic.dataclasses import dataclass

from data_management.domain.models import AssetStatus, Verdict


@dataclass(frozen=True)
class AlertedAsset:
    """A data asset that is not accepted."""

    name: str
    status: AssetStatus
    score: float | None
    lost: Mapping[str, float]
    """Points that each rule cost, all below 0."""
    reason: str | None


@dataclass(frozen=True)
class Alert:
    """A change of a dataset's verdict. Names and reasons come from contracts and files: they are data, in no markup."""

    id: str
    """The event's: an alert that comes again has the same."""
    dataset: str
    verdict: Verdict
    previous_verdict: Verdict | None
    is_resolved: bool
    """Whether it is good enough again for whoever is told."""
    score: float | None
    previous_score: float | None
    plan_changed: bool
    """Whether the two scores are by different rules."""
    gained: Mapping[str, float]
    """Points between the two scores that each rule made; empty where the plan changed."""
    reasons: tuple[str, ...]
    assets: tuple[AlertedAsset, ...] = ()
