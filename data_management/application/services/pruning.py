"""Forgetting the past in many small transactions, between which others write."""

from datetime import datetime

from data_management.application.commands import PruneCommand
from data_management.application.queries import GetPrunableQuery
from data_management.application.services.facade import Application
from data_management.domain.repositories import Prunable

_STEP = 1000


def prune(app: Application, before: datetime, *, dry_run: bool = False, step: int = _STEP) -> dict[Prunable, int]:
    """Forget what ended before a moment (UTC), at most `step` rows in one transaction; how much that is of each kind.

    What is current, its checks and its totals stay as they are. Interrupted, it has forgotten less; the next time goes on.
    """
    if dry_run:
        return app.ask(GetPrunableQuery(before))
    removed = dict.fromkeys(Prunable, 0)
    for what in Prunable:
        after: int | None = 0
        while after is not None:
            done = app.run(PruneCommand(what, before, after, step))
            removed[what] += done.removed
            after = done.next
    return removed
