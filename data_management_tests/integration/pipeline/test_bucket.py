"""One pass from a bucket to the catalog with everything real: two S3 servers, engine, SQLite, processes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data_management.application.ports import FoundFile
from data_management.application.queries import ListDataAssetsQuery
from data_management.application.services import reconcile, validate_arrivals
from data_management.container import Container
from data_management.domain.models import DataLocation, Dataset
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.settings import Settings
from data_management_tests.integration.pipeline.buckets import BucketProject
from data_management_tests.servers.buckets import SECRET_KEY, S3Server, as_aws_settings


@pytest.mark.parametrize("name", ["moto", "rclone"])
def test_a_pass_judges_every_object_and_the_next_what_changed(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server: S3Server = request.getfixturevalue(name)
    project = BucketProject(tmp_path, server)
    project.put("good.csv")
    project.put("bad one+%.csv", amount=-1)
    server.put(project.bucket, "in/empty.csv", b"")
    server.put(project.bucket, "in/_SUCCESS", b"")
    code, out, err = project.call("run")
    assert code == 1, out + err
    assert f"s3://{project.bucket}/in/empty.csv is rejected: 'empty.csv' is empty (0 bytes)" in err
    assert SECRET_KEY not in out + err
    assert project.statuses() == {
        "bad%20one%2B%25.csv": ["quarantined"],
        "empty.csv": ["rejected"],
        "good.csv": ["accepted"],
    }
    project.put("bad one+%.csv", amount=1)
    server.remove(project.bucket, "in/empty.csv")
    code, out, err = project.call("run")
    assert code == 0, out + err
    assert project.statuses() == {
        "bad%20one%2B%25.csv": ["superseded", "accepted"],
        "empty.csv": ["removed"],
        "good.csv": ["accepted"],
    }
    shown = project.json("assets", "show", f"s3://{project.bucket}/in/good.csv")
    assert (shown["rows"], shown["location"]) == (3, f"s3://{project.bucket}/in/good.csv")


def test_a_bucket_that_is_not_there_and_a_storage_that_is_away_are_said(moto: S3Server, tmp_path: Path) -> None:
    project = BucketProject(tmp_path, moto)
    contract = tmp_path / "contracts" / "orders.yaml"
    text = contract.read_text()
    contract.write_text(text.replace(project.bucket, "nobody-has-this"))
    code, out, err = project.call("run")
    assert (code, "nothing new" in out) == (0, True)
    assert "landing s3://nobody-has-this/in of dataset 'orders' is not there; mount or create it" in err
    contract.write_text(text.replace(moto.url, "http://127.0.0.1:9"))
    code, _, err = project.call("run")
    assert code == 4
    assert "bucket" in err
    assert "cannot be reached (EndpointConnectionError); check the network" in err
    assert "Traceback" not in err


@pytest.fixture
def container(tmp_path: Path, moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    as_aws_settings(monkeypatch)
    container = Container()
    container.settings.override(Settings(home=tmp_path, workers=1))
    yield container
    container.application().close()
    container.catalog_engine().dispose()


def declared(home: Path) -> Dataset:
    (dataset,) = OdcsContractReader().read(home / "contracts" / "orders.yaml").datasets
    return dataset


@pytest.mark.parametrize("versioned", [False, True])
def test_what_changes_between_listing_and_reading(
    moto: S3Server, container: Container, tmp_path: Path, *, versioned: bool
) -> None:
    properties = ", customProperties: [{property: versioned, value: true}]" if versioned else ""
    project = BucketProject(tmp_path, moto, properties)
    if versioned:
        moto.s3.put_bucket_versioning(Bucket=project.bucket, VersioningConfiguration={"Status": "Enabled"})
    for name in ("same.csv", "replaced.csv", "deleted.csv"):
        project.put(name)
    app, dataset = container.application(), declared(tmp_path)
    assert reconcile(app, dataset, 0.0).arrived == 3
    project.put("replaced.csv", rows=7)
    moto.remove(project.bucket, "in/deleted.csv")
    report = validate_arrivals(app, dataset, "run-1")
    if versioned:  # what was listed is still there to be read, and is superseded by the next listing
        assert {outcome.name: outcome.row_count for outcome in report.outcomes} == {
            "same.csv": 3, "replaced.csv": 3, "deleted.csv": 3,
        }  # fmt: skip
    else:
        assert report.deferred == 2
        assert {outcome.name: outcome.row_count for outcome in report.outcomes} == {"same.csv": 3, "replaced.csv": 7}
    reconcile(app, dataset, 0.0)
    validate_arrivals(app, dataset, "run-2")
    assets = app.ask(ListDataAssetsQuery("orders", current_only=False)).assets
    assert sorted((asset.location.rpartition("/")[2], asset.status.value, asset.row_count) for asset in assets) == [
        ("deleted.csv", "removed", 3 if versioned else None),
        ("replaced.csv", "accepted", 7),
        ("replaced.csv", "superseded", 3 if versioned else None),
        ("same.csv", "accepted", 3),
    ]


def test_a_find_in_a_bucket_and_on_disk_goes_to_the_right_storage(
    moto: S3Server, container: Container, tmp_path: Path
) -> None:
    project = BucketProject(tmp_path, moto)
    project.put("a.csv")
    on_disk = project.drop("b.csv")
    landing = declared(tmp_path).landing
    assert landing is not None
    found: list[FoundFile | None] = [
        container.locations().find(DataLocation.of_object(project.bucket, "in/a.csv"), landing.store),
        container.locations().find(DataLocation.from_path(on_disk)),
    ]
    assert [file.location.name for file in found if file is not None] == ["a.csv", "b.csv"]
    assert all(file.changed_at <= datetime.now(UTC) for file in found if file is not None)
