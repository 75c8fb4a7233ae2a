"""What Great Expectations itself says: one expectation on one DataFrame, by its public path and its pandas engine."""

import logging
import warnings
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

Result = dict[str, Any]

RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 20}
"""Without the most common unexpected values and where they stand, which GX takes from those in the list."""


@cache
def _batches() -> Any:
    """A context that writes nothing and sends nothing, with one asset for all frames."""
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas("reference")
    return source.add_dataframe_asset("frames").add_batch_definition_whole_dataframe("whole")


def reference(frame: pd.DataFrame, expectation: Any, result_format: Any = RESULT_FORMAT) -> Result:
    """GX's result as JSON. What GX could not compute has `exception_info`; what it raises is an outcome too."""
    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # KL divergence insists on progress bars
        warnings.simplefilter("ignore")
        try:
            # a copy: GX's mean, stdev and sum turn the Decimals of a frame into floats, in place where pandas lets it
            batch = _batches().get_batch(batch_parameters={"dataframe": frame.copy()})
            return dict(batch.validate(expectation, result_format=result_format).to_json_dict())
        except Exception as error:  # noqa: BLE001  any
            return {"success": None, "raised": f"{type(error).__name__}: {error}"}


def error_of(result: Result) -> str | None:
    """Why there is no result, in GX's words; None where there is one."""
    if result.get("raised"):
        return str(result["raised"])
    info = result.get("exception_info") or {}
    for entry in [info, *(value for value in info.values() if isinstance(value, dict))]:
        if entry.get("raised_exception"):
            return str(entry.get("exception_message"))
    return None
