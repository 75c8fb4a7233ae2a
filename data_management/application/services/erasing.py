"""Erasing what the catalog knows of a file."""

from uuid import uuid4

from data_management.application.commands import Erased, EraseDataAssetsCommand, ScoreDatasetCommand
from data_management.application.queries import GetDefinitionQuery
from data_management.application.services.facade import Application
from data_management.domain.models import DataLocation
from data_management.errors import InvalidInput


def erase(app: Application, location: DataLocation, by: str, *, with_name: bool = False) -> Erased:
    """Forget what the versions at a location held, and score anew the datasets that lost one.

    `InvalidInput` where the file still stands: the next look at its landing would record it, and all that it holds, anew.
    """
    if app.locations.find(location) is not None:
        raise InvalidInput(
            f"{location} still stands, and the next look at its landing would record it anew; delete it first, then erase it"
        )
    erased = app.run(EraseDataAssetsCommand(location, by, with_name))
    for dataset in erased.ended:
        app.run(ScoreDatasetCommand(app.ask(GetDefinitionQuery(dataset)), f"erase-{uuid4().hex}"))
    return erased
