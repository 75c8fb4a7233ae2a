"""How many of the suggested rules hold for files that were not seen: by size and number of the files, and by kind of rule.

    python -m benchmarks.suggest [DATASETS]

Data are generated (data_management_tests.integration.suggesting.generated), half of the columns of kinds that keep a rule for a while only.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from data_management_tests.integration.suggesting.direct import kept, read_back, suggested
from data_management_tests.integration.suggesting.generated import streams

_HELD_OUT = 5


def precision(datasets: int, rows: int, files: int, min_confidence: float = 0.95) -> tuple[Counter[str], Counter[str]]:
    """Active rules, and those that hold in all of the held-out files that come next."""
    active, held = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        for place, stream in enumerate(streams(datasets, rows, seed=rows + files)):
            folder = Path(name, str(place))
            suggestion = suggested(stream.deliver(folder, range(files)), min_confidence)
            found = kept(
                suggestion, read_back(suggestion, folder), stream.deliver(folder, range(files, files + _HELD_OUT))
            )
            active.update(found[0])
            held.update(found[1])
    return active, held


def main() -> None:
    datasets = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    everything = Counter[str](), Counter[str]()
    print(f"{'rows a file':>12} {'files':>6} {'rules':>6} {'hold':>6} {'precision':>10}")
    for rows, files in ((100, 3), (300, 3), (1000, 1), (1000, 3), (1000, 8)):
        active, held = precision(datasets, rows, files)
        everything[0].update(active)
        everything[1].update(held)
        print(f"{rows:>12} {files:>6} {active.total():>6} {held.total():>6} {held.total() / active.total():>10.3f}")
    print()
    for kind, count in everything[0].most_common():
        print(f"{kind:>19} {count:>6} {everything[1][kind]:>6} {everything[1][kind] / count:>10.3f}")


if __name__ == "__main__":
    main()
