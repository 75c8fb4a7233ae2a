"""Totals as the current validations sum up, beside those that are stored."""

from collections.abc import Iterable

from sqlalchemy import select

from data_management.application.views import CountsDifference, TotalsAudit, TotalsDifference
from data_management.domain.models import AssetStatus, Dataset, RuleTotals
from data_management.infrastructure.data_sources.sql.counting import counted as counted_anew
from data_management.infrastructure.data_sources.sql.counting import counts_of
from data_management.infrastructure.data_sources.sql.quality import totals_of
from data_management.infrastructure.data_sources.sql.transaction import Transaction
from data_management.infrastructure.persistence import mappers
from data_management.infrastructure.persistence.tables import data_assets, plans, validations

_PAGE = 1000
_STATUSES = tuple(status for status in AssetStatus if status.is_judged)


def audit_of(snapshot: Transaction, dataset: Dataset) -> TotalsAudit:
    dataset_id = snapshot.dataset_id(dataset.name)
    of_all = {rule.name for rule in dataset.dataset_rules}
    differences: list[TotalsDifference] = []
    unfounded: list[str] = []
    judged = 0
    for status in _STATUSES:
        counted: dict[str, RuleTotals] = {}
        for found, total in _counted(snapshot, dataset_id, dataset.plan_hash, status, unfounded):
            judged += found
            for each in total:
                counted[each.rule] = counted.get(each.rule, RuleTotals(each.rule)).plus(each)
        stored = {total.rule: total for total in totals_of(snapshot, dataset_id, (status,))}
        for rule in sorted({*counted, *stored} - of_all):
            pair = stored.get(rule, RuleTotals(rule)), counted.get(rule, RuleTotals(rule))
            if not pair[0].agrees_with(pair[1]):
                differences.append(TotalsDifference(status, *pair))
    counts = CountsDifference(counts_of(snapshot.connection, dataset_id), counted_anew(snapshot.connection, dataset_id))
    return TotalsAudit(
        dataset.name, judged, tuple(differences), tuple(unfounded), counts if counts.stored != counts.counted else None
    )


def _counted(
    snapshot: Transaction, dataset_id: int, plan_hash: str, status: AssetStatus, unfounded: list[str]
) -> Iterable[tuple[int, list[RuleTotals]]]:
    """Page by page: how many data assets, and what their checks by this plan add. Those without a validation are noted."""
    its, last = data_assets.c, 0
    columns = (its.id, its.public_id, validations.c.id.label("validation"), plans.c.hash)
    query = (
        select(*columns, validations.c.checks_layout_id, validations.c.checks)
        .select_from(data_assets)
        .outerjoin(validations, validations.c.id == its.validation_id)
        .outerjoin(plans, plans.c.id == validations.c.plan_id)
        .where(its.dataset_id == dataset_id, its.status == status.value)
        .order_by(its.id)
        .limit(_PAGE)
    )
    while rows := snapshot.connection.execute(query.where(its.id > last)).all():
        last = rows[-1].id
        unfounded += [row.public_id for row in rows if row.validation is None]
        ours = [row for row in rows if row.hash == plan_hash]
        snapshot.layouts.load(row.checks_layout_id for row in ours)
        checks = [mappers.checks_from(snapshot.layouts.get(row.checks_layout_id), row.checks) for row in ours]
        yield len(rows), [RuleTotals.of(check) for each in checks for check in each if check.was_run]
