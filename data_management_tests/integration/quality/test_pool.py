"""The real pool: isolation, limits, and the life of its processes."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from data_management.application.ports import Changed, ExaminationRequest, Examined, Unreadable
from data_management.domain.models import RuleScope, VersionToken
from data_management.errors import Unavailable
from data_management.infrastructure.quality import QualityEngineByScope, WorkerPoolQualityEngine
from data_management.infrastructure.quality.worker import examine_here
from data_management_tests.examples import clean
from data_management_tests.fakes import FakeQualityEngine
from data_management_tests.integration.quality.examples import examined, reason, request, rule, token_of, written
from data_management_tests.integration.quality.hostile import misbehave

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def engine() -> Iterator[WorkerPoolQualityEngine]:
    started = WorkerPoolQualityEngine(workers=2, timeout_seconds=5, memory_bytes=256 * MEGABYTE, task=misbehave)
    yield started
    started.close()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(tmp_path, "good.csv", "id\n1\n2\n2\n")


UNIQUE = rule("column_values_to_be_unique", column="id")


def _keyed(file: Path, key: str) -> ExaminationRequest:
    return request(file, rules=[UNIQUE], key=key)


def test_importing_the_engine_loads_nothing_heavy() -> None:
    code = (
        "import sys, data_management.infrastructure.quality; "
        "print({'great_expectations', 'pandas', 'pyarrow', 'duckdb', 'numpy', 'sqlalchemy'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"set()\n"


def test_outcomes_come_in_order_and_equal_those_in_this_process(
    engine: WorkerPoolQualityEngine, tmp_path: Path
) -> None:
    files = [
        written(tmp_path, f"{n}.csv", "id\n" + "7\n" * n + ("1\n" * (50_000 if n % 5 == 0 else 1))) for n in range(20)
    ]
    requests = [request(file, rules=[UNIQUE]) for file in files]
    assert list(engine.examine(requests)) == [examine_here(one) for one in requests]


def test_a_worker_reaches_no_network_no_process_no_other_file_and_no_credentials(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour = written(good.parent, "neighbour.csv", "secret\n")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("MY_SECRET", "canary")
    pool = WorkerPoolQualityEngine(workers=1, timeout_seconds=20, memory_bytes=256 * MEGABYTE, task=misbehave)
    try:
        (outcome,) = pool.examine([_keyed(good, f"reach-{neighbour}")])
    finally:
        pool.close()
    assert outcome == Unreadable("reach", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows it")
def test_what_a_worker_was_started_with_is_erased_too() -> None:
    code = (
        "from pathlib import Path; from data_management.infrastructure.quality.reach import forget_credentials; "
        "forget_credentials(); import os; print(Path('/proc/self/environ').read_bytes().count(b'canary'), os.environ['HOME'])"
    )
    environment = {**os.environ, "MY_SECRET": "canary", "HOME": "/home"}
    shown = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["0", "/home"]


def test_requests_are_taken_a_bounded_number_ahead(engine: WorkerPoolQualityEngine, good: Path) -> None:
    taken = []

    def requests() -> Iterator[ExaminationRequest]:
        for n in range(100):
            taken.append(n)
            yield _keyed(good, f"good-{n}")

    outcomes = engine.examine(requests())
    assert next(outcomes).key == "good-0"
    assert len(taken) <= 4
    outcomes.close()  # type: ignore[attr-defined]
    assert len(list(engine.examine([_keyed(good, "after")]))) == 1


@pytest.mark.parametrize(
    ("evil", "words"),
    [
        ("exit", ["exit status 3"]),
        ("segfault", ["SIGSEGV"]),
        ("killed", ["SIGKILL"]),
        ("abort", ["SIGABRT"]),
        ("hang", ["within 5 s", "DATA_MANAGEMENT_FILE_TIMEOUT_SECONDS"]),
        ("deaf", ["within 5 s"]),
        ("bomb", ["memory limit of 256 MB"]),
        ("arrow", ["memory limit of 256 MB"]),
        ("raise", ["SystemExit"]),
    ],
)
def test_a_hostile_file_harms_itself_alone(
    engine: WorkerPoolQualityEngine, good: Path, evil: str, words: list[str]
) -> None:
    keys = [f"good-{n}" for n in range(8)]
    keys[3] = f"{evil}-3"
    outcomes = list(engine.examine(_keyed(good, key) for key in keys))
    assert [outcome.key for outcome in outcomes] == keys
    text = reason(outcomes.pop(3))
    assert all(word in text for word in ["'good.csv'", *words]), text
    assert [examined(outcome).checks[0].unexpected for outcome in outcomes] == [2] * 7


@pytest.mark.parametrize(
    ("evil", "words"),
    [
        ("hang", ["within 2 s", "DATA_MANAGEMENT_DATASET_TIMEOUT_SECONDS"]),
        ("bomb", ["memory limit of 256 MB", "DATA_MANAGEMENT_DATASET_MEMORY_MB"]),
    ],
)
def test_all_of_a_dataset_has_limits_of_its_own_and_the_refusal_names_them(
    good: Path, evil: str, words: list[str]
) -> None:
    whole = WorkerPoolQualityEngine(1, 2, 256 * MEGABYTE, scope=RuleScope.DATASET, task=misbehave)
    try:
        (outcome,) = whole.examine([replace(_keyed(good, evil), scope=RuleScope.DATASET)])
    finally:
        whole.close()
    text = reason(outcome)
    assert all(word in text for word in [f"dataset '{evil}', all 1 file(s) of it together,", *words]), text


def test_each_scope_has_an_engine_and_outcomes_stay_in_order(good: Path) -> None:
    files, whole = FakeQualityEngine(otherwise=clean()), FakeQualityEngine(otherwise=clean())
    engine = QualityEngineByScope(files, whole)
    requests = [_keyed(good, "a"), replace(_keyed(good, "orders"), scope=RuleScope.DATASET), _keyed(good, "b")]
    assert [outcome.key for outcome in engine.examine(requests)] == ["a", "orders", "b"]
    assert [[request.key for request in each.requests] for each in (files, whole)] == [["a", "b"], ["orders"]]
    engine.close()
    assert (files.closed, whole.closed) == (True, True)


def test_many_hostile_files_in_a_row(engine: WorkerPoolQualityEngine, good: Path) -> None:
    keys = [f"{('exit', 'segfault', 'good', 'killed')[n % 4]}-{n}" for n in range(40)]
    outcomes = list(engine.examine(_keyed(good, key) for key in keys))
    assert [isinstance(outcome, Examined) for outcome in outcomes] == [key.startswith("good") for key in keys]


def test_idle_workers_that_are_killed_are_replaced(engine: WorkerPoolQualityEngine, good: Path) -> None:
    assert len(list(engine.examine([_keyed(good, "before")]))) == 1
    for worker in _descendants_named("spawn_main", "forkserver"):
        if worker.ppid() != os.getpid():
            worker.kill()
    outcomes = list(engine.examine(_keyed(good, f"good-{n}") for n in range(10)))
    assert all(isinstance(outcome, Examined) for outcome in outcomes), outcomes


def test_a_real_bomb_is_refused_within_its_memory(tmp_path: Path) -> None:
    import gzip

    bomb = written(tmp_path, "bomb.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * (200 * MEGABYTE // 4), compresslevel=1))
    engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=60, memory_bytes=128 * MEGABYTE)
    try:
        good = written(tmp_path, "good.csv", "id\n1\n")
        before, bombed, after = engine.examine([_keyed(good, "a"), request(bomb), _keyed(good, "b")])
        assert "memory limit of 128 MB" in reason(bombed)
        assert isinstance(before, Examined)
        assert isinstance(after, Examined)
    finally:
        engine.close()


def test_versions_are_compared_before_and_after(engine: WorkerPoolQualityEngine, good: Path, tmp_path: Path) -> None:
    token = token_of(good)
    gone = tmp_path / "gone.csv"
    first, other, missing, unknown = engine.examine(
        [
            request(good, version_tokens=(token,), key="same"),
            request(good, version_tokens=(VersionToken("1-1"),), key="other"),
            request(gone, version_tokens=(token,), key="missing"),
            request(gone, key="unknown"),
        ]
    )
    assert isinstance(first, Examined)
    assert (other, missing) == (Changed("other"), Changed("missing"))
    assert isinstance(unknown, Unreadable)
    assert "'gone.csv' does not exist" in unknown.reason


def test_the_engine_starts_anew_after_close(good: Path) -> None:
    engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=30, memory_bytes=256 * MEGABYTE)
    for _ in range(2):
        assert isinstance(next(engine.examine([_keyed(good, "k")])), Examined)
        engine.close()
    engine.close()


def test_memory_does_not_grow_over_a_thousand_files(good: Path) -> None:
    others = set(_descendants_named("forkserver"))
    engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=30, memory_bytes=256 * MEGABYTE)
    try:
        list(engine.examine(_keyed(good, f"warm-{n}") for n in range(100)))
        (worker,) = [p for p in _descendants_named("forkserver") if p not in others and p.ppid() != os.getpid()]
        before = worker.memory_info().rss
        outcomes = list(engine.examine(_keyed(good, f"good-{n}") for n in range(1000)))
        assert all(isinstance(outcome, Examined) for outcome in outcomes)
        assert worker.memory_info().rss - before < 8 * MEGABYTE
    finally:
        engine.close()


def _descendants_named(*words: str) -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [process for process in found if any(word in _command(process) for word in words)]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):  # it has ended meanwhile, perhaps one of another test's
        return ""


SCRIPT = """
import sys, time
from data_management.application.ports import ExaminationRequest
from data_management.domain.models import DataLocation
from data_management.infrastructure.quality import WorkerPoolQualityEngine
from data_management_tests.integration.quality.hostile import misbehave
engine = WorkerPoolQualityEngine(workers=2, timeout_seconds=300, memory_bytes=256 << 20, task=misbehave)
keys = sys.argv[2:]
for outcome in engine.examine(ExaminationRequest(key, (DataLocation.from_path(sys.argv[1]),)) for key in keys):
    print(type(outcome).__name__, outcome.key, flush=True)
