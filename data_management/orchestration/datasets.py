"""How a dataset looks in Dagster: its keys, its specs, what stands on its page."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.application.ports import ContractProblem
from data_management.domain.models import Dataset
from data_management.orchestration.described import dagster_owners, described_metadata
from data_management.orchestration.freshness import freshness_policy
from data_management.orchestration.naming import joined, slug
from data_management.orchestration.partitions import partitions_of

DATASET_TAG = "data_management/dataset"
_KINDS = {"csv": "csv", "parquet": "parquet", "jsonl": "json"}
_MARKUP = frozenset("&<>|`[]*_~\\")


@dataclass(frozen=True)
class DatasetNames:
    """The Dagster names of one dataset."""

    dataset: str
    prefix: tuple[str, ...] = ()
    translated: tuple[str, ...] | None = None
    """The path of its asset key where a translation gave it another one."""
    has_landing: bool = True
    """Whether what landed is an asset of ours, upstream of it."""

    @cached_property
    def slug(self) -> str:
        return slug(self.dataset)

    @cached_property
    def key(self) -> dg.AssetKey:
        return dg.AssetKey(self.translated or [*self.prefix, self.slug])

    @property
    def landing_key(self) -> dg.AssetKey:
        return dg.AssetKey([*self.prefix, "landing", self.slug])

    @property
    def op_name(self) -> str:
        return f"validate_{joined(self.key.path)}"


def landing_spec(dataset: Dataset, names: DatasetNames) -> dg.AssetSpec:
    """The external asset: what lands, which nobody here makes. The sensor reports its materializations."""
    metadata: dict[str, Any] = {"data_management/dataset": dataset.name}
    if dataset.landing is not None:
        metadata["dagster/uri"] = dataset.landing.uri
    return dg.AssetSpec(
        names.landing_key,
        description=f"Files that land for dataset {dataset.name}.",
        kinds={"s3" if dataset.landing and dataset.landing.store else "file"},
        group_name=_group(dataset),
        metadata=metadata,
    )


def dataset_spec(dataset: Dataset, names: DatasetNames) -> dg.AssetSpec:
    """The dataset's asset; skipped where a run finds nothing new."""
    owners, others = dagster_owners(dataset)
    file_format = dataset.landing.options.format if dataset.landing else None
    window = dataset.landing.time_window if dataset.landing else None
    metadata: dict[str, Any] = {
        "data_management/dataset": dataset.name,
        "data_management/contract": f"{dataset.contract_id} {dataset.contract_version}",
        "data_management/rules": len(dataset.rules),
        **described_metadata(dataset, names.key),
    }
    if dataset.landing is not None:
        metadata["dagster/uri"] = dataset.landing.uri
    if others:
        metadata["data_management/owners"] = ", ".join(others)
    return dg.AssetSpec(
        names.key,
        deps=[names.landing_key],
        description=dataset.description or f"Dataset {dataset.name} of contract {dataset.contract_id}.",
        kinds={"greatexpectations", *([_KINDS[file_format.value]] if file_format else [])},
        owners=owners,
        tags={slug(tag): "" for tag in dataset.tags},
        group_name=_group(dataset),
        metadata=metadata,
        code_version=dataset.plan_hash[:16],
        freshness_policy=freshness_policy(dataset.service_levels),
        partitions_def=partitions_of(window) if window else None,
        skippable=True,
    )


def broken_spec(name: str, names: DatasetNames, problems: Sequence[ContractProblem]) -> dg.AssetSpec:
    """The asset of a dataset whose contract cannot be used: it says why."""
    listed = "\n".join(f"- {escape(str(problem))}" for problem in problems)
    return dg.AssetSpec(
        names.key,
        description=f"The data contract of {escape(name)} is broken, so nothing is validated:\n\n{listed}",
        kinds={"greatexpectations"},
        group_name="broken_contracts",
        metadata={"data_management/dataset": name, "data_management/problems": len(problems)},
        skippable=True,
    )


def one_line(text: str) -> str:
    """Text that comes from files, made harmless in logs: control characters show as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def escape(text: str) -> str:
    """Text that comes from files, made harmless in markdown and HTML."""
    return "".join(f"&#{ord(c)};" if c in _MARKUP else c for c in one_line(text))


def _group(dataset: Dataset) -> str:
    return slug(dataset.domain) if dataset.domain else "datasets"
