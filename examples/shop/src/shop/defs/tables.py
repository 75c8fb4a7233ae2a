"""What this project had before: two tables, made with pandas and kept by its own IO manager."""

import dagster as dg
import pandas as pd

from data_management.plugin import catalog, contract_checks, gated_eager, with_contract
from shop.io import ParquetIOManager
from shop.places import CONTRACTS, SOURCES, warehouse

CUSTOMERS = CONTRACTS / "tables" / "customers.odcs.yaml"


@dg.asset(group_name="tables")
def customers() -> pd.DataFrame:
    return pd.read_csv(SOURCES / "customers.csv")


@dg.asset(
    deps=[dg.AssetKey(["raw", "orders"])],
    group_name="tables",
    kinds={"pandas", "parquet"},
    automation_condition=gated_eager(),
)
def orders() -> pd.DataFrame:
    """All orders of the files that were accepted.

    A file is a part of its own, under its id: one that is given twice, since a run was killed, is written twice to the same place.
    """
    catalog.require("orders", min_score=90)
    parts = warehouse() / "orders_parts"
    parts.mkdir(parents=True, exist_ok=True)
    with catalog.consume("orders", consumer="shop/orders") as files:
        for file in files.withdrawn:
            (parts / f"{file.id}.parquet").unlink(missing_ok=True)
        for file in files:
            pd.read_csv(file.path, parse_dates=["ordered_at"]).to_parquet(parts / f"{file.id}.parquet")
    tables = [pd.read_parquet(part) for part in sorted(parts.glob("*.parquet"))]
    return pd.concat(tables).sort_values("id")


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=[with_contract(customers, CUSTOMERS), orders],
        asset_checks=[contract_checks(customers, CUSTOMERS)],
        resources={"io_manager": ParquetIOManager()},
    )
