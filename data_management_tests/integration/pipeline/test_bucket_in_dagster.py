"""A bucket behind the real sensor and the real run; what is erased of it; and a role that must be assumed to see it."""

from pathlib import Path

import dagster as dg
import pytest

from data_management.plugin import build_dataset_definitions
from data_management_tests.integration.pipeline.buckets import BucketProject
from data_management_tests.servers.buckets import ACCESS_KEY, REGION, SECRET_KEY, S3Server, as_aws_settings


class Daemon:
    """Evaluates the landing sensor and carries out what it requests, each run key once."""

    def __init__(self, project: BucketProject) -> None:
        self.defs = build_dataset_definitions(project.home / "contracts")
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None
        self.seen: set[str | None] = set()

    def tick(self) -> dg.SensorResult:
        sensor = self.defs.resolve_sensor_def("landing_sensor")
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor, resources=self.defs.resources)
        result = sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        return result

    def run_what_it_asks(self) -> int:
        """How many runs there were."""
        requests = [request for request in self.tick().run_requests or [] if request.run_key not in self.seen]
        for request in requests:
            self.seen.add(request.run_key)
            keys = [key.to_user_string() for key in request.asset_selection or []]
            job = self.defs.resolve_job_def("validate_datasets").get_subset(
                asset_selection={dg.AssetKey.from_user_string(key) for key in keys}
            )
            job.execute_in_process(instance=self.instance, tags=request.tags, raise_on_error=False)
        return len(requests)


@pytest.fixture
def project(tmp_path: Path, moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> BucketProject:
    as_aws_settings(monkeypatch)
    project = BucketProject(tmp_path, moto)
    for name, value in project.environment().items():
        if name.startswith("DATA_MANAGEMENT_"):
            monkeypatch.setenv(name, value)
    return project


def test_the_sensor_sees_a_bucket_and_its_runs_judge_it(project: BucketProject, moto: S3Server) -> None:
    project.put("good.csv")
    project.put("bad.csv", amount=-1)
    daemon = Daemon(project)
    assert (daemon.run_what_it_asks(), daemon.run_what_it_asks()) == (1, 0)
    assert project.statuses() == {"bad.csv": ["quarantined"], "good.csv": ["accepted"]}
    materialization = daemon.instance.get_latest_materialization_event(dg.AssetKey("orders"))
    assert materialization is not None
    assert materialization.asset_materialization is not None
    assert materialization.asset_materialization.metadata["dagster/row_count"].value == 3

    project.put("bad.csv", amount=1)
    moto.remove(project.bucket, "in/good.csv")
    project.put("late.csv", rows=5)
    assert daemon.run_what_it_asks() == 1
    assert project.statuses() == {
        "bad.csv": ["superseded", "accepted"],
        "good.csv": ["accepted"],
        "late.csv": ["accepted"],
    }


def test_what_was_known_of_an_object_is_erased(project: BucketProject, moto: S3Server) -> None:
    canary = "canary.person@example.com"
    moto.put(project.bucket, f"in/{canary}.csv", "id,amount\n1,2\n")
    assert project.call("run")[0] == 0
    uri = f"s3://{project.bucket}/in/{canary}.csv"
    code, _, err = project.call("assets", "erase", uri, "--yes", "--with-name")
    assert code == 2
    assert "still stands" in err
    moto.remove(project.bucket, f"in/{canary}.csv")
    code, out, err = project.call("assets", "erase", uri, "--yes", "--with-name")
    assert code == 0, out + err
    assert canary not in project.call("assets", "list", "--all", "--format", "json")[1]
    store = project.home / ".data_management"
    left = [file.name for file in store.rglob("*") if file.is_file() and canary.encode() in file.read_bytes()]
    assert left == []


def test_a_role_is_assumed_where_the_profile_says_so(
    project: BucketProject, moto: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "aws-config"
    config.write_text(
        f"[profile lake]\nrole_arn = arn:aws:iam::123456789012:role/landing-reader\nsource_profile = people\nregion = {REGION}\n"
        f"[profile people]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    )
    contract = project.home / "contracts" / "orders.yaml"
    with_profile = ", customProperties: [{property: profile, value: lake}]}"
    contract.write_text(contract.read_text().replace("format: csv}", "format: csv" + with_profile))
    assert with_profile in contract.read_text()
    project.put("good.csv")
    environment = {"AWS_CONFIG_FILE": str(config), "AWS_ENDPOINT_URL_STS": moto.url}
    plain = project.environment
    monkeypatch.setattr(project, "environment", lambda **settings: plain(**settings) | environment)
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {"good.csv": ["accepted"]}
    environment["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9"
    code, _, err = project.call("run")
    assert code == 4
    assert "Traceback" not in err
    assert SECRET_KEY not in err
