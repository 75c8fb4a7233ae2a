"""Tags of our own jobs."""

from typing import Final

JOB_TAGS: Final = {"dagster/retry_on_asset_or_op_failure": "false"}
"""A run whose step failed is not started again by Dagster's run retries: what it left is asked for by the sensor. One whose
process was lost is."""
