"""A worker task that misbehaves as the request's key says, and examines otherwise."""

import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from data_management.application.ports import Unreadable
from data_management.infrastructure.quality.limits import Limits
from data_management.infrastructure.quality.worker import examine_pickled


def misbehave(request: bytes, limits: Limits) -> bytes:  # noqa: C901, PLR0912  a list of evils
    key = pickle.loads(request).key
    match key.partition("-")[0]:
        case "exit":
            os._exit(3)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "abort":
            os.abort()
        case "hang":
            time.sleep(3600)
        case "deaf":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            time.sleep(3600)
        case "regex":
            re.match(r"(a+)+$", "a" * 64 + "b")  # no other thread runs meanwhile
        case "bomb":
            blocks = []
            while True:
                blocks.append(bytearray(64 << 20))
        case "arrow":
            import pyarrow as pa

            pa.array(range(10)).take(pa.array([0] * (1 << 28)))
        case "raise":
            raise SystemExit(4)
        case "print":
            print("noise on stdout")  # noqa: T201
            print("noise on stderr", file=sys.stderr)  # noqa: T201
            os.write(1, b"noise below Python\n")
        case "reach":
            return pickle.dumps(Unreadable("reach", ", ".join(_reached(key.partition("-")[2]))))
    return examine_pickled(request, limits)


def _reached(neighbour: str) -> Iterator[str]:
    """What a worker can reach outside of itself, by name."""
    attempts = {
        "network": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        "names": lambda: socket.getaddrinfo("localhost", 80),
        "processes": lambda: subprocess.run(["true"], check=False),
        "shell": lambda: os.system("true"),
        "other files": lambda: Path("/etc/passwd").read_bytes(),
        "the asset's neighbours": lambda: Path(neighbour).read_bytes(),
        "files by descriptor": lambda: os.open(neighbour, os.O_RDONLY),
        "the caller's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "writing": lambda: Path(neighbour + ".new").write_bytes(b""),
        "the libraries": lambda: os.open(os.__file__, os.O_RDWR),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except PermissionError:
            continue
        except OSError:
            pass
        yield name
    if any("SECRET" in name or name.startswith("AWS_") for name in os.environ):
        yield "credentials"
