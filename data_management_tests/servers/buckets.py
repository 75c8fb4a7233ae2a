"""An S3 server as tests see it."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

ACCESS_KEY = "AKIATESTTESTTESTTEST"
SECRET_KEY = "test-secret-key-canary"
REGION = "eu-central-1"


def aws_environment(**more: str) -> dict[str, str]:
    """This process's environment with the credentials of the tests and none of the machine's own AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **more,
    }


@dataclass(frozen=True)
class S3Server:
    """`url` of a server over HTTP; each test takes a bucket of its own."""

    url: str

    @cached_property
    def s3(self) -> "S3Client":
        import boto3

        session = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION)
        return session.client("s3", endpoint_url=self.url)

    def new_bucket(self) -> str:
        name = f"bucket-{uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def put(self, bucket: str, key: str, content: bytes | str = b"x") -> str:
        """Its ETag."""
        body = content.encode() if isinstance(content, str) else content
        return self.s3.put_object(Bucket=bucket, Key=key, Body=body)["ETag"]

    def remove(self, bucket: str, key: str) -> None:
        self.s3.delete_object(Bucket=bucket, Key=key)
