"""The process of one contender: `child.py NAME FORMAT ROWS FILE SPOILED STARTED`, run by `process.measure`.

Says what it measured as lines of JSON, as soon as it knows it, so that what is ended half way has said the rest.
"""

import importlib
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.quality.rules import Answers, rules_for

_WARM_SECONDS, _LEAST_WARM, _MOST_WARM, _LONG_SECONDS = 3.0, 3, 25, 60.0


def main() -> None:
    name, data_format, rows, file, spoiled, started = sys.argv[1:]
    say, path = _Line(), Path(file)
    contender = importlib.import_module(f"benchmarks.quality.contenders.{name}")
    validate = contender.prepare(rules_for(int(rows)), data_format)
    say(imported=time.monotonic() - float(started), base=_memory("VmRSS"))
    answers = validate(path)
    cold = time.monotonic() - float(started)
    say(cold=cold, answers=_plain(answers), peak=_memory("VmHWM"))
    warm: list[float] = []
    least = _LEAST_WARM if cold < _LONG_SECONDS else 1
    while len(warm) < least or (sum(warm) < _WARM_SECONDS and len(warm) < _MOST_WARM):
        start, processor = time.monotonic(), time.process_time()
        validate(path)
        warm.append(time.monotonic() - start)
        say(warm=warm[-1], processor=time.process_time() - processor, peak=_memory("VmHWM"))
    say(spoiled=_plain(validate(Path(spoiled))))


class _Line:
    """Writes to what was standard output; what libraries print goes to standard error."""

    def __init__(self) -> None:
        self._stream = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def __call__(self, **said: Any) -> None:
        print(json.dumps(said), file=self._stream, flush=True)


def _plain(answers: Answers) -> dict[str, Any]:
    return {name: asdict(answer) for name, answer in answers.items()}


def _memory(field: str) -> float:
    """Megabytes. VmHWM is this process's own; `ru_maxrss` starts with its parent's."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
