"""Runs cases and counts what became of them, with the smallest case of every class of difference."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from data_management_tests.integration.differential.compare import Comparison, Verdict, compared
from data_management_tests.integration.differential.differences import accepted
from data_management_tests.integration.differential.expectations import Case, cases, strata
from data_management_tests.integration.differential.ours import ours
from data_management_tests.integration.differential.reference import reference

_LEAST = 4
"""Of cases in a group of kinds: the first that Hypothesis makes is trivial."""

Class = tuple[str, str]
"""What a difference is reported under: its name if it is accepted, else its verdict; and where or of what kind it is."""


@dataclass
class Tally:
    """Of one type of expectation."""

    name: str
    cases: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    engines: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    unlisted: Counter[Class] = field(default_factory=Counter)
    smallest: dict[Class, tuple[Case, Comparison]] = field(default_factory=dict)

    def add(self, case: Case) -> str | None:
        """Judge one case; what is wrong with it, in words, if its difference is not listed."""
        mine = ours(case.frame, case.expectation)
        comparison = compared(reference(case.frame, case.expectation), mine, case.scale)
        self.cases += 1
        self.verdicts[comparison.verdict] += 1
        self.engines[str(mine.get("engine"))] += 1
        if comparison.verdict in (Verdict.AGREED, Verdict.BOTH_ERRED):
            return None
        listed = accepted(case, comparison)
        if listed:
            self.accepted[listed.name] += 1
        kind = (listed.name if listed else str(comparison.verdict), _kind(case, comparison))
        if not listed:
            self.unlisted[kind] += 1
        known = self.smallest.get(kind)
        if known is None or _size(case) < _size(known[0]):
            self.smallest[kind] = (case, comparison)
        return None if listed else f"{case!r}\n" + "\n".join(map(str, comparison.differences))


def survey(
    name: str, examples: int, *, check: Callable[[str | None], Any] = lambda _: None, shrink: bool = False
) -> Tally:
    """Run so many cases of a type, spread over the kinds of columns; `check` sees what is wrong with each."""
    tally = TALLIES[name] = Tally(name)
    groups = strata(name, max(1, examples // _LEAST))
    for kinds in groups:
        share = -(-examples // len(groups))
        _run(
            cases(name, kinds),
            share,
            crc32(f"{name} {kinds}".encode()),
            lambda case: check(tally.add(case)),
            shrink=shrink,
        )
    return tally


def _run(made: SearchStrategy[Case], examples: int, number: int, judge: Callable[[Case], Any], *, shrink: bool) -> None:
    """`number` makes the cases the same in every run, and others than those of the next type."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(made)
    def run(case: Case) -> None:
        judge(case)

    run()


TALLIES: dict[str, Tally] = {}
"""Of the types that have run, by name."""


def _kind(case: Case, comparison: Comparison) -> str:
    place = ", ".join(comparison.where) if comparison.verdict is Verdict.DIFFERS else _cause(comparison)
    return f"{'/'.join(dict.fromkeys(case.kinds))}: {place}"


def _cause(comparison: Comparison) -> str:
    error = comparison.differences[0]
    return str(error.theirs or error.ours).partition("\n")[0][:80]


def _size(case: Case) -> tuple[int, int]:
    return len(case.frame), len(repr(case))
