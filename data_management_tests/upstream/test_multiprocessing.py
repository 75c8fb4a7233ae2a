"""What the quality engine copies and relies on in the standard library's `multiprocessing`."""

import ast
import inspect
import textwrap
from multiprocessing import forkserver, popen_forkserver, spawn

from data_management.infrastructure.quality import process


def test_the_fork_servers_launch_is_the_one_that_was_copied() -> None:
    """Ours differs in what it tells the child of the main module alone; the calls are the same, in this order."""

    def calls(function: object) -> list[str]:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))  # type: ignore[arg-type]
        names = [ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.Call)]
        return sorted(name for name in names if name not in ("_Silence", "items"))

    assert calls(popen_forkserver.Popen._launch) == calls(process._Popen._launch)


def test_the_main_module_is_told_under_two_keys() -> None:
    source = inspect.getsource(spawn.get_preparation_data)
    assert all(f"'{key}'" in source for key in process._OF_MAIN)
    assert source.count("init_main") == len(process._OF_MAIN)


def test_a_child_holds_what_keeps_its_fork_server_alive() -> None:
    """A worker closes it: `process.let_go_of_fork_server`."""
    assert "_forkserver._forkserver_alive_fd" in inspect.getsource(vars(forkserver)["_serve_one"])
    assert hasattr(vars(forkserver)["_forkserver"], "_forkserver_alive_fd")
