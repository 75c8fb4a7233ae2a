"""What this package says of the same expectation on the same frame, in GX's words."""

import os
import warnings
from typing import Any

import pandas as pd

from data_management_tests.integration.differential.reference import Result, reference


def _public() -> Any:
    try:
        from data_management import validate  # type: ignore[attr-defined,unused-ignore]
    except ImportError:
        return None
    return validate


_VALIDATE = None if os.environ.get("DIFFERENTIAL_OURS") == "reference" else _public()


def ours(frame: pd.DataFrame, expectation: Any) -> Result:
    """The engine's name stands under ``engine``. Without the public function GX itself stands in for us."""
    if _VALIDATE is None:
        return reference(frame, expectation) | {"engine": "reference"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            check = _VALIDATE(frame, expectation, samples=20, gx_results=True).checks[0]
        except Exception as error:  # noqa: BLE001  any: that it raises is what is to be found out
            return {"success": None, "raised": f"{type(error).__name__}: {error}", "engine": None, "escaped": True}
    engine = str(getattr(check, "engine", None))
    if not check.gx_result:
        return {"success": None, "raised": str(getattr(check, "message", check)), "engine": engine}
    return {**check.gx_result, "engine": engine}
