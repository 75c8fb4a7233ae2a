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
