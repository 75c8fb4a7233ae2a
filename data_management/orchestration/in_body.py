"""Judging a frame inside an asset's own function, before anybody sees it."""

from typing import Any

import dagster as dg
import structlog

from data_management.application.services import Application, Judgement, OnFailure, judge_frame
from data_management.errors import DataManagementError, InvalidInput, Rejected
from data_management.orchestration.attached import AttachedAsset
from data_management.orchestration.datasets import escape
from data_management.orchestration.described import columns_metadata
from data_management.orchestration.profiles import profile_table
from data_management.orchestration.results import reasons_table
from data_management.orchestration.versions import VERSION, held_version

PREFIX = "quality/"
"""Of the metadata that is added: the asset has metadata of its own."""


def validate(
    context: dg.AssetExecutionContext,
    app: Application,
    frame: object,
    asset: AttachedAsset,
    *,
    on_fail: OnFailure = "stop",
    data_version: str | None = None,
) -> Judgement:
    """Judge `frame`, tell the materialization what came of it, or stop it by a `Failure` that is not tried again."""
    dataset = asset.dataset
    if dataset is None:
        raise dg.Failure(description=f"The data contract is broken:\n{asset.contract.broken}", allow_retries=False)
    partition = _partition(context)
    version = held_version(asset.key, partition, data_version or context.run.run_id)
    with structlog.contextvars.bound_contextvars(dataset=dataset.name, run_id=context.run.run_id):
        try:
            judgement = judge_frame(
                app, dataset, version, frame, context.run.run_id, before_publishing=True, on_fail=on_fail
            )
        except DataManagementError as error:
            lasts = isinstance(error, InvalidInput | Rejected)
            raise dg.Failure(description=str(error), allow_retries=not lasts) from error
    metadata = judged_metadata(judgement, partition)
    deps = (dep.asset_key for dep in asset.spec.deps)
    if judgement.stopped:
        raise dg.Failure(
            description=f"{asset.key.to_user_string()} was not published: {'; '.join(judgement.reasons[:10])}",
            metadata=metadata,
            allow_retries=False,
        )
    context.add_asset_metadata(
        {**metadata, **columns_metadata(dataset, asset.key, deps), VERSION: version.token.value}, asset_key=asset.key
    )
    return judgement


def judged_metadata(judgement: Judgement, partition: str | None = None) -> dict[str, Any]:
    """Figures that the UI plots, and tables of why and of what was seen."""
    metadata: dict[str, Any] = {f"{PREFIX}verdict": judgement.verdict.value}
    if judgement.assessed is not None:
        score = judgement.assessed.score
        figures = {
            "score": score.value,
            "score_lower": score.lower,
            "coverage": score.coverage,
            **score.dimension_values(),
        }
        metadata |= {f"{PREFIX}{name}": value for name, value in figures.items() if value is not None}
        rows = "dagster/row_count" if partition is None else "dagster/partition_row_count"
        metadata[rows] = judgement.assessed.counts.rows
    if judgement.reasons:
        metadata[f"{PREFIX}because"] = dg.MetadataValue.md(reasons_table(judgement.reasons))
    if judgement.schema_changes:
        changes = "\n".join(f"- {escape(change)}" for change in judgement.schema_changes)
        metadata[f"{PREFIX}schema_changes"] = dg.MetadataValue.md(changes)
    if judgement.profile:
        metadata[f"{PREFIX}profile"] = dg.MetadataValue.md(profile_table(judgement.profile, judgement.classifications))
    return metadata


def _partition(context: dg.AssetExecutionContext) -> str | None:
    """A run over several partitions at once judges them as one."""
    if context.has_partition_key:
        return str(context.partition_key)
    if context.has_partition_key_range:
        between = context.partition_key_range
        return f"{between.start}...{between.end}"
    return None
