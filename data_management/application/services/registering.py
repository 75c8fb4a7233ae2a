"""A file that somebody says has landed."""

from dataclasses import replace

from data_management.application.commands import ActCommand, Acted, Affected, RecordArrivalsCommand
from data_management.application.queries import GetDefinitionQuery
from data_management.application.services.facade import Application
from data_management.application.services.landing import is_settled
from data_management.domain.models import DataLocation
from data_management.errors import Conflict, InvalidInput, NotFound


def register_file(
    app: Application, act: ActCommand, dataset: str, location: DataLocation, settle_seconds: float
) -> Acted:
    """Look at the file, and record it as `act` says who asks for that. A version that is known is left as it is.
    What is affected is the data asset at the location as the catalog spells it.

    `InvalidInput` where it is not of the dataset's landing, `NotFound` where nothing is there, `Conflict` where it may still be
    written.
    """
    landing = app.ask(GetDefinitionQuery(dataset)).landing
    if landing is None or not app.locations.has(landing, location):
        where = landing.uri if landing else "none"
        raise InvalidInput(f"{location} is not in the landing of dataset {dataset!r}, which is {where}; put it there")
    found = app.locations.find(location, landing.store)
    if found is None:
        raise NotFound(f"there is nothing at {location}; write the file first")
    if not is_settled(found, app.clock(), settle_seconds):
        raise Conflict(
            f"{location} changed within the last {settle_seconds:g} s and may still be written; try again then"
        )
    affected = (Affected("location", found.location.uri, dataset),)
    return app.run(replace(act, affected=affected, commands=(RecordArrivalsCommand(dataset, (found,)),)))
