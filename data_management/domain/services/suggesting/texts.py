"""Which texts a column holds: a few known ones, codes of one shape, or any of some length."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from pydantic.dataclasses import dataclass

from data_management.domain.models import ColumnProfile, SuggestedRule, SuggestionKind
from data_management.domain.services.suggesting.evidence import (
    ColumnEvidence,
    expecting,
    foreseen,
    none_may_differ,
    total,
)

MOST_ALLOWED: Final = 50
LONGEST_ALLOWED: Final = 63
"""Characters; a value that is cut off is not one to be listed."""
_ROWS_PER_VALUE: Final = 10
_COVERED: Final = 0.9
_MOST_RUNS: Final = 16
_LONGEST_WORD: Final = 6
_CLASSES: Final = {"A": "[A-Z]", "a": "[a-z]", "9": "[0-9]"}
_SPECIAL: Final = frozenset("\\.^$*+?()[]{}|")


def text_rules(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    if evidence.logical_type != "string" or not evidence.filled:
        return
    found = [*allowed_values_rule(evidence), *pattern_rule(evidence)]
    yield from found[:1] if found and found[0].kind is SuggestionKind.ALLOWED_VALUES else found
    if not found:
        yield from length_rule(evidence)


def allowed_values_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    """Where all values are known, and few. Good and Turing: values seen once tell of those not seen yet."""
    if any(_known(profile) is None for profile in evidence.filled):
        return
    counts: Counter[str] = Counter()
    for profile in evidence.filled:
        counts.update(_known(profile))
    if len(counts) > MOST_ALLOWED or len(counts) * _ROWS_PER_VALUE > evidence.count:
        return
    once = sum(count == 1 for count in counts.values())

    def admits(others: Sequence[ColumnProfile], held_out: Sequence[ColumnProfile]) -> bool:
        known = {value for profile in others for value in _known(profile) or ()}
        return all(set(_known(profile) or ()) <= known for profile in held_out)

    held, of = foreseen(evidence.filled, admits)
    sure = evidence.certainty(evidence.count - once, evidence.count, (held, of))
    new = f", {once} of them once" if once else ""
    files = f"; {held} of {of} files held none that the others lack" if of else ""
    yield expecting(
        evidence,
        SuggestionKind.ALLOWED_VALUES,
        "values_to_be_in_set",
        confidence=min(sure, 1 - min(1.0, once / len(evidence.filled))),
        reason=f"{len(counts)} different among {evidence.shown}{new}{files}",
        threshold=none_may_differ(),
        value_set=sorted(counts),
    )


def pattern_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    """Codes alone: words and names that look alike in one file look otherwise in the next."""
    mask = mask_of(evidence.filled)
    if mask is None or not mask.is_of_codes:
        return
    shapes = [each for profile in evidence.filled for each in profile.patterns or ()]
    matching, tried = total(each.count for each in shapes if mask.admits(each.value)), total(s.count for s in shapes)
    if matching < _COVERED * tried:
        return

    def admits(others: Sequence[ColumnProfile], held_out: Sequence[ColumnProfile]) -> bool:
        made = mask_of(others)
        return made is not None and all(
            made.admits(each.value) for profile in held_out for each in profile.patterns or ()
        )

    held, of = foreseen(evidence.filled, admits)
    files = f"; made of the other files it held for {held} of {of}" if of else ""
    yield expecting(
        evidence,
        SuggestionKind.PATTERN,
        "values_to_match_regex",
        confidence=evidence.certainty(matching, tried, (held, of)),
        reason=f"one shape covers {'all' if matching == tried else f'{matching:,} of {tried:,}'} of {evidence.shown}{files}",
        holds=matching == tried,
        threshold=none_may_differ(),
        regex=mask.regex,
    )


def length_rule(evidence: ColumnEvidence) -> Iterator[SuggestedRule]:
    limits = _lengths(evidence.filled)
    if limits is None:
        return

    def admits(others: Sequence[ColumnProfile], held_out: Sequence[ColumnProfile]) -> bool:
        least, most = _lengths(others) or (1, 0)
        return all(least <= (p.shortest or 0) and (p.longest or 0) <= most for p in held_out)

    held, of = foreseen(evidence.filled, admits)
    least, most = limits
    bounds: dict[str, Any] = {"min_value": least, "max_value": most} if least else {"max_value": most}
    alike = "are of one length" if least == most else "are at most half as long as allowed"
    files = f"; made of the other files it held for {held} of {of}" if of else ""
    yield expecting(
        evidence,
        SuggestionKind.LENGTH,
        "value_lengths_to_be_between",
        confidence=evidence.certainty(evidence.count, evidence.count, (held, of)),
        reason=f"all {evidence.shown} {alike}{files}",
        **bounds,
    )


@dataclass(frozen=True)
class Mask:
    """Shapes that differ in the lengths of their runs alone: each run's class, its least and its greatest length."""

    runs: tuple[tuple[str, int, int], ...]

    @cached_property
    def classes(self) -> str:
        return "".join(run[0] for run in self.runs)

    def admits(self, shape: str) -> bool:
        runs = _runs(shape)
        return "".join(name for name, _ in runs) == self.classes and all(
            least != most or length == least for (_, length), (_, least, most) in zip(runs, self.runs, strict=True)
        )

    @property
    def is_of_codes(self) -> bool:
        """It has digits, or is a short word in capitals, and all of it is ASCII."""
        word = len(self.runs) == 1 and self.runs[0][0] == "A" and self.runs[0][1] == self.runs[0][2] <= _LONGEST_WORD
        spaced = " " in self.classes
        plain = all(name.isascii() and name.isprintable() and name != "?" for name in self.classes)
        return plain and not spaced and len(self.runs) <= _MOST_RUNS and (word or "9" in self.classes)

    @property
    def regex(self) -> str:
        """For the whole value, in the syntax that Python's `re` and RE2 share."""
        return "^" + "".join(_piece(*run) for run in self.runs) + "$"


