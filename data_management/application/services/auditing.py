"""Whether what is kept by difference is what it would be if it were counted."""

from uuid import uuid4

from pydantic.dataclasses import dataclass

from data_management.application.commands import MendTotalsCommand, ScoreDatasetCommand
from data_management.application.queries import AuditDatasetQuery, GetDefinitionQuery, ListDatasetsQuery
from data_management.application.services.facade import Application
from data_management.application.views import TotalsAudit


@dataclass(frozen=True)
class Audited:
    """What was found, and whether it was mended."""

    found: TotalsAudit
    mended: bool = False


def audit(app: Application, *, mend: bool = False) -> tuple[Audited, ...]:
    """Audit every dataset, from a snapshot each; with `mend` sum and count those anew that differ, and score them."""
    results = []
    for view in app.ask(ListDatasetsQuery()):
        found = app.ask(AuditDatasetQuery(view.name))
        if mend and found.differs:
            app.run(MendTotalsCommand(view.name))
            app.run(ScoreDatasetCommand(app.ask(GetDefinitionQuery(view.name)), f"audit-{uuid4().hex}"))
        results.append(Audited(found, mended=mend and found.differs))
    return tuple(results)
