"""Ten days of the shop, so that its pictures have something to show: `python docs/images/history.py FOLDER` copies `examples/shop` there.

Then, in the folder: `DAGSTER_HOME=$PWD/.dagster_home PYTHONPATH=src dagster dev -m shop.definitions`, and `take_shop.mjs`.
"""

import os
import random
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

import dagster as dg

SHOP = Path(__file__).parents[2] / "examples" / "shop"
FIRST, DAYS, MISSING = date(2026, 3, 1), 10, 6
TABLES = ["customers", "orders", "revenue_by_country", "revenue_share"]


def write_day(folder: Path, number: int, chance: random.Random) -> None:
    day = FIRST + timedelta(days=number)
    rows = ["id,customer_id,ordered_at,amount,channel"]
    for row in range(40):
        channel = chance.choice(["web", "web", "store"]) if chance.random() > number % 4 * 0.15 else "phone"
        when = f"{day} {9 + row // 5:02}:{chance.randrange(60):02}:00"
        rows.append(f"{number * 1000 + row},{1 + row % 5},{when},{chance.uniform(3, 150):.2f},{channel}")
    (folder / "landing" / "orders" / f"{day}.csv").write_text("\n".join(rows) + "\n")
    if number != MISSING:
        stock = [
            f"{store},{article},{chance.randrange(60)}"
            for store in ("Berlin", "Lyon")
            for article in ("tea", "cups", "pots")
        ]
        path = folder / "landing" / "stock" / f"stock_{day}.csv"
        path.write_text("\n".join(["store,article,pieces", *stock]) + "\n")


def main() -> None:
    folder = Path(sys.argv[1]).absolute()
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".*", "warehouse", "__pycache__"))
    home = folder / ".dagster_home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\nnux: {enabled: false}\n")
    os.environ |= {
        "DATA_MANAGEMENT_HOME": str(folder),
        "DATA_MANAGEMENT_SETTLE_SECONDS": "0",
        "DAGSTER_HOME": str(home),
    }
    os.chdir(folder)
    sys.path.insert(0, str(folder / "src"))
    from shop.definitions import defs

    loaded, chance = defs(), random.Random(5)  # noqa: S311  pictures, no secrets
    job = loaded.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.get() as instance:
        for number in range(DAYS):
            write_day(folder, number, chance)
            for keys in (["raw/orders"], ["raw/stock"], TABLES):
                chosen = [dg.AssetKey(key.split("/")) for key in keys]
                job.execute_in_process(asset_selection=chosen, instance=instance, raise_on_error=False)


if __name__ == "__main__":
    main()
