"""Worker processes that know nothing of the caller's main module.

`multiprocessing` makes every child import its parent's ``__main__`` again. The caller may be any script (without a
guard it would start its own work in the worker), so the child is started without one. `_launch` is that of CPython
3.11 to 3.13 but for the two removed keys; a test in ``upstream`` pins it.
"""

import io
import os
from multiprocessing import context, forkserver, popen_forkserver, spawn, util
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import dump
from typing import Any

PRELOAD = "data_management.infrastructure.quality.preload"
_SILENCE = "import os; n = os.open(os.devnull, os.O_RDWR); os.dup2(n, 0); os.dup2(n, 1); os.dup2(n, 2)"
_close_fds: Any = vars(util)["close_fds"]  # typeshed does not know it
_OF_MAIN = ("init_main_from_name", "init_main_from_path")


def worker_context() -> "WorkerContext":
    """The start method for workers. Asks for GX in the fork server, where none runs yet in this process."""
    started = WorkerContext()
    started.set_forkserver_preload([PRELOAD])
    return started


def let_go_of_fork_server() -> None:
    """In a worker: the fork server ends with its caller. Otherwise it goes on while it has a child, which might ask it for more."""
    of_server = vars(vars(forkserver)["_forkserver"])
    if (held := of_server["_forkserver_alive_fd"]) is not None:
        os.close(held)
        of_server["_forkserver_alive_fd"] = None


class _Silence:
    """Silences the process that unpickles it: one that starts while its pool ends would print a traceback."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return exec, (_SILENCE,)  # before the child has a `sys.path`, so by builtins alone


class _Popen(popen_forkserver.Popen):
    _fds: list[int]
    finalizer: Any
    sentinel: int
    pid: int

    def _launch(self, process_obj: BaseProcess) -> None:
        preparation = spawn.get_preparation_data(process_obj.name)
        about_child: dict[str, object] = {key: value for key, value in preparation.items() if key not in _OF_MAIN}
        about_child["silence"] = _Silence()
        buffer = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            dump(about_child, buffer)
            dump(process_obj, buffer)
        finally:
            context.set_spawning_popen(None)
        self.sentinel, writer = forkserver.connect_to_new_process(self._fds)
        parent_writer = os.dup(writer)  # its end tells the child that the parent has died
        self.finalizer = util.Finalize(self, _close_fds, (parent_writer, self.sentinel))
        with open(writer, "wb", closefd=True) as pipe:  # noqa: PTH123  a descriptor, not a path
            pipe.write(buffer.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)

    def terminate(self) -> None:
        """By SIGKILL: a file may have its reader block others, and a worker leaves nothing that its parent does not remove."""
        self.kill()


class _Process(context.ForkServerProcess):
    @property
    def daemon(self) -> bool:
        """Always: at exit `multiprocessing` waits for others to end by themselves, also for one that pebble has just started."""
        return True

    @daemon.setter
    def daemon(self, daemonic: bool) -> None:
        """As pebble does."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> _Popen:  # noqa: N802  the name that multiprocessing calls
        return _Popen(process_obj)


class WorkerContext(context.ForkServerContext):
    Process = _Process
