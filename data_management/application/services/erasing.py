"""Erasing what the catalog knows of a file."""

from collections.abc import Callable
from uuid import uuid4

from data_management.application.commands import Erased, EraseDataAssetsCommand, ScoreDatasetCommand
from data_management.application.queries import GetDefinitionQuery, ListDatasetsQuery, ListVersionsAtLocationQuery
from data_management.application.services.facade import Application
from data_management.application.views import AssetView
from data_management.domain.models import DataLocation, ObjectStore
from data_management.errors import InvalidInput, NotFound


def erasable(app: Application, location: DataLocation) -> list[AssetView]:
    """The versions that `erase` would forget.

    `NotFound` where the catalog knows of none; `InvalidInput` where the file still stands.
    """
    _must_be_gone(app, location)
    versions = app.ask(ListVersionsAtLocationQuery(location))
    if not versions:
        raise NotFound(
            f"the catalog knows nothing of {location}; `data-management assets list --all` names what it knows"
        )
    return versions


def erase(
    app: Application,
    location: DataLocation,
    by: str,
    *,
    with_name: bool = False,
    run: Callable[[EraseDataAssetsCommand], Erased] | None = None,
) -> Erased:
    """Forget what the versions at a location held, and score anew the datasets that lost one.

    `run` executes the command in another way than the façade alone: for a caller, with its audit.
    `InvalidInput` where the file still stands: the next look at its landing would record it, and all that it holds, anew.
    """
    _must_be_gone(app, location)
    erased = (run or app.run)(EraseDataAssetsCommand(location, by, with_name))
    for dataset in erased.ended:
        app.run(ScoreDatasetCommand(app.ask(GetDefinitionQuery(dataset)), f"erase-{uuid4().hex}"))
    return erased


def _must_be_gone(app: Application, location: DataLocation) -> None:
    if any(app.locations.find(location, store) is not None for store in _stores(app, location)):
        raise InvalidInput(
            f"{location} still stands, and the next look at its landing would record it anew; delete it first, then erase it"
        )


def _stores(app: Application, location: DataLocation) -> set[ObjectStore | None]:
    """How the landings reach it that would record it; none where no landing has it."""
    definitions = (app.ask(GetDefinitionQuery(view.name)) for view in app.ask(ListDatasetsQuery()))
    landings = [dataset.landing for dataset in definitions if dataset.landing is not None]
    return {each.store for each in landings if location.uri.startswith(f"{each.root.uri.rstrip('/')}/")}
