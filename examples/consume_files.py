"""What reads a dataset: each accepted file once, those that were withdrawn taken out again, and only where the data are good enough.

In Dagster: add `flights_clean` to your definitions beside `build_dataset_definitions(...)`. Without it: `python examples/consume_files.py`.
"""

import csv
import sqlite3
from contextlib import closing

import dagster as dg

from data_management.plugin import catalog, gated_eager


@dg.asset(deps=["flights"], automation_condition=gated_eager())
def flights_clean() -> dg.MaterializeResult:
    """The flights of all accepted files, in a table that one transaction at a time brings up to date."""
    catalog.require("flights", min_score=90, dimensions={"completeness": 95})
    read, withdrawn = refresh("flights_clean.db")
    return dg.MaterializeResult(metadata={"files": read, "withdrawn": withdrawn})


def refresh(path: str) -> tuple[int, int]:
    """How many files came, and how many went."""
    with closing(sqlite3.connect(path)) as table, catalog.consume("flights", consumer="flights_clean") as files:
        with table:
            table.execute("CREATE TABLE IF NOT EXISTS flights (file, row)")
            table.executemany("DELETE FROM flights WHERE file = ?", [(file.id,) for file in (*files.withdrawn, *files)])
            for file in files:
                assert file.path is not None  # an S3 object is read by `client.get_object(**file.object_request)`
                with file.path.open(newline="") as lines:
                    rows = csv.reader(lines)
                    table.executemany("INSERT INTO flights VALUES (?, ?)", ((file.id, ",".join(row)) for row in rows))
        return len(files), len(files.withdrawn)


if __name__ == "__main__":
    came, went = refresh("flights_clean.db")
    print(f"{came} files came, {went} went")
