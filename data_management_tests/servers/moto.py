"""moto: S3, SQS, SNS and other services of AWS over HTTP."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from data_management_tests.servers.buckets import ACCESS_KEY, REGION, SECRET_KEY, S3Server, aws_environment
from data_management_tests.servers.starting import started


@dataclass(frozen=True)
class Moto(S3Server):
    def client(self, service: Any) -> Any:
        """A boto3 client of any service that moto has."""
        import boto3

        session = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
        return session.client(service, endpoint_url=self.url)


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """One server per process that asks for it. What it holds is shared: take names of your own."""
    log = tmp_path_factory.mktemp("moto") / "log"

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]

    with started(command, log, aws_environment()) as url:
        yield Moto(url)
