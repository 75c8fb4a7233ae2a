"""A thread of its own for what no signal may interrupt."""

import gc
import os
import sys
import threading

import pytest

from data_management.infrastructure.quality.undisturbed import Undisturbed
from data_management_tests.unit.application.relaying import eventually


def test_results_and_errors_come_to_who_asked() -> None:
    undisturbed = Undisturbed()
    assert undisturbed(threading.get_ident) == undisturbed(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        undisturbed(lambda: 1 / 0)
    assert undisturbed(lambda: "still there") == "still there"


def test_its_thread_ends_with_it() -> None:
    undisturbed = Undisturbed()
    thread = undisturbed(threading.get_ident)
    assert thread in sys._current_frames()
    del undisturbed
    gc.collect()
    assert eventually(lambda: thread not in sys._current_frames())


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_has_a_thread_of_its_own() -> None:
    undisturbed = Undisturbed()
    undisturbed(lambda: None)
    child = os.fork()
    if child == 0:
        try:
            os._exit(undisturbed(lambda: 7))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
