"""Guarantees 9 and 11 from end to end, on both databases: no secret shows anywhere, and names are data."""

import base64
import json
from pathlib import Path

import dagster as dg
import pytest
import yaml
from sqlalchemy import URL, text

from data_management.infrastructure.persistence.engine import CatalogPlace, create_catalog_engine
from data_management.infrastructure.persistence.tables import metadata
from data_management_tests.integration.pipeline.project import CONTRACT, Project
from data_management_tests.servers.receiver import receiving

SIGNING = "CANARY-signing-secret-of-webhooks"
SECRETS = {
    "events_secret": f"whsec_{base64.b64encode(SIGNING.encode()).decode()}",
    "path": "CANARY-path-of-a-webhook",
    "AWS_SECRET_ACCESS_KEY": "CANARY/aws/secret/access/key/of/somebody",
    "AWS_SESSION_TOKEN": "CANARY-aws-session-token",
}
HOSTILE_FILES = (
    "'; DROP TABLE data_assets; --.csv",
    "<img src=x onerror=alert(1)>.csv",
    'quo"te.csv',
    '\n{"event": "forged", "level": "critical"}.csv',
    "%2e%2e%2f..%2fpasswd.csv",
    "\x1b[31mred\x1b[0m.csv",
    "*.csv",
)
HOSTILE_NAME = "o'rders\"; DROP TABLE x --<script>alert(1)</script>"
HOSTILE_COLUMN = 'amount"; DROP TABLE y; --<script>'


def url_of(place: CatalogPlace) -> str:
    return place.render_as_string(hide_password=False) if isinstance(place, URL) else str(place)


def dumped(place: CatalogPlace) -> str:
    """All rows of all tables."""
    engine = create_catalog_engine(place)
    with engine.connect() as connection:
        found = [str(connection.execute(text(f'SELECT * FROM "{table}"')).all()) for table in metadata.tables]
    engine.dispose()
    return "\n".join(found)


def test_9_no_secret_shows_in_logs_output_events_catalog_and_dagster(
    current: CatalogPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = [SIGNING, *SECRETS.values()]
    if isinstance(current, URL):
        secrets += [str(current.password), url_of(current).split(":")[2].partition("@")[0]]
    home = tmp_path / "project"
    home.mkdir()
    with receiving() as receiver:
        receiver.answer = lambda _: 500
        project = Project(
            home,
            catalog=url_of(current),
            events=f"{receiver.url}/{SECRETS['path']}",
            events_secret=SECRETS["events_secret"],
            log_level="DEBUG",
            log_format="json",
        )
        for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.setenv(name, SECRETS[name])
        project.drop("good.csv")
        project.drop("bad.csv", amount=-1)
        told = [*project.call("run"), *project.call("events", "relay"), *project.call("events", "status")]
        for name, value in project.environment().items():
            if name.startswith("DATA_MANAGEMENT_"):
                monkeypatch.setenv(name, value)
        from data_management.plugin import build_dataset_definitions

        project.drop("good.csv", rows=5)
        with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
            result = (
                build_dataset_definitions()
                .resolve_implicit_global_asset_job_def()
                .execute_in_process(instance=instance, raise_on_error=False)
            )
            told += [str(record) for record in instance.all_logs(result.run_id)]
        told += [f"{each.headers} {each.body!r}" for each in receiver.received]
        assert receiver.received
    told.append(dumped(current))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    told += [path.read_bytes().decode(errors="replace") for path in files]
    assert result.success
    assert {secret: sum(secret in str(each) for each in told) for secret in secrets} == dict.fromkeys(secrets, 0)


def test_11_names_of_files_columns_and_datasets_are_data(current: CatalogPlace, tmp_path: Path) -> None:
    project = Project(tmp_path, catalog=url_of(current), log_format="json", log_level="DEBUG")
    contract = yaml.safe_load(CONTRACT.format(name="orders"))
    (schema,) = contract["schema"]
    schema["name"] = HOSTILE_NAME
    schema["properties"].append({"name": HOSTILE_COLUMN, "logicalType": "number", "required": True})
    (tmp_path / "contracts" / "orders.yaml").write_text(yaml.safe_dump(contract))
    landing = tmp_path / "landing" / "orders"
    quoted = HOSTILE_COLUMN.replace('"', '""')
    for name in HOSTILE_FILES:
        (landing / name).write_text(f'id,amount,"{quoted}"\n1,1.5,2\n2,1.5,\n')
    code, out, err = project.call("run", "--format", "json")
    assert code == 1, out + err
    assert "Traceback" not in err
    logged = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert "forged" not in {each["event"] for each in logged}
    (shown,) = project.json("datasets", "list")
    assert (shown["name"], shown["files"]["quarantined"]) == (HOSTILE_NAME, len(HOSTILE_FILES))
    code, table, err = project.call("assets", "list")
    assert code == 0, err
    assert "\x1b" not in table
    assert not any(line.startswith("{") for line in table.splitlines())
    one = project.json("assets", "show", str(landing / HOSTILE_FILES[0]))
    assert HOSTILE_COLUMN in {column["name"] for column in one["profile"]}
