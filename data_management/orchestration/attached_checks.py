"""Checks of somebody else's asset by its contract: they judge what the asset holds, whoever wrote it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import dagster as dg
import structlog

from data_management.application.services import (
    Application,
    FileOutcome,
    Judgement,
    judge_file,
    judge_frame,
    judge_table,
    summed,
)
from data_management.domain.models import AssetCounts, AssetStatus, DataLocation, Dataset
from data_management.domain.services import DatasetAssessment
from data_management.errors import DataManagementError, Rejected
from data_management.orchestration.assets import OpOptions
from data_management.orchestration.attached import AttachedAsset
from data_management.orchestration.datasets import DATASET_TAG, one_line
from data_management.orchestration.naming import VERDICT, joined, slug
from data_management.orchestration.resource import CatalogResource
from data_management.orchestration.results import (
    Granularity,
    check_results,
    check_specs,
    error_results,
    granularity,
    of_selected,
    schema_result,
)
from data_management.orchestration.versions import Published, latest_partition, published

_TABLES = ("postgresql", "postgres")


def contract_checks(
    asset: AttachedAsset,
    catalog: CatalogResource,
    *,
    source: str | dg.EnvVar | None = None,
    value_type: type | None = None,
    checks: Granularity | None = None,
    options: OpOptions = OpOptions(),
) -> dg.AssetChecksDefinition:
    """A blocking verdict, and what stands beside it for datasets too.

    `source` unset: the asset's value, through its IO manager (as a `value_type`, where that asks for one). With ``://`` in it:
    the table or file at that URI. Else: the name of the metadata of the last materialization that holds such a URI.
    """
    dataset = asset.dataset
    if dataset is None:
        return _broken_checks(asset, options)
    how = granularity(dataset, checks)
    read = _reader(source, value_type)

    @dg.multi_asset_check(
        name=_op_name(asset),
        specs=check_specs(dataset, asset, how),
        can_subset=True,
        op_tags={DATASET_TAG: slug(dataset.name), **(options.op_tags or {})},
        pool=options.pool,
        retry_policy=options.retry_policy,
    )
    def check_contract(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with structlog.contextvars.bound_contextvars(dataset=dataset.name, run_id=context.run.run_id):
            try:
                app = catalog.open_application()
                try:
                    judgements = [read(context, app, dataset, each) for each in _what_is_published(context, asset)]
                finally:
                    app.close()
            except DataManagementError as error:
                yield from of_selected(context, error_results(dataset, asset, how, error))
                raise dg.Failure(description=str(error), allow_retries=True) from error
        yield from of_selected(context, _results(asset, dataset, how, judgements))

    return check_contract


Read = Callable[[dg.AssetCheckExecutionContext, Application, Dataset, Published], Judgement]


def _reader(source: str | None, value_type: type | None) -> Read:
    """How what is published is read and judged."""

    def value(context: dg.AssetCheckExecutionContext, app: Application, dataset: Dataset, what: Published) -> Judgement:
        loaded = _loaded(context, what, value_type)
        return judge_frame(app, dataset, what.held(), loaded, context.run.run_id)

    def located(
        context: dg.AssetCheckExecutionContext, app: Application, dataset: Dataset, what: Published
    ) -> Judgement:
        given = _resolved(source or "")
        uri = given if "://" in given else what.uri(given)
        if uri.partition("://")[0].lower() in _TABLES:
            return judge_table(app, dataset, what.held(), uri, context.run.run_id)
        location = DataLocation.parse(uri) if "://" in uri else DataLocation.from_path(uri)
        return judge_file(app, dataset, what.held(), location, context.run.run_id)

    return value if source is None else located


def _resolved(source: str) -> str:
    """A variable of the environment is looked up in the run, so that no definition holds a password."""
    if isinstance(source, dg.EnvVar):
        return source.get_value() or ""
    return source


def _loaded(context: dg.AssetCheckExecutionContext, what: Published, value_type: type | None) -> object:
    """Through the IO manager. Dagster's own way, an input, would load all partitions, those that were never made too."""
    wanted = value_type or _annotated(context, what.key)
    try:
        return context.op_execution_context.load_asset_value(what.key, python_type=wanted, partition_key=what.partition)
    except Exception as error:  # whatever an IO manager raises
        raise Rejected(
            f"asset {what.key.to_user_string()!r} cannot be loaded by its IO manager ({type(error).__name__}: {one_line(str(error))[:300]}); "
            "materialize it first, or say by source= where its data is"
        ) from error


