"""Tables made by SELECTs, in the manner of dbt: one file a table, and `{{ ref('other') }}` names what it is made from."""

import re
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd

from data_management.plugin import gated_eager

_REF = re.compile(r"\{\{\s*ref\(\s*['\"](\w+)['\"]\s*\)\s*\}\}")


class SqlModels(dg.Component, dg.Model, dg.Resolvable):
    """An asset for each `*.sql` of a folder, beside the component's `defs.yaml`; DuckDB runs it over the assets that it names.

    No Jinja beyond `ref`, no incremental models: whoever needs those has dbt.
    """

    folder: str = "."
    group: str = "models"

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        return dg.Definitions(assets=[self._model(path) for path in sorted((context.path / self.folder).glob("*.sql"))])

    def _model(self, path: Path) -> dg.AssetsDefinition:
        text = path.read_text()
        refs = sorted(set(_REF.findall(text)))

        @dg.asset(
            name=path.stem,
            ins={ref: dg.AssetIn(ref) for ref in refs},
            group_name=self.group,
            kinds={"sql", "duckdb"},
            description=f"```sql\n{text}\n```",
            automation_condition=gated_eager(),
        )
        def model(**tables: pd.DataFrame) -> pd.DataFrame:
            with duckdb.connect() as database:
                for name, table in tables.items():
                    database.register(name, table)
                return database.sql(_REF.sub(r'"\1"', text)).df()

        return model
