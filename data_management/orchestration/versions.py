"""Which version of an asset there is, by what Dagster knows of it."""

from typing import Any

import dagster as dg
from pydantic.dataclasses import dataclass

from data_management.application.services import HeldVersion
from data_management.domain.models import DataLocation, VersionToken
from data_management.errors import InvalidInput

VERSION = "data_management/version"
"""Metadata of a materialization whose data was judged before it was published: under which version."""


@dataclass(frozen=True, config={"arbitrary_types_allowed": True})
class Published:
    """What was materialized last, of an asset or of one partition of it; None where nothing ever was."""

    key: dg.AssetKey
    partition: str | None
    materialization: dg.AssetMaterialization | None
    run_id: str

    def held(self) -> HeldVersion:
        return held_version(self.key, self.partition, self._token())

    def uri(self, name: str) -> str:
        """The location that its metadata holds under a name; `InvalidInput` where it holds none."""
        found = (self.materialization.metadata if self.materialization else {}).get(name)
        value: Any = getattr(found, "value", None)
        if not isinstance(value, str) or not value:
            of = f"partition {self.partition!r} of asset" if self.partition is not None else "asset"
            raise InvalidInput(
                f"the last materialization of {of} {self.key.to_user_string()!r} has no text {name!r} in its metadata; add it where the "
                "asset is made, for instance MaterializeResult(metadata={'dagster/uri': …}), or name the source itself"
            )
        return value

    def _token(self) -> str:
        if self.materialization is None:
            return self.run_id
        judged = getattr(self.materialization.metadata.get(VERSION), "value", None)
        return judged or (self.materialization.tags or {}).get("dagster/data_version") or self.run_id


def held_version(key: dg.AssetKey, partition: str | None, token: str) -> HeldVersion:
    return HeldVersion(DataLocation.of_dagster(key.path, partition), VersionToken(token))


def published(instance: dg.DagsterInstance, key: dg.AssetKey, partition: str | None, run_id: str) -> Published:
    """The last materialization; where there is none, `run_id` stands for the version."""
    if partition is None:
        event = instance.get_latest_materialization_event(key)
    else:
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition])
        found = instance.fetch_materializations(wanted, limit=1).records
        event = found[0].event_log_entry if found else None
    if event is None:
        return Published(key, partition, None, run_id)
    return Published(key, partition, event.asset_materialization, event.run_id)


def latest_partition(instance: dg.DagsterInstance, key: dg.AssetKey) -> str | None:
    """The partition that was materialized last."""
    event = instance.get_latest_materialization_event(key)
    materialization = event.asset_materialization if event else None
    return materialization.partition if materialization else None
