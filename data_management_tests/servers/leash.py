"""Run a command for as long as the process that started it lives: standard input ends when that one does, however it does.

``python -m data_management_tests.servers.leash COMMAND…``
"""

import subprocess
import sys
from contextlib import suppress


def main(command: list[str]) -> None:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    with suppress(KeyboardInterrupt):
        sys.stdin.read()
    process.kill()
    process.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
