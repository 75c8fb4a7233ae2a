"""Our results against those of Great Expectations' own pandas engine, on tables and expectations made by Hypothesis."""

import os
import warnings

os.environ["GX_ANALYTICS_ENABLED"] = "false"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what GX imports
    import great_expectations.expectations.core  # noqa: F401  registers the expectations