"""


@pytest.mark.parametrize("how", ["script", "stdin", "-c"])
def test_callers_of_every_kind_may_use_it_and_hear_nothing(good: Path, tmp_path: Path, how: str) -> None:
    """A script without a main guard would run itself in every worker, were its main module imported there."""
    script = tmp_path / "caller.py"
    script.write_text(SCRIPT)
    command = {"script": [str(script)], "stdin": ["-"], "-c": ["-c", SCRIPT]}[how]
    done = subprocess.run(
        [sys.executable, *command, str(good), "print-1", "print-2"],
        input=SCRIPT.encode() if how == "stdin" else None,
        capture_output=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert (done.stdout, done.stderr) == (b"Examined print-1\nExamined print-2\n", b"")


@pytest.mark.parametrize("doing", ["hang", "regex"])
@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_caller(good: Path, tmp_path: Path, signal_: signal.Signals, doing: str) -> None:
    script = tmp_path / "caller.py"
    script.write_text(SCRIPT)
    caller = subprocess.Popen(
        [sys.executable, str(script), str(good), "good-1", f"{doing}-1", f"{doing}-2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert caller.stdout is not None
    assert caller.stderr is not None
    assert caller.stdout.readline() == b"Examined good-1\n"
    time.sleep(0.3)
    children = psutil.Process(caller.pid).children(recursive=True)
    assert len(children) >= 3
    os.killpg(caller.pid, signal_) if signal_ is signal.SIGINT else caller.send_signal(signal_)
    caller.wait(timeout=120)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    errors = caller.stderr.read().decode()
    caller.stderr.close()
    caller.stdout.close()
    assert errors.count("Traceback") <= 1, errors
    if signal_ is signal.SIGINT:
        assert "KeyboardInterrupt" in errors


def test_workers_that_cannot_import_gx_make_the_engine_unavailable(tmp_path: Path) -> None:
    broken = tmp_path / "great_expectations"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise RuntimeError('broken on purpose')")
    code = textwrap.dedent("""
        from data_management.application.ports import ExaminationRequest
        from data_management.domain.models import DataLocation
        from data_management.errors import Unavailable
        from data_management.infrastructure.quality import WorkerPoolQualityEngine
        engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=30, memory_bytes=256 << 20)
        try:
            list(engine.examine([ExaminationRequest("k", (DataLocation.from_path("x.csv"),))]))
        except Unavailable as error:
            print(error)
        """)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"},
    )
    assert b"cannot load its libraries: RuntimeError: broken on purpose" in done.stdout


def test_a_closed_engine_ends_what_is_under_way(good: Path) -> None:
    engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=30, memory_bytes=256 * MEGABYTE, task=misbehave)
    outcomes = engine.examine(_keyed(good, key) for key in ("good", "hang", "good-2"))
    assert isinstance(next(outcomes), Examined)
    engine.close()
    with pytest.raises(Unavailable, match="closed"):
        next(outcomes)


class _Interrupting(deque[Any]):
    """Who waits for a condition; Ctrl-C strikes when one of them was woken, and is still among them."""

    def remove(self, value: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        super().remove(value)


def test_ctrl_c_leaves_no_thread_that_waits_for_ever(good: Path) -> None:
    engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=30, memory_bytes=256 * MEGABYTE)
    assert isinstance(next(engine.examine([_keyed(good, "first")])), Examined)
    pool: Any = engine._pool
    pool._context.task_queue.not_empty._waiters = _Interrupting(pool._context.task_queue.not_empty._waiters)
    with pytest.raises(KeyboardInterrupt):
        list(engine.examine([_keyed(good, "second")]))
    pool._context.task_queue.not_empty._waiters = deque(pool._context.task_queue.not_empty._waiters)
    engine.close()
    assert [loop.is_alive() for loop in pool._loops] == [False, False, False]


def test_ctrl_c_while_the_workers_start_is_not_waited_for(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And they are stopped when they have started."""
    engine = WorkerPoolQualityEngine(workers=1, timeout_seconds=30, memory_bytes=256 * MEGABYTE)
    may_start, begun = threading.Event(), threading.Event()
    start = engine._start
    pools: list[Any] = []

    def slowly() -> Any:
        begun.set()
        assert may_start.wait(60)
        pools.append(start())
        return pools[0]

    def interrupt() -> None:
        assert begun.wait(60)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(engine, "_start", slowly)
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        list(engine.examine([_keyed(good, "never")]))
    engine.close()
    assert not pools
    may_start.set()
    assert engine._undisturbed(lambda: engine._pool) is None
    assert [loop.is_alive() for loop in pools[0]._loops] == [False, False, False]
