"""Data assets that are no local files: downloaded ahead, within bounds, and gone afterwards."""

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from data_management.application.ports import Changed, ExaminationOutcome, ExaminationRequest, Examined, Unreadable
from data_management.domain.models import DataLocation, ObjectStore, ReadOptions, VersionToken
from data_management.errors import DataManagementError, Rejected, Unavailable
from data_management.infrastructure.data_sources.staging import AnotherVersion
from data_management.infrastructure.quality import StagingQualityEngine, WorkerPoolQualityEngine
from data_management.infrastructure.quality.staged import staged_places

MEGABYTE = 1 << 20


class FakeFetcher:
    """Objects by key; what is an error is raised. A token is the size. `most` is the most bytes that lay there at once."""

    def __init__(self, objects: dict[str, bytes | Exception]) -> None:
        self.objects = objects
        self.lock = threading.Lock()
        self.folder: Path | None = None
        self.most = 0

    def size_of(self, location: DataLocation, token: VersionToken) -> int | None:
        return int(token.value)

    def fetch(self, location: DataLocation, token: VersionToken, store: ObjectStore | None, to: Path) -> None:
        content = self.objects[location.object_key]
        if isinstance(content, Exception):
            raise content
        time.sleep(0.001)
        to.write_bytes(content)
        with self.lock:
            self.folder = to.parent.parent
            self.most = max(self.most, _lying_in(self.folder))


def _lying_in(folder: Path) -> int:
    total = 0
    for above, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # removed meanwhile
                total += (Path(above) / name).stat().st_size
    return total


def requests(objects: dict[str, bytes | Exception], size: int | None = None) -> list[ExaminationRequest]:
    return [
        ExaminationRequest(
            key=key,
            locations=(DataLocation.of_object("bucket", key),),
            version_tokens=(VersionToken(str(len(content) if isinstance(content, bytes) else size or 1)),),
        )
        for key, content in objects.items()
    ]


class SlowEngine:
    """Holds as many requests as `ahead` before it gives an outcome, as a pool of workers does."""

    def __init__(self, ahead: int = 4) -> None:
        self.ahead = ahead

    def examine(self, requests: Iterable[ExaminationRequest | None]) -> Iterator[ExaminationOutcome]:
        held: list[ExaminationRequest] = []
        for request in requests:
            if request is not None:
                assert all(place.exists() for place in staged_places(request))
                held.append(request)
            if len(held) >= self.ahead or (request is None and held):
                yield Unreadable(held.pop(0).key, "seen")
        for request in held:
            yield Unreadable(request.key, "seen")

    def close(self) -> None:
        """It has nothing to stop."""


def test_a_spool_that_is_smaller_than_what_the_engine_likes_to_hold_is_never_overdrawn() -> None:
    objects: dict[str, bytes | Exception] = {f"{number}.csv": b"x" * 600_000 for number in range(40)}
    fetcher = FakeFetcher(objects)
    engine = StagingQualityEngine(SlowEngine(), fetcher, spool_bytes=MEGABYTE)
    assert [outcome.key for outcome in engine.examine(requests(objects))] == list(objects)
    assert 0 < fetcher.most <= MEGABYTE
    assert fetcher.folder is not None
    assert not fetcher.folder.exists()


def test_outcomes_come_in_order_and_a_failure_is_of_one_file_alone() -> None:
    objects: dict[str, bytes | Exception] = {
        "a.csv": AnotherVersion(),
        "b.csv": b"x",
        "c.csv": Rejected("'c.csv' is archived"),
        "d.csv": b"x",
        "e.csv": AnotherVersion(),
    }
    engine = StagingQualityEngine(SlowEngine(), FakeFetcher(objects), spool_bytes=MEGABYTE)
    assert list(engine.examine(requests(objects))) == [
        Changed("a.csv"),
        Unreadable("b.csv", "seen"),
        Unreadable("c.csv", "'c.csv' is archived"),
        Unreadable("d.csv", "seen"),
        Changed("e.csv"),
    ]


def test_an_object_that_the_spool_cannot_hold_is_rejected_unread() -> None:
    objects: dict[str, bytes | Exception] = {"big.csv": AssertionError("fetched"), "b.csv": b"x"}
    engine = StagingQualityEngine(SlowEngine(), FakeFetcher(objects), spool_bytes=2 * MEGABYTE)
    big, small = engine.examine(requests(objects, size=3 * MEGABYTE))
    assert big == Unreadable(
        "big.csv",
        "'big.csv': 3 MB, more than the 2 MB that downloads may take on disk; split the file, or raise DATA_MANAGEMENT_SPOOL_MB",
    )
    assert small == Unreadable("b.csv", "seen")


