"""Thousands of broken files through the real pool: each is validated or rejected with a reason, and the good ones are right.

400 by default; ``MUTATIONS=2000`` for all.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_management.application.ports import ExaminationOutcome, ExaminationRequest, Examined, Unreadable
from data_management.infrastructure.quality import WorkerPoolQualityEngine
from data_management_tests.integration.quality.examples import request, rule, written
from data_management_tests.integration.quality.mutations import MUTATIONS, ROWS, good_files, mutated

NUMBER = int(os.environ.get("MUTATIONS", "400"))
SEED = 20_241_122
GOOD = 100
TIMEOUT_SECONDS = 30
UNIQUE = rule("column_values_to_be_unique", column="id")


@pytest.mark.timeout(1800)
def test_broken_files_harm_nobody(tmp_path: Path) -> None:
    files = good_files(tmp_path)
    readable = list(files)
    pool = WorkerPoolQualityEngine(
        workers=2, timeout_seconds=TIMEOUT_SECONDS, memory_bytes=512 << 20, expanded_bytes=256 << 20
    )

    def requests() -> Iterator[ExaminationRequest]:
        for number, (name, data) in enumerate(mutated(files, NUMBER, SEED)):
            if number % max(1, NUMBER // GOOD) == 0:
                good = readable[(number // max(1, NUMBER // GOOD)) % len(readable)]
                yield request(written(tmp_path, f"good-{number}-{good}", files[good]), rules=[UNIQUE])
            yield request(written(tmp_path, name, data), rules=[UNIQUE])

    slowest, seen = 0.0, Counter[str]()
    try:
        started = time.monotonic()
        for outcome in pool.examine(requests()):
            now = time.monotonic()
            slowest, started = max(slowest, now - started), now
            seen[_judged(outcome)] += 1
            (tmp_path / outcome.key).unlink()
        (last,) = pool.examine([request(written(tmp_path, readable[0], files[readable[0]]), rules=[UNIQUE])])
        assert isinstance(last, Examined)
    finally:
        pool.close()
    assert seen["good"] >= GOOD
    assert slowest < TIMEOUT_SECONDS + 10
    assert seen["good"] + seen["validated"] + seen["rejected"] + seen["crashed"] == seen.total()
    print(dict(seen), f"slowest {slowest:.1f} s")  # noqa: T201  with -s: how many ended a worker


def _judged(outcome: ExaminationOutcome) -> str:
    """What became of a file; asserts that it is right, or rejected with a reason that names it."""
    if outcome.key.startswith("good-"):
        assert isinstance(outcome, Examined), outcome
        assert outcome.examination.row_count == ROWS, outcome.key
        assert [check.unexpected for check in outcome.examination.checks] in ([], [0]), outcome.key
        return "good"
    if isinstance(outcome, Examined):
        return "validated"
    assert isinstance(outcome, Unreadable), outcome
    assert repr(outcome.key) in outcome.reason, outcome
    if "ended the process" in outcome.reason:
        print(outcome.reason)  # noqa: T201
        return "crashed"
    return "rejected"


def test_the_corpus_is_the_same_for_a_seed_and_has_every_mutation(tmp_path: Path) -> None:
    files = good_files(tmp_path)
    number = len(files) * len(MUTATIONS)
    first, second = list(mutated(files, number, 1)), list(mutated(files, number, 1))
    assert first == second
    assert {name.split("-")[1] for name, _ in first} == {one.__name__[1:] for one in MUTATIONS}
    assert sum(data not in files.values() for _, data in first) > number * 0.95
