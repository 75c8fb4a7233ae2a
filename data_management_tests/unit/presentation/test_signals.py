"""Signals, in processes of their own."""

import signal
import subprocess
import sys

import pytest

HEAD = """
import signal, sys, time
from data_management.presentation.signals import answer_signals, stopping
answer_signals()
"""
WORKING = HEAD + """
try:
    print("working", flush=True)
    time.sleep(60)
except BaseException:
    print("giving back", flush=True)
    {rest}
    raise
"""
FOLLOWING = HEAD + """
with stopping() as stop:
    print("working", flush=True)
    stop.wait(60)
    print("giving back", flush=True)
    {rest}
sys.exit(stop.code)
"""
NUMBERS = pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")], ids=["SIGINT", "SIGTERM"]
)


@pytest.mark.parametrize("script", [WORKING, FOLLOWING], ids=["what ends", "what goes on"])
@NUMBERS
def test_the_first_signal_is_said_at_once_and_the_second_ends_the_process(
    script: str, number: signal.Signals, name: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", script.format(rest="time.sleep(60)")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "working\n"
        process.send_signal(number)
        assert process.stderr.readline() == f"stopping; a second {name} ends at once\n"
        assert process.stdout.readline() == "giving back\n"
        process.send_signal(number)
        assert process.wait(30) == 128 + number
        assert process.stderr.read() == ""


@NUMBERS
def test_a_signal_that_strikes_where_python_drops_what_is_raised_ends_the_next_step(
    number: signal.Signals, name: str
) -> None:
    script = f"""
import os
from data_management.presentation.cli.progress import progress
{HEAD}
class Collected:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})

with progress("files") as advance:
    advance()
    Collected()
    print("dropped", flush=True)
    advance()
    print("went on", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "dropped\n"
    assert done.stderr.splitlines()[0] == f"stopping; a second {name} ends at once"
    assert "Exception ignored" not in done.stderr
    assert done.returncode in (128 + number, -number)


@NUMBERS
def test_what_goes_on_ends_between_two_steps(number: signal.Signals, name: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FOLLOWING.format(rest="pass")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        process.send_signal(number)
        said, told = process.communicate(timeout=30)
    assert (said, told) == ("giving back\n", f"stopping; a second {name} ends at once\n")
    assert process.returncode == 128 + number
