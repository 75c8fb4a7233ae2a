"""One contender in a process of its own, watched: what it measured, or what ended it."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

import psutil

from benchmarks.quality.rules import Answer, Answers
from benchmarks.quality.tables import Table

_CHILD = Path(__file__).with_name("child.py")
"""Run as a file, not by `-m`: GX asks for the source of every frame on the stack, which is slow to miss."""

_ENVIRONMENT = os.environ | {"PYTHONPATH": str(_CHILD.parents[2])}
_SODA = "soda-duckdb==4.28.0"
_WATCH_SECONDS = 0.05


@dataclass(frozen=True)
class Limits:
    seconds: float
    megabytes: float


@dataclass
class Measured:
    """Seconds and megabytes; None and empty where it did not get so far, and then `ended` says why."""

    cold: float | None = None
    warm_each: list[float] = field(default_factory=list)
    processor_each: list[float] = field(default_factory=list)
    imported: float | None = None
    base: float | None = None
    peak: float | None = None
    answers: Answers | None = None
    spoiled: Answers | None = None
    ended: str | None = None

    @property
    def warm(self) -> float | None:
        return median(self.warm_each) if self.warm_each else None

    @property
    def processor(self) -> float | None:
        return median(self.processor_each) if self.processor_each else None

    def hear(self, said: dict[str, Any]) -> None:
        for name in ("imported", "base", "cold", "peak"):
            if name in said:
                setattr(self, name, said[name])
        for name in ("answers", "spoiled"):
            if name in said:
                setattr(self, name, {rule: Answer(**answer) for rule, answer in said[name].items()})
        if "warm" in said:
            self.warm_each.append(said["warm"])
            self.processor_each.append(said["processor"])


def measure(contender: str, table: Table, limits: Limits) -> Measured:
    interpreter = soda_interpreter(table.path.parent) if contender == "soda" else sys.executable
    arguments = [contender, table.format, str(table.rows), str(table.path), str(table.spoiled)]
    measured = Measured()
    with tempfile.TemporaryFile("w+") as errors:
        command = [interpreter, "-P", str(_CHILD), *arguments, str(time.monotonic())]
        child = subprocess.Popen(command, env=_ENVIRONMENT, stdout=subprocess.PIPE, stderr=errors, text=True)
        listening = Thread(target=_listen, args=(child, measured))
        listening.start()
        measured.ended = _watch(child, limits, measured)
        listening.join()
        if measured.ended is None and child.returncode != 0:
            errors.seek(0)
            measured.ended = _last_words(errors.read(), child.returncode)
    return measured


def soda_interpreter(data: Path) -> str:
    """Soda wants older versions of what we pin (requests, ruamel.yaml): where it is not installed, a venv in `data` has it."""
    if importlib.util.find_spec("soda_duckdb"):
        return sys.executable
    folder = data / "soda-venv"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        packages = [_SODA, f"duckdb=={version('duckdb')}"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        done.touch()
    return str(python)


def _listen(child: "subprocess.Popen[str]", measured: Measured) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        measured.hear(json.loads(line))


def _watch(child: "subprocess.Popen[str]", limits: Limits, measured: Measured) -> str | None:
    """Wait for its end, or bring it about; the reason for the latter."""
    start = time.monotonic()
    while child.poll() is None:
        megabytes = _resident(child.pid)
        if megabytes > limits.megabytes:
            measured.peak = megabytes
            return _end(child, f"more than {limits.megabytes / 1024:g} GB")
        if time.monotonic() - start > limits.seconds:
            return _end(child, f"more than {limits.seconds:g} s")
        time.sleep(_WATCH_SECONDS)
    return None


def _end(child: "subprocess.Popen[str]", reason: str) -> str:
    child.kill()
    child.wait()
    return reason


def _resident(pid: int) -> float:
    return sum(_each_resident(pid)) / (1 << 20)


def _each_resident(pid: int) -> Iterator[int]:
    try:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            yield one.memory_info().rss
    except psutil.NoSuchProcess:
        return


def _last_words(errors: str, status: int) -> str:
    if "MemoryError" in errors or "OutOfMemory" in errors:
        return "out of memory"
    lines = [line for line in errors.splitlines() if line.strip()]
    return lines[-1][:120] if lines else f"exit status {status}"
