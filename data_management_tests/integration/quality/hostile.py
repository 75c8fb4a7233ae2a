"""A worker task that misbehaves as the request's key says, and examines otherwise."""

import os
import pickle
import signal
import sys
import time

from data_management.infrastructure.quality.limits import Limits
from data_management.infrastructure.quality.worker import examine_pickled


def misbehave(request: bytes, limits: Limits) -> bytes:  # noqa: C901  a list of evils
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
            os.system("echo noise of a child")
    return examine_pickled(request, limits)
