"""The quality engine for data assets that are no local files: they are downloaded first, as workers have no network.

Downloads run ahead of the examination and beside it, in threads of the caller's process, as far as the spool has room. What
was downloaded is removed when its outcome is there.
"""

import shutil
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Protocol

from data_management.application.ports import Changed, ExaminationOutcome, ExaminationRequest, Unreadable
from data_management.domain.models import RuleScope
from data_management.errors import Rejected, Unavailable
from data_management.infrastructure.data_sources.staging import AnotherVersion, Fetcher
from data_management.infrastructure.quality.staged import StagedRequest

DOWNLOADS: Final = 8
_AHEAD: Final = 2 * DOWNLOADS
_GLANCE_SECONDS: Final = 0.05
_REMEDIES: Final = {
    RuleScope.ASSET: "split the file, or raise DATA_MANAGEMENT_SPOOL_MB",
    RuleScope.DATASET: "keep fewer files in its landing, or raise DATA_MANAGEMENT_DATASET_SPOOL_MB",
}


class PatientEngine(Protocol):
    """A quality engine that lets who gives requests wait for an outcome, by a None among them."""

    def examine(self, requests: Iterable[ExaminationRequest | None]) -> Iterator[ExaminationOutcome]: ...

    def close(self) -> None: ...


class StagingQualityEngine:
    """`QualityEngine`: local files go to `engine` as they are, others by way of a spool of at most `spool_bytes`."""

    def __init__(self, engine: PatientEngine, fetcher: Fetcher, spool_bytes: int, folder: Path | None = None) -> None:
        self._engine = engine
        self._fetcher = fetcher
        self._spool_bytes = spool_bytes
        self._folder = folder

    def examine(self, requests: Iterable[ExaminationRequest]) -> Iterator[ExaminationOutcome]:
        for is_local, some in groupby(requests, key=_is_local):
            examined = self._engine.examine if is_local else self._examined
            yield from examined(some)

    def close(self) -> None:
        self._engine.close()

    def _examined(self, requests: Iterable[ExaminationRequest]) -> Iterator[ExaminationOutcome]:
        from data_management.infrastructure.quality.sources.spool import private_spool

        passed: deque[_Item] = deque()
        with ExitStack() as stack:
            try:
                spool = stack.enter_context(private_spool(self._spool_bytes, self._folder))
            except OSError as error:
                raise _unwritable(error) from error
            staging = _Staging(self._fetcher, _Room(self._spool_bytes), spool.folder)
            with staging.working():
                for outcome in self._engine.examine(staging.ready(requests, passed)):
                    while passed[0].outcome is not None:
                        yield _outcome(passed.popleft())
                    staging.forget(passed.popleft())
                    yield outcome
                while passed:
                    yield _outcome(passed.popleft())


def _is_local(request: ExaminationRequest) -> bool:
    return all(location.scheme == "file" for location in request.locations)


def _unwritable(error: OSError) -> Unavailable:
    return Unavailable(
        f"the spool for downloads cannot be written ({error.strerror or type(error).__name__}); make room in the "
        "temporary folder, or name another by TMPDIR"
    )


@dataclass
class _Item:
    """A request on its way; `outcome` where it ends before anybody reads it."""

    number: int
    request: ExaminationRequest
    folder: Path | None = None
    bytes: int = 0
    outcome: ExaminationOutcome | None = None


def _outcome(item: _Item) -> ExaminationOutcome:
    assert item.outcome is not None
    return item.outcome


