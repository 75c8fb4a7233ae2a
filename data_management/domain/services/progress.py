"""How far a plan has come with its dataset: what it has not measured yet is neither good nor bad."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    AssetCounts,
    DataQualityScore,
    Rule,
    RuleScope,
    RuleTotals,
    Verdict,
)


@dataclass(frozen=True)
class Progress:
    """What a plan had before it when it assesses its dataset; without any, it has measured all that there is."""

    before: Verdict | None = None
    """The verdict of the dataset's last score; None where it has none."""
    outdated: int = 0
    """How many judged files another plan judged."""
    judges_again: bool = True
    """Whether they shall be judged by this one."""
    is_the_catalogs: bool = True
    """Whether the totals are this plan's: a run that began before the contract changed finds those of another."""
    all_was_read: bool = True
    """Whether the rules over all files together were run, as far as they can be."""

    def notes(self, rules: Sequence[Rule], totals: Sequence[RuleTotals], counts: AssetCounts) -> "ProgressNotes":
        """What is not measured yet, in words."""
        summed = {total.rule for total in totals}
        lacking: list[str] = []
        beside: list[str] = []
        if not self.is_the_catalogs:
            lacking.append("the contract changed while this was judged; a run of the new one scores next")
        if self.outdated:
            what = "wait to be judged again" if self.judges_again else "keep their verdicts"
            note = f"{self.outdated} file(s) were judged by an earlier contract and are not summed here: they {what}"
            of_files = {rule.name for rule in rules if rule.scope is RuleScope.ASSET and rule.expectations}
            (lacking if self.judges_again or not summed & of_files else beside).append(note)
        if counts.pending and not (counts.accepted or counts.quarantined or counts.rejected):
            lacking.append(f"{counts.pending} file(s) wait to be judged, and none is")
        if counts.accepted and not self.all_was_read:
            lacking += [
                f"rule {rule.name!r} looks at all files together, and has not since the contract changed: the next run does"
                for rule in rules
                if rule.scope is RuleScope.DATASET and rule.expectations and rule.name not in summed
            ]
        return ProgressNotes(lacking=tuple(lacking), beside=tuple(beside))


@dataclass(frozen=True)
class ProgressNotes:
    """What a plan is `lacking`, which makes a verdict provisional, and what stays `beside` it for good."""

    lacking: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def of_what_is_measured(score: DataQualityScore) -> DataQualityScore:
    """The score with lower bounds that say nothing of what is not measured yet: what a bound is compared with meanwhile."""
    dimensions = tuple(replace(each, lower=each.value) for each in score.dimensions)
    return replace(score, lower=score.value, dimensions=dimensions)
