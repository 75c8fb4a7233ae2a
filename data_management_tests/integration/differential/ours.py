"""What this package says of the same expectation on the same frame, in GX's words."""

import os
import warnings
from typing import Any

import pandas as pd

from data_management import validate
from data_management_tests.integration.differential.reference import Result, reference

_STANDS_IN = os.environ.get("DIFFERENTIAL_OURS") == "reference"


def ours(frame: pd.DataFrame, expectation: Any) -> Result:
    """The engine's name stands under ``engine``. With ``DIFFERENTIAL_OURS=reference`` GX itself stands in for us."""
    if _STANDS_IN:
        return reference(frame, expectation) | {"engine": "reference"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            check = validate(frame, expectation, samples=20, gx_results=True, threads=1).checks[0]
        except Exception as error:  # noqa: BLE001  any: that it raises is what is to be found out
            return {"success": None, "raised": f"{type(error).__name__}: {error}", "engine": None, "escaped": True}
    if check.native_result is None:
        return {"success": None, "raised": check.error or "no result", "engine": check.engine}
    return {**check.native_result, "engine": check.engine}
