"""A data contract for assets that a project already has: a pandas one that is checked, a Polars one that is stopped when it is bad.

dagster dev -f examples/attached/definitions.py
"""

import os
from datetime import date
from pathlib import Path

import dagster as dg
import pandas as pd
import polars as pl

from data_management.plugin import contract_checks, quality_alert_sensor, validate, with_contract

HERE = Path(__file__).parent
CONTRACT = HERE / "sales.odcs.yaml"


@dg.asset
def orders() -> pd.DataFrame:
    """Orders, as the shop exports them."""
    return pd.read_csv(os.environ.get("SHOP_EXPORT", HERE / "orders.csv"))


@dg.asset
def revenue(context: dg.AssetExecutionContext, orders: pd.DataFrame) -> pl.DataFrame:
    frame = pl.DataFrame({"day": [date(2026, 1, 1)], "total": [float(orders["amount"].sum())]})
    validate(context, frame, CONTRACT, dataset="revenue")  # a bad frame ends here, and the one before stays published
    return frame


defs = dg.Definitions(
    assets=[
        with_contract(orders, CONTRACT, dataset="orders"),
        with_contract(revenue, CONTRACT, dataset="revenue"),
    ],
    asset_checks=[contract_checks(orders, CONTRACT, dataset="orders")],  # revenue waits for their verdict
    sensors=[quality_alert_sensor(dg.EnvVar("SLACK_WEBHOOK"), minimum_severity="fail")],
)
