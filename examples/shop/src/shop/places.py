"""Where this project keeps things."""

import os
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SOURCES = PROJECT / "sources"
CONTRACTS = PROJECT / "contracts"


def warehouse() -> Path:
    """The folder of all Parquet files; that of `SHOP_WAREHOUSE`, if set."""
    return Path(os.environ.get("SHOP_WAREHOUSE", PROJECT / "warehouse"))
