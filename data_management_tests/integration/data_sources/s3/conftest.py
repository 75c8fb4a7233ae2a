"""Buckets of moto as landings, by the real adapters."""

from dataclasses import dataclass

import pytest

from data_management.domain.models import DataLocation, Landing, NewObjects, ObjectStore
from data_management.infrastructure.aws import AwsClients
from data_management_tests.servers.buckets import S3Server, as_aws_settings
from data_management_tests.servers.moto import Moto


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> AwsClients:
    as_aws_settings(monkeypatch)
    return AwsClients()


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own on a server."""

    server: S3Server
    name: str

    def landing(
        self,
        pattern: str = "*.csv",
        root: str = "in",
        new_objects: NewObjects | None = None,
        *,
        versioned: bool = False,
    ) -> Landing:
        store = ObjectStore(endpoint_url=self.server.url, versioned=versioned)
        return Landing(self.at(root), pattern, store=store, new_objects=new_objects)

    def at(self, key: str) -> DataLocation:
        return DataLocation.of_object(self.name, key)

    def put(self, key: str, content: bytes | str = b"x") -> str:
        return self.server.put(self.name, key, content)

    def remove(self, key: str) -> None:
        self.server.remove(self.name, key)

    def keep_versions(self) -> None:
        self.server.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})


@pytest.fixture
def bucket(moto: Moto) -> Bucket:
    return Bucket(moto, moto.new_bucket())
