"""rclone as an S3 server over a folder: no versions, its own ETags, and objects that are files."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_management_tests.servers.buckets import ACCESS_KEY, SECRET_KEY, S3Server, aws_environment
from data_management_tests.servers.starting import started


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server per process that asks for it. What it holds is shared: take a bucket of your own."""
    home = tmp_path_factory.mktemp("rclone")
    (home / "buckets").mkdir()
    program = Path(sys.executable).with_name("rclone")

    def command(port: int) -> list[str]:
        address, key = f"127.0.0.1:{port}", f"{ACCESS_KEY},{SECRET_KEY}"
        options = ["--config", str(home / "none.conf"), "--dir-cache-time", "0", "--vfs-cache-mode", "off"]
        return [str(program), "serve", "s3", str(home / "buckets"), "--addr", address, "--auth-key", key, *options]

    with started(command, home / "log", aws_environment()) as url:
        yield S3Server(url)
