"""Handlers of commands and queries about quality."""

from data_management.application import commands as c
from data_management.application import queries as q
from data_management.application.handlers.context import CommandContext
from data_management.application.handlers.data_assets import (
    must_hold,
    record_arrivals,
    record_removals,
    register_data_asset,
    reject_data_asset,
)
from data_management.application.handlers.paging import checked_limit
from data_management.application.handlers.signatures import CommandHandlers, QueryHandlers
from data_management.application.handlers.totals import change_totals, replace_dataset_checks, summed
from data_management.application.ports import CatalogReader, QualityReader, UnitOfWork
from data_management.application.views import (
    AssetPage,
    AssetView,
    DatasetView,
    FailingPage,
    Pending,
    PlanView,
    ScorePage,
    ScorePoint,
    ValidationPage,
)
from data_management.domain.events import DatasetQualityUpdated
from data_management.domain.models import AssetStatus, DataCatalogEntry, DatasetScore, Plan, Validation
from data_management.domain.services import Progress
from data_management.errors import NotFound


def update_data_quality(
    command: c.UpdateDataQualityCommand, uow: UnitOfWork, context: CommandContext
) -> DataCatalogEntry:
    entry, dataset = uow.assets.get(command.asset_id), command.dataset
    must_hold(uow, entry, command.holder)
    rows = entry.row_count or 0
    assessment = context.validation.assess(dataset.asset_rules, command.checks, rows, dataset.policy)
    if entry.status.is_judged:
        change_totals(uow, [entry], sign=-1)
    uow.datasets.keep_plan(dataset.name, Plan.of(dataset))
    saved = uow.assets.save(entry.scored(assessment.score, assessment.verdict, "; ".join(assessment.reasons) or None))
    uow.quality.add(
        Validation(
            asset_id=saved.id,
            dataset=dataset.name,
            plan_hash=dataset.plan_hash,
            contract_version=dataset.contract_version,
            request_key=command.request_key,
            at=context.clock(),
            row_count=rows,
            score=assessment.score,
            verdict=assessment.verdict,
            checks=assessment.checks,
        )
    )
    uow.arrivals.complete([saved.id])
    change_totals(uow, [saved], sign=1)
    return saved


def judge_data_asset(command: c.JudgeDataAssetCommand, uow: UnitOfWork, context: CommandContext) -> DataCatalogEntry:
    asset_id, read, holder = command.asset_id, command.read, command.holder
    if isinstance(read, str):
        return reject_data_asset(c.RejectDataAssetCommand(asset_id, read, holder), uow, context)
    register_data_asset(c.RegisterDataAssetCommand(asset_id, read, holder), uow, context)
    update = c.UpdateDataQualityCommand(asset_id, command.dataset, read.checks, command.request_key, holder)
    return update_data_quality(update, uow, context)


def score_dataset(command: c.ScoreDatasetCommand, uow: UnitOfWork, context: CommandContext) -> c.DatasetAssessed:
    dataset = command.dataset
    is_the_catalogs = uow.datasets.get(dataset.name).plan_hash == dataset.plan_hash
    if command.checks is not None and is_the_catalogs:
        replace_dataset_checks(uow, context.validation, dataset, command.checks)
    accepted = uow.quality.totals(dataset.name, AssetStatus.ACCEPTED)
    counts = uow.assets.counts(dataset.name)
    before = uow.quality.latest_score(dataset.name)
    progress = Progress(
        before=before.verdict if before else None,
        outdated=uow.quality.count_outdated(dataset.name, dataset.plan_hash),
        judges_again=dataset.judges_again and not command.is_attached,
        is_the_catalogs=is_the_catalogs,
        all_was_read=command.checks is not None or command.is_attached,
    )
    assessment = context.validation.assess_dataset(dataset.rules, accepted, counts, dataset.policy, progress)
    plan_changed = before is not None and before.plan_hash != dataset.plan_hash
    uow.datasets.keep_plan(dataset.name, Plan.of(dataset))
    score = DatasetScore(
        dataset=dataset.name,
        plan_hash=dataset.plan_hash,
        contract_version=dataset.contract_version,
        request_key=command.request_key,
        at=context.clock(),
        score=assessment.score,
        verdict=assessment.verdict,
        reasons=assessment.reasons,
        counts=counts,
    )
    turn = score.turned_from(before)
    event = DatasetQualityUpdated(
        aggregate_id=dataset.name,
        verdict=assessment.verdict,
        value=assessment.score.value,
        lower=assessment.score.lower,
        previous=before.score.value if before else None,
        accepted=counts.accepted,
        quarantined=counts.quarantined,
        rejected=counts.rejected,
        plan_changed=plan_changed,
        previous_verdict=before.verdict if before else None,
        reasons=turn.reasons if turn else (),
        gained=turn.gained if turn else {},
    )
    uow.quality.add_score(score, [event])
    quarantined = uow.quality.totals(dataset.name, AssetStatus.QUARANTINED)
    return c.DatasetAssessed(score=score, totals=summed([*accepted, *quarantined]), plan_changed=plan_changed)


