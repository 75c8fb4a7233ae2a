"""Precision and recall of the classification over labelled columns, by file size, with and without the extra `pii`.

Run: PYTHONPATH=. python benchmarks/classification.py
"""

import duckdb

from data_management.domain.services import DataClassificationService
from data_management.infrastructure.quality.profiling import ProfiledColumn, detections_of, sample_of
from data_management.infrastructure.quality.profiling.detectors import numbers, phones
from data_management_tests.integration.quality.profiling.labelled import LABELLED, Labelled, values_of

SEEDS = 5


def guess(connection: duckdb.DuckDBPyConnection, labelled: Labelled, rows: int, seed: int) -> object:
    values = values_of(labelled, rows, seed)
    name = '"' + labelled.name + '"'
    connection.execute(f"CREATE OR REPLACE TEMP TABLE asset AS SELECT unnest($1)::{labelled.type} AS {name}", [values])
    columns = [ProfiledColumn(labelled.name, labelled.type)]
    found = DataClassificationService().classify(
        [labelled.name], detections_of(sample_of(connection, "asset", columns, rows), columns)
    )
    return found[0].category if found else None


def measure(connection: duckdb.DuckDBPyConnection, rows: int) -> str:
    right = wrong = missed = quiet = 0
    for seed in range(SEEDS):
        for labelled in LABELLED:
            found = guess(connection, labelled, rows, seed)
            right += found is not None and found is labelled.category
            wrong += found is not None and found is not labelled.category
            missed += found is None and labelled.category is not None
            quiet += found is None and labelled.category is None
    precision = right / (right + wrong) if right + wrong else 1.0
    return f"{rows:6} | {precision:9.3f} | {right / (right + wrong + missed):6.3f} | {wrong:5} | {missed:6} | {quiet:5}"


def main() -> None:
    print(f"{len(LABELLED)} columns ({sum(each.category is None for each in LABELLED)} look-alikes) × {SEEDS} seeds")
    with duckdb.connect(config={"threads": 1}) as connection:
        for extra in (True, False):
            if not extra:
                numbers.has_stdnum = phones.has_phonenumbers = lambda: False  # type: ignore[assignment]
            print(
                f"\n{'with' if extra else 'without'} the extra pii\n  rows | precision | recall | wrong | missed | quiet"
            )
            for rows in (3, 10, 40, 400):
                print(measure(connection, rows))


if __name__ == "__main__":
    main()