def _annotated(context: dg.AssetCheckExecutionContext, key: dg.AssetKey) -> type | None:
    """The type that the asset's function says that it returns: IO managers choose by it how to load."""
    definition = context.job_def.asset_layer.get(key).assets_def
    if not definition.is_executable:
        return None
    output = definition.get_output_name_for_asset_key(key)
    found = definition.node_def.output_def_named(output).dagster_type.typing_type
    return found if isinstance(found, type) and found is not type(None) else None


def _what_is_published(context: dg.AssetCheckExecutionContext, asset: AttachedAsset) -> list[Published]:
    """Of a partitioned asset: the partitions of this run, else the one that was materialized last."""
    instance, run_id = context.instance, context.run.run_id
    if not asset.is_partitioned:
        return [published(instance, asset.key, None, run_id)]
    if context.has_partition_key:
        return [published(instance, asset.key, context.partition_key, run_id)]
    if context.has_partition_key_range:
        return [published(instance, asset.key, partition, run_id) for partition in context.partition_keys]
    partition = latest_partition(instance, asset.key)
    if partition is None:
        raise Rejected(
            f"no partition of asset {asset.key.to_user_string()!r} was ever materialized; materialize one, then check it"
        )
    return [published(instance, asset.key, partition, run_id)]


def _results(
    asset: AttachedAsset, dataset: Dataset, how: Granularity, judgements: Sequence[Judgement]
) -> Iterator[dg.AssetCheckResult]:
    unreadable = [judgement for judgement in judgements if judgement.assessed is None]
    assessed = [judgement.assessed for judgement in judgements if judgement.assessed is not None]
    broken = Rejected("; ".join(reason for each in unreadable for reason in each.reasons))
    if not assessed:
        yield from error_results(dataset, asset, how, broken)
        return
    if unreadable:
        yield next(error_results(dataset, asset, how, broken))
    for result in check_results(dataset, asset, how, _together(assessed)):
        if result.check_name != VERDICT or not unreadable:
            yield result
    yield schema_result(asset, [_outcome(judgement) for judgement in judgements])


def _together(assessed: Sequence[DatasetAssessment]) -> DatasetAssessment:
    """Several partitions as one: the worst verdict and its score, and the sums of all."""
    worst = max(assessed, key=lambda each: each.verdict.rank)
    counts = [each.counts for each in assessed]
    return replace(
        worst,
        reasons=tuple(dict.fromkeys(reason for each in assessed for reason in each.reasons)),
        counts=AssetCounts(
            accepted=sum(each.accepted for each in counts),
            quarantined=sum(each.quarantined for each in counts),
            rows=sum(each.rows for each in counts),
        ),
        totals=summed(total for each in assessed for total in each.totals),
    )


def _outcome(judgement: Judgement) -> FileOutcome:
    entry = judgement.entry
    return FileOutcome(
        location=entry.asset.location.uri,
        name=entry.asset.location.name,
        status=entry.status,
        reason=entry.asset.reason,
        row_count=entry.row_count,
        schema_changes=judgement.schema_changes if entry.status is not AssetStatus.REJECTED else (),
        breaks_readers=entry.has_breaking_changes,
    )


def _broken_checks(asset: AttachedAsset, options: OpOptions) -> dg.AssetChecksDefinition:
    """A verdict that says what is wrong with the contract, and holds back what is downstream."""
    spec = dg.AssetCheckSpec(
        VERDICT, asset=asset.key, blocking=True, description="The data contract is broken: nothing can be judged."
    )

    @dg.multi_asset_check(name=_op_name(asset), specs=[spec], op_tags=options.op_tags, pool=options.pool)
    def broken_contract(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:  # noqa: ARG001
        yield dg.AssetCheckResult(
            check_name=VERDICT,
            asset_key=asset.key,
            passed=False,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"The data contract is broken:\n{asset.contract.broken}",
        )

    return broken_contract


def _op_name(asset: AttachedAsset) -> str:
    return f"check_{joined(asset.key.path)}"
