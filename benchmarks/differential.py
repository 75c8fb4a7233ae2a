"""How many random cases agree with Great Expectations' pandas engine, and what differs, type by type.

    python benchmarks/differential.py [--examples 300] [--cases] [expectation …]

Each type's cases are made by Hypothesis, the same in every run. ``--cases`` shows the smallest case of every difference.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from data_management_tests.integration.differential.compare import Verdict
from data_management_tests.integration.differential.differences import ACCEPTED
from data_management_tests.integration.differential.expectations import NAMES
from data_management_tests.integration.differential.tally import survey

Line = tuple[str, int, Counter[str], Counter[str], dict[tuple[str, str], int], dict[tuple[str, str], str], Counter[str]]


def surveyed(name: str, examples: int) -> Line:
    tally = survey(name, examples)
    smallest = {
        kind: f"{case!r}\n      " + "\n      ".join(map(str, comparison.differences))
        for kind, (case, comparison) in tally.smallest.items()
    }
    verdicts = Counter({str(verdict): count for verdict, count in tally.verdicts.items()})
    return name, tally.cases, verdicts, tally.accepted, dict(tally.unlisted), smallest, tally.engines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="expectation", help="types, or parts of their names; default all")
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--cases", action="store_true", help="show the smallest case of every difference")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    names = [name for name in NAMES if not options.names or any(part in name for part in options.names)]
    started = time.monotonic()
    verdicts = [str(verdict) for verdict in Verdict]
    print(f"{'expectation':<60} cases " + " ".join(f"{verdict:>10}" for verdict in verdicts) + "   unlisted  engines")
    lines = []
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        for line in pool.map(surveyed, names, [options.examples] * len(names)):
            lines.append(line)
            _print(line, verdicts, shows_cases=options.cases)
    _print_all(lines, verdicts)
    print(f"\n{time.monotonic() - started:.0f} s")
    return 1 if any(line[4] for line in lines) else 0


def _print(line: Line, verdicts: list[str], *, shows_cases: bool) -> None:
    name, cases, counts, _, unlisted, smallest, engines = line
    shown = " ".join(f"{counts[verdict] or '':>10}" for verdict in verdicts)
    print(f"{name:<60} {cases:>5} {shown} {sum(unlisted.values()) or '':>10}  {dict(engines)}")
    for kind, count in sorted(unlisted.items(), key=lambda item: -item[1]):
        print(f"    ! {count:>4}  {': '.join(kind)}")
        if shows_cases:
            print(f"      {smallest[kind]}")
    if shows_cases:
        for kind in smallest.keys() - unlisted.keys():
            print(f"    = {': '.join(kind)}\n      {smallest[kind]}")
    sys.stdout.flush()


def _print_all(lines: list[Line], verdicts: list[str]) -> None:
    listed = sum((line[3] for line in lines), Counter[str]())
    total = sum((line[2] for line in lines), Counter[str]())
    print(
        f"{'all':<60} {sum(line[1] for line in lines):>5} "
        + " ".join(f"{total[verdict] or '':>10}" for verdict in verdicts)
    )
    print("\nlisted differences")
    for difference in ACCEPTED:
        print(f"{listed[difference.name]:>6}  {difference.name}: {difference.reason}")


if __name__ == "__main__":
    sys.exit(main())
