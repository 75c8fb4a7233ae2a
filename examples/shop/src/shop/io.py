import os
from pathlib import Path

import dagster as dg
import pandas as pd

from shop.places import warehouse


class ParquetIOManager(dg.ConfigurableIOManager):
    """An asset is a Parquet file of its name, which is replaced as a whole."""

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{context.run_id}")
        obj.to_parquet(beside, index=False)
        os.replace(beside, path)  # noqa: PTH105  whoever reads meanwhile has the one before
        context.add_output_metadata({"dagster/row_count": len(obj), "path": dg.MetadataValue.path(path)})

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        return pd.read_parquet(self._path(context))

    def _path(self, context: dg.InputContext | dg.OutputContext) -> Path:
        return warehouse().joinpath(*context.asset_key.path).with_suffix(".parquet")