def judge_version(command: c.JudgeVersionCommand, uow: UnitOfWork, context: CommandContext) -> c.VersionJudged:
    dataset, location = command.dataset, command.found.location
    arrivals = c.RecordArrivalsCommand(dataset.name, (command.found,), pending=False)
    if record_arrivals(arrivals, uow, context).new:
        record_removals(c.RecordRemovalsCommand(dataset.name, command.ends), uow, context)
    asset_id = uow.assets.current_at(dataset.name, [location])[location].id
    entry = judge_data_asset(
        c.JudgeDataAssetCommand(asset_id, dataset, command.read, command.request_key), uow, context
    )
    score = c.ScoreDatasetCommand(dataset, command.request_key, is_attached=True)
    return c.VersionJudged(entry, score_dataset(score, uow, context))


def get_pending(query: q.GetPendingQuery, reader: QualityReader) -> Pending:
    return reader.pending(query.dataset, query.plan_hash, query.at)


def get_quality_history(query: q.GetQualityHistoryQuery, reader: QualityReader) -> ScorePage:
    return reader.scores(query.dataset, query.after, checked_limit(query.limit))


def get_score_at(query: q.GetScoreAtQuery, reader: QualityReader) -> ScorePoint:
    return reader.score_at(query.dataset, query.at)


def list_validations(query: q.ListValidationsQuery, reader: QualityReader) -> ValidationPage:
    return reader.validations(query.asset_id, query.after, checked_limit(query.limit))


def list_failing_assets(query: q.ListFailingAssetsQuery, reader: CatalogReader) -> FailingPage:
    page = reader.failing(query.dataset, query.rule, query.after, checked_limit(query.limit))
    if not page.found and query.after is None and query.rule not in _rules_of(reader.dataset(query.dataset)):
        raise NotFound(
            f"dataset {query.dataset!r} has no rule {query.rule!r}; `data-management datasets show` lists those that it has"
        )
    return page


def list_judged_longest_ago(query: q.ListJudgedLongestAgoQuery, reader: QualityReader) -> list[AssetView]:
    return reader.judged_longest_ago(query.dataset, query.limit, query.plan_hash)


def list_outdated_assets(query: q.ListOutdatedAssetsQuery, reader: QualityReader) -> AssetPage:
    return reader.outdated_assets(query.dataset, query.plan_hash, query.after, query.limit)


def list_plans(query: q.ListPlansQuery, reader: QualityReader) -> list[PlanView]:
    return reader.plans(query.dataset)


def _rules_of(dataset: DatasetView) -> set[str]:
    return {rule.name for rule in dataset.rules} | {total.rule for total in dataset.totals}


COMMAND_HANDLERS: CommandHandlers = {
    c.UpdateDataQualityCommand: update_data_quality,
    c.JudgeDataAssetCommand: judge_data_asset,
    c.ScoreDatasetCommand: score_dataset,
    c.JudgeVersionCommand: judge_version,
}

QUERY_HANDLERS: QueryHandlers = {
    q.ListJudgedLongestAgoQuery: list_judged_longest_ago,
    q.ListOutdatedAssetsQuery: list_outdated_assets,
    q.ListPlansQuery: list_plans,
    q.GetPendingQuery: get_pending,
    q.GetQualityHistoryQuery: get_quality_history,
    q.GetScoreAtQuery: get_score_at,
    q.ListValidationsQuery: list_validations,
    q.ListFailingAssetsQuery: list_failing_assets,
}
