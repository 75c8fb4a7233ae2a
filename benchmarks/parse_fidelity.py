"""Do CSV files with one defect each become the right table? Ours beside DuckDB's and pandas' defaults.

Reads the 500 files of `data_management_tests/integration/quality/sources/damaged_csv.py` (fixed seed). All columns are read as
text; every other option of DuckDB and pandas is as it comes.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from data_management.domain.models import BadRows
from data_management.errors import Rejected
from data_management_tests.integration.quality.sources.csv_examples import Reader
from data_management_tests.integration.quality.sources.damaged_csv import Damaged, Row, damaged_files, is_true

OUTCOMES = ("exact", "warned", "refused", "silent")
Outcome = tuple[str, str]


def ours(folder: Path, file: Damaged, bad_rows: BadRows, *, large: bool = False) -> Outcome:
    try:
        read = Reader(folder, large=large).read(file.content, bad_rows=bad_rows)
    except Rejected as error:
        return "refused", error.message
    notes = "; ".join(f"{note.code}: {note.message}" for note in read.source.notes)
    if is_true(read.names, read.rows, file, may_leave_out="bad-rows" in read.codes):
        return "exact", notes
    return ("warned" if notes else "silent"), notes


def duckdb_default(folder: Path, file: Damaged) -> Outcome:
    path = folder / "duckdb.csv"
    path.write_bytes(file.content)
    with duckdb.connect() as connection:
        try:
            found = connection.execute("SELECT * FROM read_csv(?, all_varchar=true)", [str(path)])
            names, rows = [column[0] for column in found.description], found.fetchall()
        except duckdb.Error as error:
            return "refused", type(error).__name__
    return ("exact" if is_true(names, rows, file, may_leave_out=False) else "silent"), ""


def pandas_default(folder: Path, file: Damaged) -> Outcome:
    path = folder / "pandas.csv"
    path.write_bytes(file.content)
    try:
        frame = pd.read_csv(path, dtype=str)
    except (ValueError, UnicodeError, pd.errors.ParserError) as error:
        return "refused", type(error).__name__
    rows: list[Row] = [
        tuple(None if pd.isna(value) else str(value) for value in row)
        for row in frame.itertuples(index=False, name=None)
    ]
    plain = isinstance(frame.index, pd.RangeIndex)
    return ("exact" if plain and is_true(list(frame.columns), rows, file, may_leave_out=False) else "silent"), ""


def main(arguments: Sequence[str]) -> None:
    count = int(arguments[0]) if arguments else 500
    files = list(damaged_files(count))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        readers: dict[str, Callable[[Damaged], Outcome]] = {
            "ours, bad rows counted": lambda file: ours(folder, file, BadRows.COUNT),
            "ours, bad rows reject": lambda file: ours(folder, file, BadRows.REJECT),
            "DuckDB's defaults": lambda file: duckdb_default(folder, file),
            "pandas' defaults": lambda file: pandas_default(folder, file),
        }
        outcomes = {reader: [read(file) for file in files] for reader, read in readers.items()}
    print("| reader | exact | wrong, with a warning | refused | wrong in silence |\n|---|---|---|---|---|")
    for reader, found in outcomes.items():
        shares = Counter(outcome for outcome, _ in found)
        print(f"| {reader} | " + " | ".join(f"{shares[outcome] / len(files):.1%}" for outcome in OUTCOMES) + " |")
    print("\n| exact, of the files with | " + " | ".join(outcomes) + " |\n|---|" + "---|" * len(outcomes))
    for defect in dict.fromkeys(file.defect for file in files):
        places = [place for place, file in enumerate(files) if file.defect == defect]
        shares_of = [sum(found[place][0] == "exact" for place in places) / len(places) for found in outcomes.values()]
        print(f"| {defect} | " + " | ".join(f"{share:.0%}" for share in shares_of) + " |")
    if "-v" in arguments:
        for place, file in enumerate(files):
            outcome, why = outcomes["ours, bad rows counted"][place]
            if outcome != "exact":
                print(place, file.defect, "/", file.kind, outcome, why)


if __name__ == "__main__":
    main(sys.argv[1:])
