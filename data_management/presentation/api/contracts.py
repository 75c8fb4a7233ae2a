"""From a contract that was sent to datasets, or to the faults that keep it from being used."""

from collections.abc import Sequence
from http import HTTPStatus

from data_management.application.queries import GetDefinitionQuery
from data_management.domain.models import Dataset, Landing, Permission
from data_management.errors import NotFound
from data_management.presentation.api.bodies import SENT, SentContract
from data_management.presentation.api.context import ApiContext
from data_management.presentation.api.problems import FaultDto, RequestProblem


def datasets_of(sent: SentContract) -> list[Dataset]:
    """What it declares, one at least; a 422 that lists its faults where it is broken."""
    reading = sent.reading
    faults = [
        FaultDto(place=each.place or SENT, problem=f"{each.problem}; {each.fix}", line=each.line)
        for each in reading.problems
    ]
    if faults:
        raise RequestProblem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the contract cannot be used: {faults[0].place}: {faults[0].problem}",
            faults[:100],
        )
    if not reading.datasets:
        raise RequestProblem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the contract declares no dataset; give it a schema object, whose name becomes the dataset's",
        )
    return list(reading.datasets)


def permission_for(context: ApiContext, datasets: Sequence[Dataset]) -> Permission:
    """Where files land is what the server will read, with its own access: making, moving or removing a landing is another permission."""
    return Permission.PLACE_LANDINGS if any(_moves(context, each) for each in datasets) else Permission.WRITE


def _moves(context: ApiContext, dataset: Dataset) -> bool:
    """Makes, changes or takes away: what was taken away, only who may place landings could put back."""
    try:
        known = context.app.ask(GetDefinitionQuery(dataset.name)).landing
    except NotFound:
        known = None
    return _place(known) != _place(dataset.landing)


def _place(landing: Landing | None) -> tuple[object, ...] | None:
    if landing is None:
        return None
    return landing.root, landing.pattern, landing.store, landing.new_objects, landing.marker
