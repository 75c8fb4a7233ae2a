"""What the database undid for no fault of the change is done again, a few times."""

from collections.abc import Callable
from typing import Any

import pytest

from data_management.application.commands import RegisterDatasetCommand
from data_management.application.queries import ListDatasetsQuery
from data_management.errors import Interrupted
from data_management_tests.port_tests.examples import ORDERS
from data_management_tests.unit.application.world import World


class Interrupting:
    """Fails the first `times` calls of what it stands before."""

    def __init__(self, act: Callable[..., Any], times: int) -> None:
        self._act, self._left = act, times

    def __call__(self, *arguments: Any) -> Any:
        if self._left:
            self._left -= 1
            raise Interrupted("the server is restarting; do it again")
        return self._act(*arguments)


@pytest.mark.parametrize("times", [1, 2])
def test_commands_and_queries_are_repeated(times: int) -> None:
    world = World()
    world.app._unit_of_work = Interrupting(world.app._unit_of_work, times)
    world.app.run(RegisterDatasetCommand(ORDERS))
    world.app._unit_of_work = Interrupting(world.app._unit_of_work, times)
    world.app.execute(RegisterDatasetCommand(ORDERS))
    world.app._reader.datasets = Interrupting(world.app._reader.datasets, times)  # type: ignore[method-assign]
    assert [view.name for view in world.app.ask(ListDatasetsQuery())] == ["orders"]


def test_what_does_not_get_better_ends_as_unavailable() -> None:
    world = World()
    world.app._unit_of_work = Interrupting(world.app._unit_of_work, 3)
    with pytest.raises(Interrupted, match="restarting"):
        world.app.run(RegisterDatasetCommand(ORDERS))
