"""Forgetting the past in many small transactions, between which others write."""

from datetime import datetime, timedelta
from typing import Final

from data_management.application.commands import PruneCommand
from data_management.application.queries import GetPrunableQuery
from data_management.application.services.facade import Application
from data_management.domain.models import Prunable

AUDIT_KEPT: Final = timedelta(days=365)
_STEP: Final = 1000


def audit_kept_from(before: datetime, now: datetime) -> datetime:
    """From when on the audit is kept where nobody says so: for a year, and as long as the rest."""
    return min(before, now - AUDIT_KEPT)


def prune(
    app: Application,
    before: datetime,
    *,
    audit_before: datetime | None = None,
    by: str = "unknown",
    dry_run: bool = False,
    step: int = _STEP,
) -> dict[Prunable, int]:
    """Forget what ended before a moment (UTC), at most `step` rows in one transaction; how much that is of each kind.

    What is current, its checks and its totals stay as they are. Interrupted, it has forgotten less; the next time goes on.
    Of the audit goes what is before a moment of its own; that it went, and `by` whom, is in the audit.
    """
    audit_before = audit_before or audit_kept_from(before, app.clock())
    if dry_run:
        return app.ask(GetPrunableQuery(before, audit_before))
    removed = dict.fromkeys(Prunable, 0)
    for what in Prunable:
        after: int | None = 0
        while after is not None:
            done = app.run(PruneCommand(what, audit_before if what is Prunable.AUDIT else before, after, step, by))
            removed[what] += done.removed
            after = done.next
    return removed
