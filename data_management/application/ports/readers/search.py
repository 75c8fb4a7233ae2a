"""Looking for words."""

from typing import Protocol

from pydantic.dataclasses import dataclass

from data_management.application.views import SearchPage


@dataclass(frozen=True)
class Search:
    """What is looked for: datasets and data assets that have all words of `text`. Only its first words count."""

    text: str
    kinds: tuple[str, ...] = ("dataset", "data_asset")
    datasets: tuple[str, ...] | None = None
    """Only these and their data assets; None: all."""


class SearchReader(Protocol):
    """What has the words that somebody looks for."""

    def search(self, search: Search, after: str | None = None, limit: int = 100) -> SearchPage:
        """Datasets, those that fit best first, then data assets that stand, the newest first; cursors as in `DataAssetReader.assets`."""
