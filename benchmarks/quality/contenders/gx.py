"""Great Expectations on pandas: the file read into a frame, the suite validated over it."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.quality.contenders.gx_suite import suite_of
from benchmarks.quality.rules import COLUMNS, Answer, Answers, Rule


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    warnings.simplefilter("ignore")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    definition = context.data_sources.add_pandas("lineitem").add_dataframe_asset("lineitem")
    batches = definition.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(gx.ExpectationSuite(**suite_of(rules)))

    def validate(path: Path) -> Answers:
        batch = batches.get_batch({"dataframe": read(path, data_format)})
        result = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 20})
        return {one.expectation_config.meta["rule"]: _answer(one) for one in result.results}

    return validate


def read(path: Path, data_format: str) -> Any:
    """With pandas' own types: GX takes twice as long over pyarrow's."""
    import pandas as pd

    if data_format != "csv":
        return pd.read_parquet(path)
    return pd.read_csv(path, engine="pyarrow", parse_dates=[name for name, kind in COLUMNS.items() if kind == "DATE"])


def _answer(result: Any) -> Answer:
    return Answer(success=result.success, failed=result.result.get("unexpected_count"))
