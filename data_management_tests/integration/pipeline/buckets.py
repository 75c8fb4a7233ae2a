"""A project whose files land in a bucket."""

from pathlib import Path

from data_management_tests.integration.pipeline.project import CONTRACT, Project
from data_management_tests.servers.buckets import S3Server, aws_environment

SERVER = """server: landing, type: s3, location: 's3://{bucket}/in/*.csv', endpointUrl: '{url}', format: csv"""


class BucketProject(Project):
    def __init__(self, home: Path, server: S3Server, properties: str = "") -> None:
        super().__init__(home)
        self.server, self.bucket = server, server.new_bucket()
        where = SERVER.format(bucket=self.bucket, url=server.url) + properties
        local = "server: landing, type: local, path: ../landing/orders/*.csv, format: csv"
        contract = CONTRACT.format(name="orders")
        assert local in contract
        (home / "contracts" / "orders.yaml").write_text(contract.replace(local, where))

    def put(self, name: str, rows: int = 3, amount: float = 1.5) -> None:
        content = "id,amount\n" + "".join(f"{row},{amount}\n" for row in range(rows))
        self.server.put(self.bucket, f"in/{name}", content)

    def environment(self, **settings: object) -> dict[str, str]:
        plain = super().environment(**settings)
        return plain | {name: value for name, value in aws_environment().items() if name.startswith("AWS_")}
