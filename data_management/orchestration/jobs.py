"""The jobs that judge what has landed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.orchestration.naming import slug
from data_management.orchestration.selection import DatasetSelection
from data_management.orchestration.tags import JOB_TAGS

_NAME = "validate_datasets"


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class JudgingJobs:
    """Dagster bears one kind of partitions in a job, so that datasets of several kinds of time windows have a job each kind."""

    jobs: tuple[Any, ...]
    names: Mapping[dg.AssetKey, str]
    """The name of the job that has an asset."""


def judging_jobs(
    specs: Sequence[tuple[str, dg.AssetSpec]], executor: dg.ExecutorDefinition, prefix: str = ""
) -> JudgingJobs:
    """Over the assets of datasets, each given by the dataset's name and its spec."""
    several = len(_kinds(spec for _, spec in specs)) > 1
    groups: dict[str, dict[dg.AssetKey, str]] = {}
    for name, spec in specs:
        kind = f"_{_called(spec.partitions_def)}" if several and spec.partitions_def else ""
        groups.setdefault(f"{prefix}{_NAME}{kind}", {})[spec.key] = name
    jobs = [
        dg.define_asset_job(
            job,
            selection=DatasetSelection(datasets),
            executor_def=executor,
            tags=JOB_TAGS,
            description="Judges what has landed, dataset by dataset.",
        )
        for job, datasets in groups.items()
    ]
    return JudgingJobs(tuple(jobs), {key: job for job, datasets in groups.items() for key in datasets})


def _kinds(specs: Iterable[dg.AssetSpec]) -> set[Any]:
    return {spec.partitions_def for spec in specs if spec.partitions_def is not None}


def _called(partitions: Any) -> str:
    """``daily_2024_01_01_`` and a short hash of all that it is."""
    kind = getattr(partitions, "schedule_type", None)
    if kind is None:
        return slug(repr(partitions))
    return slug(f"{kind.value.lower()} {partitions.start:%Y-%m-%d} {partitions!r}")
