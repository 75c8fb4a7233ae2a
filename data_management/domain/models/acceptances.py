"""The ledger of what consumers of a dataset may read."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum

from data_management.domain.models.assets import AssetStatus, DataCatalogEntry


def accepted_version(asset_ids: Iterable[str]) -> str:
    """What tells two states of a dataset (or of a part of it) apart: SHA-256 (hex) over the ids of the data assets that are accepted, each
    of which is one version of one file.
    """
    return hashlib.sha256("".join(sorted(asset_ids)).encode()).hexdigest()


class Withdrawal(StrEnum):
    """Why an accepted data asset is accepted no more."""

    SUPERSEDED = "superseded"
    REMOVED = "removed"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    ERASED = "erased"
    RETIRED = "retired"
    """The whole dataset was."""

    @classmethod
    def of(cls, entry: DataCatalogEntry) -> "Withdrawal | None":
        """Why consumers may not read it; None where they may, and while it is not judged yet."""
        if entry.is_erased:
            return cls.ERASED
        if entry.status in _UNDECIDED or entry.status is AssetStatus.ACCEPTED:
            return None
        return cls(entry.status.value)


_UNDECIDED = (AssetStatus.ARRIVED, AssetStatus.REGISTERED)
"""What was accepted before it is judged again stays so until that is done."""
