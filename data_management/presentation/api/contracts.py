"""From a contract that was sent to datasets, or to the faults that keep it from being used."""

from collections.abc import Sequence
from http import HTTPStatus

from data_management.application.queries import GetDefinitionQuery
from data_management.domain.models import Dataset, Permission
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
    """Where files land is what the server will read, with its own access: making or moving a landing is another permission."""
    return Permission.PLACE_LANDINGS if any(_moves(context, each) for each in datasets) else Permission.WRITE


def _moves(context: ApiContext, dataset: Dataset) -> bool:
    if dataset.landing is None:
        return False
    try:
        known = context.app.ask(GetDefinitionQuery(dataset.name)).landing
    except NotFound:
        return True
    placed, wanted = known, dataset.landing
    return placed is None or (placed.root, placed.pattern, placed.store, placed.new_objects, placed.marker) != (
        wanted.root,
        wanted.pattern,
        wanted.store,
        wanted.new_objects,
        wanted.marker,
    )
