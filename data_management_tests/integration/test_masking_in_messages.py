"""Canaries in rules about classified columns: what Dagster shows of the rules, and what people are told when they fail, holds none."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._serdes import serialize_value

from data_management.infrastructure.messaging.slack import alert_text
from data_management.orchestration.alerts import quality_alert_sensor
from data_management.plugin import build_dataset_definitions, catalog
from data_management_tests.fakes import FakeMessenger
from data_management_tests.integration.pipeline.project import Project
from data_management_tests.integration.test_masking import (
    BY_CONTRACT,
    COLUMNS,
    NUMBERS,
    TYPES,
    contract,
    csv_of,
    hits,
    landing,
)

TELLING: list[dict[str, Any]] = [
    {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "flagged", "value_set": ["CANARY0"]}},
    {"type": "expect_column_values_to_not_be_in_set", "kwargs": {"column": "remark", "value_set": ["CANARY remark 0001"]}},
    {"type": "expect_column_values_to_not_match_regex", "kwargs": {"column": "remark", "regex": "CANARY.*"}},
    {"type": "expect_column_max_to_be_between", "kwargs": {"column": "salary", "max_value": NUMBERS[0]}},
    {"type": "expect_column_values_to_be_between", "kwargs": {"column": "born", "max_value": "1877-01-01"}},
    {
        "type": "expect_column_pair_values_to_be_in_set",
        "kwargs": {"column_A": "id", "column_B": "flagged", "value_pairs_set": [[1, "CANARY0"]]},
    },
    {
        "type": "expect_column_values_to_be_null",
        "kwargs": {"column": "id", "row_condition": 'flagged == "CANARY0"', "condition_parser": "pandas"},
    },
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Its contract tells values of classified columns in rules of every kind, all of which fail."""
    project = Project(tmp_path, "people")
    path = contract(tmp_path, classification=BY_CONTRACT, logical_types=TYPES)
    written = json.loads(path.read_text())
    (people,) = written["schema"]
    rule = people["quality"][0]
    people["quality"] = [
        rule | {"name": f"telling_{number}", "implementation": each} for number, each in enumerate(TELLING)
    ]
    for column in people["properties"]:
        if column["name"] == "salary":
            column["logicalTypeOptions"] = {"maximum": NUMBERS[0]}
    path.write_text(json.dumps(written))
    for name, value in project.environment().items():
        if name.startswith("DATA_MANAGEMENT"):
            monkeypatch.setenv(name, value)
    return project


def test_what_a_code_location_shows_of_its_rules_holds_none(project: Project) -> None:
    defs = build_dataset_definitions(project.home / "contracts", checks="per_rule")
    shown = serialize_value(RepositorySnap.from_def(defs.get_repository_def()))
    assert r"expect_column_values_to_be_in_set(value_set=\u2026)" in shown
    assert hits(shown) == []


@pytest.mark.parametrize("checks", ["per_rule", "per_dimension"])
def test_alerts_and_runs_in_which_such_rules_fail_hold_none(project: Project, checks: Any) -> None:
    defs = build_dataset_definitions(project.home / "contracts", checks=checks)
    messenger = FakeMessenger()
    alerts = quality_alert_sensor(catalog, lambda: messenger)
    with dg.DagsterInstance.ephemeral() as instance:
        alerts(dg.build_sensor_context(instance=instance))
        (landing(project) / "a.csv").write_text(csv_of(COLUMNS))
        (landing(project) / "b.csv").write_text(csv_of(COLUMNS) + "CANARY,one,two\n")
        result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey("people")], raise_on_error=False
        )
        alerts(dg.build_sensor_context(instance=instance, cursor="begun"))
        logs = [str(record) for record in instance.all_logs(result.run_id)]
    (materialization,) = result.get_asset_materialization_events()
    table = str(materialization.materialization.metadata["failures"].value)
    assert "telling" in table
    (alert,) = messenger.sent
    text = alert_text(alert)
    assert text.startswith("Data quality of people: fail (first verdict).")
    assert "telling" in text
    assert [found for shown in (text, table, *logs) for found in hits(shown)] == []