@pytest.mark.parametrize("error", [Unavailable("bucket is gone"), OSError(28, "No space left on device")])
def test_a_storage_that_fails_fails_the_call_and_leaves_nothing(error: Exception) -> None:
    objects: dict[str, bytes | Exception] = {f"{number}.csv": b"x" for number in range(50)} | {"z.csv": error}
    fetcher = FakeFetcher(objects)
    engine = StagingQualityEngine(SlowEngine(), fetcher, spool_bytes=MEGABYTE)
    with pytest.raises(DataManagementError, match=r"gone|No space left on device.*; make room"):
        list(engine.examine(requests(objects)))
    assert fetcher.folder is not None
    assert not fetcher.folder.exists()


def test_who_looks_away_half_way_leaves_nothing() -> None:
    objects: dict[str, bytes | Exception] = {f"{number}.csv": b"x" * 600_000 for number in range(50)}
    fetcher = FakeFetcher(objects)
    outcomes = StagingQualityEngine(SlowEngine(), fetcher, spool_bytes=MEGABYTE).examine(requests(objects))
    assert next(outcomes).key == "0.csv"
    outcomes.close()  # type: ignore[attr-defined]
    assert fetcher.folder is not None
    assert not fetcher.folder.exists()


def test_what_was_staged_is_read_as_if_it_lay_where_it_is(tmp_path: Path) -> None:
    """One test, as it starts real workers."""
    pool = WorkerPoolQualityEngine(workers=1, timeout_seconds=60, memory_bytes=1 << 30)
    with closing(pool):
        files_and_objects_may_come_mixed_and_together(pool, tmp_path)
        messages_name_the_object_and_never_the_file_that_it_was_staged_in(pool)
        the_options_of_a_request_hold(pool)


def files_and_objects_may_come_mixed_and_together(pool: WorkerPoolQualityEngine, tmp_path: Path) -> None:
    local = tmp_path / "local.csv"
    local.write_text("id\n1\n2\n")
    objects: dict[str, bytes | Exception] = {"a.csv": b"id\n1\n", "b.csv": b"id\n1\n2\n3\n"}
    one = ExaminationRequest(key="local", locations=(DataLocation.from_path(local),))
    a, b = requests(objects)
    together = ExaminationRequest(
        key="all",
        locations=(*a.locations, *b.locations, *one.locations),
        version_tokens=(*a.version_tokens, *b.version_tokens, VersionToken.of_file(8, local.stat().st_mtime_ns)),
    )
    engine = StagingQualityEngine(pool, FakeFetcher(objects), spool_bytes=MEGABYTE)
    found = list(engine.examine([one, a, one, b, together]))
    assert [outcome.examination.row_count for outcome in found if isinstance(outcome, Examined)] == [2, 1, 2, 3, 6]


def messages_name_the_object_and_never_the_file_that_it_was_staged_in(pool: WorkerPoolQualityEngine) -> None:
    objects: dict[str, bytes | Exception] = {
        "in/empty one.csv": b"",
        "in/broken.parquet": b"PAR1 and nothing more",
        "in/é\n.csv": b"a,b\n1,2,3,4\n",
        "in/" + "long" * 200 + ".csv": b"a,a\n\xff\x00",
    }
    engine = StagingQualityEngine(pool, FakeFetcher(objects), spool_bytes=MEGABYTE)
    found = list(engine.examine(requests(objects)))
    reasons = [outcome.reason for outcome in found if isinstance(outcome, Unreadable)]
    assert len(reasons) == len(objects)
    for key, reason in zip(objects, reasons, strict=True):
        assert repr(key.removeprefix("in/"))[1:-1] in reason
        assert "spool" not in reason
        assert "/tmp" not in reason


def the_options_of_a_request_hold(pool: WorkerPoolQualityEngine) -> None:
    objects: dict[str, bytes | Exception] = {"a.csv": b"1;2\n3;4\n"}
    (request,) = requests(objects)
    options = ReadOptions(delimiter=";", header=False)
    request = ExaminationRequest("a", request.locations, options=options, version_tokens=request.version_tokens)
    engine = StagingQualityEngine(pool, FakeFetcher(objects), spool_bytes=MEGABYTE)
    (outcome,) = engine.examine([request])
    assert isinstance(outcome, Examined)
    assert (outcome.examination.row_count, len(outcome.examination.columns)) == (2, 2)
