"""Contracts for assets that somebody already has: what their pages show."""

from collections.abc import Iterable
from typing import Any, TypeVar, overload

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.application.ports import ContractProblem
from data_management.application.services import attached
from data_management.domain.models import Dataset
from data_management.errors import InvalidInput
from data_management.orchestration.datasets import escape
from data_management.orchestration.described import dagster_owners, described_metadata, storage_kinds
from data_management.orchestration.freshness import freshness_policy
from data_management.orchestration.naming import slug

Asset = TypeVar("Asset", dg.AssetsDefinition, dg.AssetSpec)

_REFERENCES = "dagster/code_references"
_MOST_KINDS = 10
"""Dagster's own."""


@dataclass(frozen=True)
class Contract:
    """A dataset of a contract, or the `problems` that keep it from being used."""

    name: str
    dataset: Dataset | None = None
    problems: tuple[ContractProblem, ...] = ()

    @property
    def broken(self) -> str:
        """What is wrong, for people; empty where nothing is."""
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class AttachedAsset:
    """An asset of somebody else's with its contract."""

    spec: dg.AssetSpec
    contract: Contract

    @property
    def key(self) -> dg.AssetKey:
        return self.spec.key

    @property
    def is_partitioned(self) -> bool:
        return self.spec.partitions_def is not None

    @property
    def dataset(self) -> Dataset | None:
        found = self.contract.dataset
        return None if found is None else attached(found, partitioned=self.is_partitioned)


@overload
def with_contract(
    asset: dg.AssetsDefinition, contract: Contract, key: dg.AssetKey | None = None
) -> dg.AssetsDefinition: ...


@overload
def with_contract(asset: dg.AssetSpec, contract: Contract, key: dg.AssetKey | None = None) -> dg.AssetSpec: ...


def with_contract(
    asset: dg.AssetsDefinition | dg.AssetSpec, contract: Contract, key: dg.AssetKey | None = None
) -> dg.AssetsDefinition | dg.AssetSpec:
    """The asset with what its contract says: what the asset says itself stays, and the contract adds to it."""
    ours = spec_of(asset, key).key
    if isinstance(asset, dg.AssetSpec):
        return _described(AttachedAsset(asset, contract))
    return asset.map_asset_specs(lambda spec: _described(AttachedAsset(spec, contract)) if spec.key == ours else spec)


def spec_of(asset: dg.AssetsDefinition | dg.AssetSpec, key: dg.AssetKey | None = None) -> dg.AssetSpec:
    """The spec of the one asset, or of that of `key`; `InvalidInput` where there is none, or a choice is left."""
    specs = [asset] if isinstance(asset, dg.AssetSpec) else list(asset.specs)
    if key is None and len(specs) == 1:
        return specs[0]
    found = next((spec for spec in specs if spec.key == key), None)
    if found is None:
        there = _named(spec.key for spec in specs)
        asked = "which one has the contract is not said" if key is None else f"{key.to_user_string()} is none of them"
        raise InvalidInput(f"the definition makes the assets {there}, and {asked}; give key=")
    return found


def _described(asset: AttachedAsset) -> dg.AssetSpec:
    spec, dataset = asset.spec, asset.dataset
    if dataset is None:
        return _broken(spec, asset.contract)
    owners, others = dagster_owners(dataset)
    said: dict[str, Any] = {
        "data_management/dataset": dataset.name,
        "data_management/contract": f"{dataset.contract_id} {dataset.contract_version}",
        "data_management/rules": len(dataset.rules),
        **described_metadata(dataset, spec.key, (dep.asset_key for dep in spec.deps)),
        **({"data_management/owners": ", ".join(others)} if others else {}),
    }
    kinds = sorted(storage_kinds(dataset) - spec.kinds)[: _MOST_KINDS - len(spec.kinds)]
    return spec.replace_attributes(
        description=_together(spec.description, dataset.description),
        freshness_policy=spec.freshness_policy or freshness_policy(dataset.service_levels),
        metadata={**said, **spec.metadata, **_references(spec, said)},
    ).merge_attributes(
        owners=[owner for owner in owners if owner not in spec.owners],
        tags={slug(tag): "" for tag in dataset.tags if slug(tag) not in spec.tags},
        kinds=set(kinds),
    )


def _broken(spec: dg.AssetSpec, contract: Contract) -> dg.AssetSpec:
    listed = "\n".join(f"- {escape(str(problem))}" for problem in contract.problems)
    broken = f"The data contract of {escape(contract.name)} is broken, so nothing is validated:\n\n{listed}"
    return spec.replace_attributes(description=_together(spec.description, broken)).merge_attributes(
        metadata={"data_management/dataset": contract.name, "data_management/problems": len(contract.problems)}
    )


def _together(own: str | None, contract: str) -> str | None:
    if not own or not contract or own.strip() == contract:
        return own or contract or None
    return f"{own}\n\n{contract}"


def _references(spec: dg.AssetSpec, said: dict[str, Any]) -> dict[str, Any]:
    """The asset's own code, then the contract."""
    own, ours = spec.metadata.get(_REFERENCES), said.get(_REFERENCES)
    if not isinstance(own, dg.CodeReferencesMetadataValue) or not isinstance(ours, dg.CodeReferencesMetadataValue):
        return {}
    return {_REFERENCES: own.model_copy(update={"code_references": [*own.code_references, *ours.code_references]})}


def _named(keys: Iterable[dg.AssetKey]) -> str:
    return ", ".join(sorted(key.to_user_string() for key in keys))
