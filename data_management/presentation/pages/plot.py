"""A dataset's scores as a picture: where what is drawn stands. The figures themselves stand in a table beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from data_management.presentation.dtos import ScorePointDto

WIDTH: Final = 860
HEIGHT: Final = 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 36, 14, 30
_GAP: Final = 70
"""The least distance of two dates below the picture."""
_HIGHEST: Final = 100.0


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    verdict: str
    value: float
    at: datetime


@dataclass(frozen=True)
class Label:
    at: float
    """Of the axis: x of a date, y of a score."""
    text: str


@dataclass(frozen=True)
class Plot:
    marks: tuple[Mark, ...]
    lines: tuple[str, ...]
    """Points of polylines: one for every stretch of scores of one plan without a gap."""
    bands: tuple[str, ...]
    """Points of polygons between lower and upper bounds, where they differ."""
    scores: tuple[Label, ...]
    dates: tuple[Label, ...]
    plans: tuple[float, ...]
    """x of the scores that another plan made than the one before."""
    least: float
    """Where the axis of scores begins."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def plot(newest_first: Sequence[ScorePointDto]) -> Plot | None:
    """None where no point has a score."""
    points = list(reversed(newest_first))
    valued = [each.score for each in points if each.score is not None and each.score.value is not None]
    if not valued:
        return None
    lowest = min(min(each.value or 0.0, each.lower or 0.0) for each in valued)
    least = max(0.0, math.floor((lowest - 1) / 10) * 10.0)
    first, span = points[0].at, (points[-1].at - points[0].at).total_seconds()

    def x(at: datetime) -> float:
        along = (at - first).total_seconds() / span if span else 0.5
        return round(_LEFT + along * (WIDTH - _LEFT - _RIGHT), 1)

    def y(score: float) -> float:
        return round(_TOP + (_HIGHEST - score) / (_HIGHEST - least) * (HEIGHT - _TOP - _BOTTOM), 1)

    stretches = _stretches(points)
    marks = [
        Mark(x(point.at), y(point.score.value), point.verdict, point.score.value, point.at)
        for point in points
        if point.score is not None and point.score.value is not None
    ]
    return Plot(
        marks=tuple(marks),
        lines=tuple(
            " ".join(f"{x(at)},{y(value)}" for at, value, _, _ in stretch) for stretch in stretches if len(stretch) > 1
        ),
        bands=tuple(
            " ".join(
                [f"{x(at)},{y(upper)}" for at, _, _, upper in stretch]
                + [f"{x(at)},{y(lower)}" for at, _, lower, _ in reversed(stretch)]
            )
            for stretch in stretches
            if len(stretch) > 1 and any(lower < upper for _, _, lower, upper in stretch)
        ),
        scores=tuple(Label(y(score), f"{score:g}") for score in _round(least)),
        dates=_dates([Label(x(point.at), f"{point.at:%Y-%m-%d}") for point in points]),
        plans=tuple(x(point.at) for point in points if point.plan_changed),
        least=least,
    )


def _stretches(points: Sequence[ScorePointDto]) -> list[list[tuple[datetime, float, float, float]]]:
    """When, score, lower and upper bound: of neighbours that have a score and compare."""
    number, numbered = 0, []
    for point in points:
        score = point.score
        if score is None or score.value is None or point.plan_changed:
            number += 1
        if score is not None and score.value is not None:
            lower = score.value if score.lower is None else score.lower
            upper = score.value if score.upper is None else score.upper
            numbered.append((number, (point.at, score.value, lower, upper)))
    return [[each for _, each in stretch] for _, stretch in groupby(numbered, key=lambda pair: pair[0])]


def _round(least: float) -> list[float]:
    """Scores to draw lines at."""
    step = (_HIGHEST - least) / 5
    step = next(each for each in (2.0, 5.0, 10.0, 20.0) if each >= step)
    return [_HIGHEST - step * number for number in range(int((_HIGHEST - least) / step) + 1)]


def _dates(all_dates: Sequence[Label]) -> tuple[Label, ...]:
    """Those that have room, each day once, the last one among them."""
    days = {label.text: label.at for label in reversed(all_dates)}
    kept: list[Label] = []
    for text, at in days.items():
        if not kept or kept[-1].at - at >= _GAP:
            kept.append(Label(at, text))
    return tuple(reversed(kept))
