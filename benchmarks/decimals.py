"""Decimals in a frame: processor seconds of one expectation each, ours beside GX's pandas engine; the values must agree.

Run as a file (``benchmarks/decimals.py [ROWS]``), not by ``-m``: GX asks for the source of every frame on the stack, for each decimal, which is
slow to miss.
"""

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd

from data_management import validate
from data_management.infrastructure.quality.worker import quiet

RULES: dict[str, dict[str, Any]] = {
    "expect_column_mean_to_be_between": {"min_value": 0},
    "expect_column_sum_to_be_between": {"min_value": 0},
    "expect_column_values_to_be_between": {"min_value": 1, "max_value": 49},
}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    frame = pd.DataFrame({"x": [Decimal(number % 5000) / 100 for number in range(rows)]})
    with quiet():
        import great_expectations as gx

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    validate(frame, {"type": "expect_column_to_exist", "kwargs": {"column": "x"}})  # imports are not what is asked
    print(f"{rows:,} decimals\nexpectation | ours, CPU s | GX pandas, CPU s | times as fast")
    for kind, arguments in RULES.items():
        rule = {"type": kind, "kwargs": {"column": "x", **arguments}}
        expectation = gx.expectations.registry.get_expectation_impl(kind)(column="x", **arguments)
        our_seconds, ours = _timed(lambda rule=rule: validate(frame, rule, gx_results=True).checks[0].native_result)
        gx_seconds, theirs = _timed(lambda expectation=expectation: batch.validate(expectation).to_json_dict())
        _must_agree(kind, ours, theirs)
        print(f"{kind} | {our_seconds:.3f} | {gx_seconds:.3f} | {gx_seconds / our_seconds:.1f}")


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    with quiet():
        done = act()
    return time.process_time() - start, done


def _must_agree(kind: str, ours: Any, theirs: Any) -> None:
    for key in ("observed_value", "unexpected_count"):
        one, other = ours["result"].get(key), theirs["result"].get(key)
        if (one is None) != (other is None) or (one is not None and abs(one - other) > 1e-9 * max(1, abs(other))):
            raise SystemExit(f"{kind}: {key} is {one}, not {other}")


if __name__ == "__main__":
    main()
