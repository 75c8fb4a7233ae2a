"""An alert as text in Slack's markup (``mrkdwn``), whose control characters are ``&``, ``<`` and ``>``."""

from collections.abc import Iterator, Mapping
from typing import Final

from data_management.application.alerts import Alert, AlertedAsset
from data_management.domain.models import gain_in_words, score_in_words

_MARKUP: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SHOWN_RULES: Final = 5
_SHOWN_REASONS: Final = 3
_LONGEST: Final = 300


def alert_text(alert: Alert) -> str:
    """A line of what changed, one for each reason, and one for each data asset."""
    return "\n".join(_lines(alert))


def _lines(alert: Alert) -> Iterator[str]:
    was = f"was {alert.previous_verdict.value}" if alert.previous_verdict else "first verdict"
    what = f"{'Resolved: d' if alert.is_resolved else 'D'}ata quality of {_plain(alert.dataset)}"
    yield " ".join(part for part in (f"{what}: {alert.verdict.value} ({was}).", _score(alert)) if part)
    yield from (f"• {_plain(reason)}" for reason in alert.reasons[:_SHOWN_REASONS])
    yield from (f"• {_plain(asset.name)} ({asset.status.value}){_told(asset)}" for asset in alert.assets)


def _told(asset: AlertedAsset) -> str:
    figures = ""
    if asset.score is not None:
        figures = f": score {score_in_words(asset.score)}"
        lost = _ranked(asset.lost)
        figures += f" ({lost})" if lost else ""
    return f"{figures}: {_plain(asset.reason)}" if asset.reason else figures


def _ranked(points: Mapping[str, float]) -> str:
    """Rules by the size of their points; those that are not shown as one."""
    ranked = sorted(points, key=lambda rule: (-abs(points[rule]), rule))
    parts = [f"{_plain(rule)} {gain_in_words(points[rule])}" for rule in ranked[:_SHOWN_RULES]]
    if len(ranked) > _SHOWN_RULES:
        rest = sum(points[rule] for rule in ranked[_SHOWN_RULES:])
        parts.append(f"{len(ranked) - _SHOWN_RULES} more {gain_in_words(rest)}")
    return ", ".join(parts)


def _score(alert: Alert) -> str:
    """The score, the one before, and which rules made the difference."""
    value, previous = alert.score, alert.previous_score
    if value is None:
        return "No score." if previous is None else f"No score, was {score_in_words(previous)}."
    if previous is None:
        return f"Score {score_in_words(value)}."
    if alert.plan_changed:
        return f"Score {score_in_words(value)}, was {score_in_words(previous)} by other rules: the contract changed."
    said = f"Score {score_in_words(value)}, was {score_in_words(previous)} ({gain_in_words(value - previous)})"
    parts = _ranked(alert.gained)
    return f"{said}: {parts}." if parts else f"{said}."


def _plain(text: str) -> str:
    """One line that stands for itself in Slack's markup: names call nobody."""
    shown = "".join(_MARKUP.get(c, c) if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