@dataclass
class _Room:
    """The bytes of the spool. They are given in the order of the requests: who is examined first is never kept waiting by
    one behind it, and what is examined makes room.
    """

    most: int
    used: int = 0
    turn: int = 0
    closed: bool = False
    short: bool = False
    """Whether the one whose turn it is waits for what is taken."""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, number: int, size: int) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.turn == number)
            while not self.closed and self.used and self.used + size > self.most:
                self.short = True
                self.changed.wait()
            self.short = False
            if self.closed:
                raise _Closed
            self.used += size

    def end_turn(self, number: int) -> None:
        """Also of one that took nothing; waits for its turn to end it."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.turn == number)
            self.turn = number + 1
            self.changed.notify_all()

    def give_back(self, size: int) -> None:
        with self.changed:
            self.used -= size
            self.changed.notify_all()

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()


class _Closed(Exception):
    """Nobody wants the rest."""


class _Staging:
    """The downloads of one call."""

    def __init__(self, fetcher: Fetcher, room: _Room, folder: Path) -> None:
        self._fetcher = fetcher
        self._room = room
        self._folder = folder
        self._downloads = ThreadPoolExecutor(DOWNLOADS, thread_name_prefix="download")

    @contextmanager
    def working(self) -> Iterator[None]:
        """What has not begun when the block ends is not begun; what has is waited for."""
        try:
            yield
        finally:
            self._room.close()
            self._downloads.shutdown(cancel_futures=True)

    def ready(
        self, requests: Iterable[ExaminationRequest], passed: "deque[_Item]"
    ) -> Iterator[ExaminationRequest | None]:
        """The requests whose content is there, and None while there is no room before others are done. All go to `passed`,
        in order, those that failed with their outcome.
        """
        waiting: deque[tuple[_Item, Future[None]]] = deque()
        numbered = enumerate(requests)
        while True:
            while len(waiting) < _AHEAD and (following := next(numbered, None)) is not None:
                item = _Item(*following)
                waiting.append((item, self._downloads.submit(self._stage, item)))
            if not waiting:
                return
            item, future = waiting[0]
            while not wait_for([future], timeout=_GLANCE_SECONDS).done:
                if self._room.short:
                    yield None
            future.result()
            waiting.popleft()
            passed.append(item)
            if item.outcome is None:
                assert item.folder is not None
                places = tuple(item.folder / str(place) for place in range(len(item.request.locations)))
                yield StagedRequest.staged_from(item.request, places)

    def forget(self, item: _Item) -> None:
        if item.folder is not None:
            shutil.rmtree(item.folder, ignore_errors=True)
        self._room.give_back(item.bytes)
        item.bytes = 0

    def _stage(self, item: _Item) -> None:
        try:
            self._fetch(item)
        except AnotherVersion:
            item.outcome = Changed(item.request.key)
        except Rejected as error:
            item.outcome = Unreadable(item.request.key, error.message)
        except OSError as error:
            raise _unwritable(error) from error
        finally:
            if item.outcome is not None:
                self.forget(item)

    def _fetch(self, item: _Item) -> None:
        request = item.request
        try:
            size = self._size(request)
            self._room.take(item.number, size)
            item.bytes = size
        finally:
            self._room.end_turn(item.number)
        item.folder = Path(mkdtemp(dir=self._folder))
        if len(request.locations) == 1:
            self._fetch_one(request, 0, item.folder)
            return
        with ThreadPoolExecutor(DOWNLOADS) as downloads:
            each = [
                downloads.submit(self._fetch_one, request, place, item.folder)
                for place in range(len(request.locations))
            ]
            try:
                for one in each:
                    one.result()
            finally:
                downloads.shutdown(cancel_futures=True)

    def _fetch_one(self, request: ExaminationRequest, place: int, folder: Path) -> None:
        location, to = request.locations[place], folder / str(place)
        if location.scheme == "file":
            to.symlink_to(location.path)
        else:
            self._fetcher.fetch(location, request.version_tokens[place], request.store, to)

    def _size(self, request: ExaminationRequest) -> int:
        """The bytes of all that is to be downloaded."""
        shown = request.shown
        if not request.version_tokens:
            raise Rejected(f"{shown}: no version is known, without which nothing is downloaded; let it land first")
        total = 0
        for location, token in zip(request.locations, request.version_tokens, strict=True):
            if location.scheme != "file":
                size = self._fetcher.size_of(location, token)
                if size is None:
                    raise AnotherVersion
                total += size
        if total > self._room.most:
            remedy = _REMEDIES[request.scope]
            raise Rejected(
                f"{shown}: {total >> 20} MB, more than the {self._room.most >> 20} MB that downloads may take on disk; {remedy}"
            )
        return total
