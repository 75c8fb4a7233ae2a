"""How the sums of a dataset follow what becomes of its data assets."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from data_management.application.ports import UnitOfWork
from data_management.domain.models import AssetStatus, Check, DataCatalogEntry, Dataset, RuleTotals
from data_management.domain.services import DataValidationService

_PAGE = 500


def change_totals(uow: UnitOfWork, entries: Iterable[DataCatalogEntry], sign: int) -> None:
    """Add the checks of these data assets to their dataset's totals (`sign` 1) or subtract them (-1); data assets that are not judged are skipped."""
    judged = [entry for entry in entries if entry.status.is_judged]
    if not judged:
        return
    name = judged[0].asset.dataset
    plan_hash = uow.datasets.get(name).plan_hash
    checks = uow.quality.current_checks([entry.id for entry in judged], plan_hash)
    for status in (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED):
        ran = [check for e in judged if e.status is status for check in checks.get(e.id, ()) if check.was_run]
        added = [RuleTotals.of(check) for check in ran]
        if added:
            uow.quality.change_totals(name, status, [_signed(total, sign) for total in summed(added)])


def sum_anew(uow: UnitOfWork, dataset: str) -> Iterator[list[DataCatalogEntry]]:
    """Recompute a dataset's totals from its current data assets; yields each page of them once it is counted."""
    uow.quality.reset_totals(dataset)
    entries = uow.assets.current_of(dataset)
    while page := list(islice(entries, _PAGE)):
        change_totals(uow, page, sign=1)
        yield page


def replace_dataset_checks(
    uow: UnitOfWork, validation: DataValidationService, dataset: Dataset, checks: Sequence[Check]
) -> None:
    """Replace the outcomes of dataset-scope rules: each has one outcome, not a sum over files."""
    rules = dataset.dataset_rules
    replaced = {rule.name for rule in rules}
    old = [total for total in uow.quality.totals(dataset.name, AssetStatus.ACCEPTED) if total.rule in replaced]
    uow.quality.change_totals(dataset.name, AssetStatus.ACCEPTED, [_signed(total, -1) for total in old])
    rows = uow.assets.counts(dataset.name).rows
    judged = validation.assess(rules, checks, rows).checks
    uow.quality.change_totals(
        dataset.name, AssetStatus.ACCEPTED, [RuleTotals.of(check) for check in judged if check.was_run]
    )


def summed(totals: Iterable[RuleTotals]) -> tuple[RuleTotals, ...]:
    sums: dict[str, RuleTotals] = {}
    for total in totals:
        sums[total.rule] = sums[total.rule].plus(total) if total.rule in sums else total
    return tuple(sums.values())


def _signed(total: RuleTotals, sign: int) -> RuleTotals:
    return total if sign > 0 else RuleTotals(rule=total.rule).plus(total, sign)
