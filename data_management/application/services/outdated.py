"""What another plan judged, and how much of it one run judges again."""

from collections.abc import Iterator, Sequence

from data_management.application.queries import ListOutdatedAssetsQuery
from data_management.application.services.facade import Application
from data_management.application.views import AssetView
from data_management.domain.models import Dataset, Revalidation

_PAGE = 500
_TIMED_PAGE = 50
"""The time is looked at between pages."""


class Budget:
    """How many files one run may still judge again; it begins when it is made."""

    def __init__(self, app: Application, revalidation: Revalidation) -> None:
        self._files = revalidation.most_files
        self._deadline = app.deadline(revalidation.most_seconds)

    @property
    def is_limited(self) -> bool:
        return self._files is not None or not self._deadline.is_never

    def most(self, otherwise: int) -> int:
        """How many files it allows at most; `otherwise` so many, where it counts none."""
        return otherwise if self._files is None else self._files

    @property
    def page(self) -> int:
        return _PAGE if self._deadline.is_never else _TIMED_PAGE

    def of(self, assets: Sequence[AssetView]) -> Sequence[AssetView]:
        """Those that it allows, which are spent with that."""
        if self._files is None:
            return assets
        allowed = assets[: self._files]
        self._files -= len(allowed)
        return allowed

    @property
    def is_spent(self) -> bool:
        return self._files == 0 or self._deadline.is_over


def outdated_pages(app: Application, dataset: Dataset, limit: int = _PAGE) -> Iterator[tuple[AssetView, ...]]:
    """The judged data assets of a dataset that another plan judged; those judged meanwhile do not come up again."""
    after = None
    while True:
        page = app.ask(ListOutdatedAssetsQuery(dataset.name, dataset.plan_hash, after=after, limit=limit))
        yield page.assets
        if page.next is None:
            return
        after = page.next