def mask_of(profiles: Sequence[ColumnProfile]) -> Mask | None:
    """That of the commonest shapes."""
    counts: Counter[str] = Counter()
    lengths: dict[str, list[list[int]]] = {}
    for profile in profiles:
        for each in profile.patterns or ():
            runs = _runs(each.value)
            classes = "".join(name for name, _ in runs)
            counts[classes] += each.count
            lengths.setdefault(classes, []).append([length for _, length in runs])
    if not counts:
        return None
    classes = min(counts, key=lambda name: (-counts[name], name))
    of_runs = zip(*lengths[classes], strict=True)
    return Mask(tuple((name, min(found), max(found)) for name, found in zip(classes, of_runs, strict=True)))


def _runs(shape: str) -> list[tuple[str, int]]:
    return [(name, len(list(run))) for name, run in groupby(shape)]


def _piece(name: str, least: int, most: int) -> str:
    piece = _CLASSES.get(name) or (f"\\{name}" if name in _SPECIAL else name)
    if name == "a" or least != most:
        return f"{piece}+"
    return piece if least == 1 else f"{piece}{{{least}}}"


def _known(profile: ColumnProfile) -> dict[str, int] | None:
    """All its values with their counts; None where there are more than were listed."""
    values = profile.top_values
    if values is None or total(each.count for each in values) != profile.count:
        return None
    if any(len(each.value) > LONGEST_ALLOWED for each in values):
        return None
    return {each.value: each.count for each in values}


def _lengths(profiles: Sequence[ColumnProfile]) -> tuple[int, int] | None:
    """One length where all have it; else up to twice the longest, and none empty if none was."""
    if any(profile.shortest is None or profile.longest is None for profile in profiles):
        return None
    shortest, longest = min(p.shortest or 0 for p in profiles), max(p.longest or 0 for p in profiles)
    if shortest == longest:
        return (shortest, longest)
    return (min(1, shortest), -(-2 * longest // 10) * 10)
