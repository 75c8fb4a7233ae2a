"""The selection of our datasets, which looks at what stands around them when a code location is loaded."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import dagster as dg


class DatasetSelection(dg.AssetSelection):
    """The assets of datasets (key → name). An asset that takes one by value does not load, and is told how to read it.

    Dagster would find out only when that asset runs, and complain of a file of its own that is not there. It resolves the selections of
    jobs with the graph of all assets: the one place where a library sees what users built on it.
    """

    def __init__(self, datasets: Mapping[dg.AssetKey, str]) -> None:
        self._datasets = datasets

    def resolve_inner(self, asset_graph: Any, allow_missing: bool) -> AbstractSet[dg.AssetKey]:
        for asset, argument, dataset in self._taken_by_value(asset_graph.assets_defs):
            raise dg.DagsterInvalidDefinitionError(
                f"asset {asset} takes dataset {dataset!r} by value, as its argument {argument!r}, but a dataset is a set of files that "
                f"nobody loads as a whole; depend on it (deps=[...]) and read them in its body: "
                f"`with catalog.consume({dataset!r}, consumer={asset!r}) as files:`"
            )
        return dg.AssetSelection.assets(*self._datasets).resolve_inner(asset_graph, allow_missing)

    def to_serializable_asset_selection(self, asset_graph: Any) -> dg.AssetSelection:
        return dg.AssetSelection.assets(*self._datasets).to_serializable_asset_selection(asset_graph)

    def _taken_by_value(self, assets: list[dg.AssetsDefinition]) -> Iterator[tuple[str, str, str]]:
        """Asset, argument and dataset; an argument with an input manager of its own is its owner's."""
        for each in assets:
            if not each.is_executable:
                continue
            inputs = each.node_def.input_dict
            for argument, key in each.keys_by_input_name.items():
                its = inputs.get(argument)
                if key in self._datasets and its and not its.dagster_type.is_nothing and not its.input_manager_key:
                    yield min(key.to_user_string() for key in each.keys), argument, self._datasets[key]
