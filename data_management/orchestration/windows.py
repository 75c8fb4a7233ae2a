"""Time windows of file names as Dagster's partitions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import dagster as dg

from data_management.application.commands import DatasetAssessed
from data_management.application.views import AssetView
from data_management.domain.models import AssetStatus, Dataset, TimeWindow, accepted_version
from data_management.orchestration.datasets import DatasetNames
from data_management.orchestration.partitions import key_of, partitions_of

ACCEPTED_VERSION = "data_management/accepted_version"
"""Tag of a window's materialization: the data version of the whole dataset, by which a later run knows what Dagster knows."""


def version_tag(version: str) -> dict[str, str]:
    return {ACCEPTED_VERSION: as_tag(version)}


def as_tag(version: str) -> str:
    """Dagster bears 63 characters in a tag."""
    return version[:32]


class WindowedFiles:
    """A dataset's current files by partition, and what Dagster is told of each partition."""

    def __init__(
        self, dataset: Dataset, window: TimeWindow, names: DatasetNames, files: dict[datetime | None, list[AssetView]]
    ) -> None:
        known = partitions_of(window)
        self._dataset = dataset
        self._names = names
        self._by_key: dict[str, list[AssetView]] = {}
        self.outside: list[AssetView] = []
        """Files whose names tell no window, or one that is no partition: before the first, or in the future."""
        for start, assets in files.items():
            key = None if start is None else key_of(window, start)
            if key is None or not known.has_partition_key(key):
                self.outside += assets
            else:
                self._by_key.setdefault(key, []).extend(assets)

    @property
    def keys(self) -> list[str]:
        return sorted(self._by_key)

    def keys_of(self, locations: Sequence[str]) -> list[str]:
        """The partitions of the files at these URIs, as far as they still stand there."""
        wanted = set(locations)
        return sorted(key for key, assets in self._by_key.items() if any(asset.location in wanted for asset in assets))

    def data_version(self, *keys: str) -> str:
        """That of the accepted files of these partitions."""
        return accepted_version(
            asset.id for key in keys for asset in self._by_key.get(key, ()) if asset.status is AssetStatus.ACCEPTED
        )

    def metadata(self, key: str, assessed: DatasetAssessed) -> dict[str, Any]:
        """The figures of one partition. Scores are of files; that of the dataset is over all partitions."""
        assets = self._by_key.get(key, [])
        accepted = [asset for asset in assets if asset.status is AssetStatus.ACCEPTED]
        scores = [asset.score.value for asset in assets if asset.score and asset.score.value is not None]
        metadata: dict[str, Any] = {
            "dagster/partition_row_count": sum(asset.row_count or 0 for asset in accepted),
            "accepted": len(accepted),
            "quarantined": sum(asset.status is AssetStatus.QUARANTINED for asset in assets),
            "rejected": sum(asset.status is AssetStatus.REJECTED for asset in assets),
        }
        if scores:
            metadata["lowest_score"] = min(scores)
        if assessed.score.score.value is not None:
            metadata["dataset_score"] = assessed.score.score.value
        return metadata

    def events(self, keys: Sequence[str], assessed: DatasetAssessed, version: str) -> Iterator[dg.AssetMaterialization]:
        """A materialization for each of these partitions, by itself."""
        for key in keys:
            yield dg.AssetMaterialization(
                self._names.key,
                partition=key,
                metadata=self.metadata(key, assessed),
                tags={"dagster/data_version": self.data_version(key), **version_tag(version)},
            )
