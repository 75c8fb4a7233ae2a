"""`data_management.validate` with the profile."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.quality.contenders import ours
from benchmarks.quality.rules import Answers, Rule


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    return ours.prepare(rules, data_format, profile=True)
