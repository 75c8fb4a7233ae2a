"""Canary values stand in classified columns, every kind of rule fails on them, and nothing that anybody can read holds one.

Classified are columns by the contract (`salary`, `remark`, `born`, `flagged`) and by detection (`mail`, `ssn`, `card`, `client_ip`, `first_name`).
"""

import gzip
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
from pyarrow import parquet

from data_management.domain.expectations import EXPECTATION_TYPES, ExpectationKind
from data_management.infrastructure.contracts.custom_properties import OF_DATASETS, OF_RULES
from data_management.plugin import build_dataset_definitions
from data_management_tests.integration.pipeline.project import Project
from data_management_tests.integration.quality.profiling.labelled import luhn_completed

ROWS = 60
NUMBERS = [987_650_000 + 137 * row for row in range(ROWS)]
COLUMNS: dict[str, list[Any]] = {
    "id": list(range(ROWS)),
    "salary": NUMBERS,
    "remark": [f"CANARY remark {row:04}" for row in range(ROWS)],
    "born": [f"1877-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(ROWS)],
    "flagged": [f"CANARY{row % 3}" for row in range(ROWS)],
    "mail": [f"canary{row:04}@example.org" for row in range(ROWS)],
    "ssn": [f"219-09-{4000 + row}" for row in range(ROWS)],
    "card": [luhn_completed(f"40120019876{row:04}") for row in range(ROWS)],
    "client_ip": [f"203.0.113.{row + 100}" for row in range(ROWS)],
    "first_name": [f"Kanarienvogel{chr(65 + row % 26)}" for row in range(ROWS)],
}
PRIVATE = [name for name in COLUMNS if name != "id"]
DETECTED = {"mail", "ssn", "card", "client_ip", "first_name"}
# pytest names its folders after tests, so that no test may be called after a canary
CANARIES = re.compile(
    "|".join(
        [
            "canary",
            "kanarienvogel",
            r"1877-\d\d",
            "219-09-4",
            "40120019876",
            r"203\.0\.113\.",
            *(str(number) for number in NUMBERS),
            str(sum(NUMBERS)),
            str(sum(NUMBERS) // ROWS),  # the mean, a whole number or not
        ]
    ),
    re.IGNORECASE,
)

FAILING: dict[str, dict[str, Any]] = {
    "expect_column_value_lengths_to_be_between": {"max_value": 1},
    "expect_column_value_lengths_to_equal": {"value": 1},
    "expect_column_value_z_scores_to_be_less_than": {"threshold": 0.01, "double_sided": True},
    "expect_column_values_to_be_between": {"max_value": 1},
    "expect_column_values_to_be_dateutil_parseable": {},
    "expect_column_values_to_be_decreasing": {},
    "expect_column_values_to_be_in_set": {"value_set": ["a"]},
    "expect_column_values_to_be_in_type_list": {"type_list": ["bool"]},
    "expect_column_values_to_be_increasing": {},
    "expect_column_values_to_be_json_parseable": {},
    "expect_column_values_to_be_null": {},
    "expect_column_values_to_be_of_type": {"type_": "boolean"},
    "expect_column_values_to_be_unique": {},
    "expect_column_values_to_match_json_schema": {"json_schema": {"type": "object"}},
    "expect_column_values_to_match_like_pattern": {"like_pattern": "x"},
    "expect_column_values_to_match_like_pattern_list": {"like_pattern_list": ["x"]},
    "expect_column_values_to_match_regex": {"regex": "^x$"},
    "expect_column_values_to_match_regex_list": {"regex_list": ["^x$"]},
    "expect_column_values_to_match_strftime_format": {"strftime_format": "%H:%M"},
    "expect_column_values_to_not_be_in_set": {"value_set": ["a"]},
    "expect_column_values_to_not_be_null": {},
    "expect_column_values_to_not_be_outliers": {"method": "iqr", "multiplier": 0.01},
    "expect_column_values_to_not_match_like_pattern": {"like_pattern": "%"},
    "expect_column_values_to_not_match_like_pattern_list": {"like_pattern_list": ["%"]},
    "expect_column_values_to_not_match_regex": {"regex": "."},
    "expect_column_values_to_not_match_regex_list": {"regex_list": ["."]},
    "expect_column_distinct_values_to_be_in_set": {"value_set": ["a"]},
    "expect_column_distinct_values_to_contain_set": {"value_set": ["a"]},
    "expect_column_distinct_values_to_equal_set": {"value_set": ["a"]},
    "expect_column_kl_divergence_to_be_less_than": {
        "partition_object": {"values": ["a", "b"], "weights": [0.5, 0.5]},
        "threshold": 0.01,
    },
    "expect_column_max_to_be_between": {"max_value": 1},
    "expect_column_mean_to_be_between": {"max_value": 1},
    "expect_column_median_to_be_between": {"max_value": 1},
    "expect_column_min_to_be_between": {"max_value": 1},
    "expect_column_most_common_value_to_be_in_set": {"value_set": ["a"]},
    "expect_column_proportion_of_non_null_values_to_be_between": {"max_value": 0.1},
    "expect_column_proportion_of_unique_values_to_be_between": {"max_value": 0.01},
    "expect_column_quantile_values_to_be_between": {"quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]}},
    "expect_column_stdev_to_be_between": {"max_value": 0.001},
    "expect_column_sum_to_be_between": {"max_value": 1},
    "expect_column_unique_value_count_to_be_between": {"max_value": 1},
    "expect_column_to_exist": {"column_index": 99},
    "expect_column_type_to_be": {"type_": "bool"},
    "expect_column_pair_values_a_to_be_greater_than_b": {},
    "expect_column_pair_values_to_be_equal": {},
    "expect_column_pair_values_to_be_in_set": {"value_pairs_set": [["a", "b"]]},
    "expect_compound_columns_to_be_unique": {},
    "expect_multicolumn_sum_to_equal": {"sum_total": 1},
    "expect_multicolumn_values_to_be_equal": {},
    "expect_select_column_values_to_be_unique_within_record": {},
    "expect_table_column_count_to_be_between": {"max_value": 1},
    "expect_table_column_count_to_equal": {"value": 1},
    "expect_table_columns_to_match_ordered_list": {"column_list": ["x"]},
    "expect_table_columns_to_match_set": {"column_set": ["x"]},
    "expect_table_row_count_to_be_between": {"max_value": 1},
    "expect_table_row_count_to_equal": {"value": 1},
    "unexpected_rows_expectation": {"unexpected_rows_query": "SELECT * FROM {batch}"},
}


def rules_for(column: str) -> Iterator[dict[str, Any]]:
    """Every expectation that looks at one column or at several, with this one in it."""
    for name, arguments in FAILING.items():
        kind = EXPECTATION_TYPES[name].kind
        if kind is ExpectationKind.COLUMN:
            yield {"type": name, "kwargs": {"column": column, **arguments}}
        elif kind is ExpectationKind.COLUMN_PAIR:
            yield {"type": name, "kwargs": {"column_A": column, "column_B": "id", **arguments}}
        elif kind is ExpectationKind.MULTICOLUMN:
            yield {"type": name, "kwargs": {"column_list": [column, "flagged"], **arguments}}


def contract(home: Path, *, classification: dict[str, str], logical_types: dict[str, str]) -> Path:
    """A dataset `people` in whose contract every rule fails."""
    rules = [rule for column in PRIVATE for rule in rules_for(column)]
    rules += [
        {"type": name, "kwargs": arguments}
        for name, arguments in FAILING.items()
        if EXPECTATION_TYPES[name].kind is ExpectationKind.TABLE
    ]
    samples = [{"property": "samples", "value": 5}]
    properties = [
        {
            "name": name,
            **({"classification": classification[name]} if name in classification else {}),
            **({"logicalType": logical_types[name]} if name in logical_types else {}),
        }
        for name in COLUMNS
    ]
    written = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "people-contract",
        "version": "1.0.0",
        "status": "active",
        "servers": [{"server": "landing", "type": "local", "path": "../landing/people/*", "format": "csv"}],
        "schema": [
            {
                "name": "people",
                "customProperties": samples if "samples" in OF_DATASETS else [],
                "properties": properties,
                "quality": [
                    {
                        "type": "custom",
                        "engine": "greatExpectations",
                        "name": f"rule_{number}",
                        "implementation": rule,
                        "customProperties": samples if "samples" in OF_RULES else [],
                    }
                    for number, rule in enumerate(rules)
                ],
            }
        ],
    }
    path = home / "contracts" / "people.yaml"
    path.write_text(json.dumps(written))
    return path


BY_CONTRACT = {"salary": "confidential", "remark": "restricted", "born": "PII", "flagged": "sensitive"}
TYPES = {"salary": "integer", "born": "date"}


def csv_of(columns: dict[str, list[Any]]) -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


def hits(text: str | bytes) -> list[str]:
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    return [found.group() for found in CANARIES.finditer(shown)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path, "people")
    contract(tmp_path, classification=BY_CONTRACT, logical_types=TYPES)
    return project


def landing(project: Project) -> Path:
    return project.home / "landing" / "people"


def drop_everything(project: Project) -> None:
    """Good files that fail all rules, and files that cannot be read, with canaries where parsers stumble."""
    folder, text = landing(project), csv_of(COLUMNS)
    (folder / "a.csv").write_text(text)
    (folder / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    wrong = {**COLUMNS, "salary": ["CANARY no number"] * ROWS, "born": ["canary no date"] * ROWS}
    (folder / "uncastable.csv").write_text(csv_of(wrong))
    (folder / "fields.csv").write_text(text + "CANARY,one,two\n")
    (folder / "quote.csv").write_text(text + '"CANARY never closed' + "\n")
    (folder / "bytes.csv").write_bytes(text.encode() + b"CANARY \xff\xfe,1,2,3,4,5,6,7,8,9\n")
    (folder / "header.csv").write_text(csv_of({"id": COLUMNS["id"], "mail": COLUMNS["mail"]}))


def test_every_expectation_is_among_the_failing_ones() -> None:
    assert set(FAILING) == {name for name, type_ in EXPECTATION_TYPES.items() if not type_.needs_database}


@pytest.mark.parametrize("style", ["table", "json", "jsonl"])
def test_validation_by_hand_shows_none(project: Project, style: str) -> None:
    drop_everything(project)
    contract_file = str(project.home / "contracts" / "people.yaml")
    shown = ("--samples", "20", "--gx-results", "--format", style)
    code, out, err = project.call(
        "validate", str(landing(project)), "--contract", contract_file, *shown, log_level="DEBUG"
    )
    assert code == 1, err
    assert hits(out) == []
    assert hits(err) == []
    if style == "json":
        files = {Path(file["path"]).name: file for file in json.loads(out)}
        assert_all_failed(files["a.csv"]["checks"])
        assert {name for name, file in files.items() if file["status"] == "rejected"} >= {"fields.csv", "quote.csv"}
        classified = {each["column"]: each["source"] for each in files["a.csv"]["classifications"]}
        assert {name for name in classified if name in BY_CONTRACT} == set(BY_CONTRACT)
        assert {name for name, source in classified.items() if source != "contract"} == DETECTED
        if "samples" in (*OF_RULES, *OF_DATASETS):
            assert "***" in out


def assert_all_failed(checks: list[dict[str, Any]]) -> None:
    """Each kind failed or errored on one column at least, and most on most: else nothing is shown by silence."""
    failed = [check for check in checks if check["errored"] or check["success"] is False]
    cannot_fail = {"expect_column_values_to_not_be_null", "expect_column_values_to_not_be_in_set"}
    assert {check["expectation"] for check in failed} >= set(FAILING) - cannot_fail
    assert len(failed) > 0.75 * len(checks)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_other_formats_show_none(project: Project, suffix: str) -> None:
    folder = landing(project)
    for old in folder.iterdir():
        old.unlink()
    if suffix == "jsonl":
        lines = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in zip(*COLUMNS.values(), strict=True)]
        (folder / "a.jsonl").write_text("\n".join(lines))
        (folder / "bad.jsonl").write_text("\n".join([*lines, '{"mail": "canary']))
        (folder / "twice.jsonl").write_text("\n".join([*lines, '{"mail": "canary", "mail": "CANARY"}']))
    else:
        parquet.write_table(pa.table(COLUMNS), folder / "a.parquet")
        content = (folder / "a.parquet").read_bytes()
        (folder / "cut.parquet").write_bytes(content[: len(content) // 2])
        (folder / "damaged.parquet").write_bytes(content[:200] + b"CANARY" * 20 + content[320:])
    path = contract(project.home, classification=BY_CONTRACT, logical_types={})
    path.write_text(path.read_text().replace('"format": "csv"', f'"format": "{suffix}"'))
    _, out, err = project.call("validate", str(folder), "--contract", str(path), "--format", "json", log_level="DEBUG")
    assert json.loads(out), err
    assert hits(out) + hits(err) == []


def test_the_catalog_its_events_and_the_logs_hold_none(project: Project) -> None:
    drop_everything(project)
    outputs = [project.call("run", log_level="DEBUG")]
    drop_everything(project)
    (landing(project) / "a.csv").write_text(csv_of({**COLUMNS, "new": COLUMNS["mail"]}))  # the schema changes
    outputs.append(project.call("run", log_level="DEBUG"))
    for arguments in (
        ("datasets", "list"),
        ("datasets", "show", "people"),
        ("datasets", "profile", "people"),
        ("assets", "list", "--all"),
        ("assets", "show", str(landing(project) / "a.csv")),
        ("scores", "people"),
    ):
        outputs += [project.call(*arguments, "--format", style) for style in ("table", "json")]
    for _, out, err in outputs:
        assert hits(out) + hits(err) == []
    assert_no_file_holds_a_canary(project)
    (catalog,) = (path for path in project.home.rglob("catalog*.db"))
    with closing(sqlite3.connect(catalog)) as connection:
        dump = "\n".join(connection.iterdump())
        events = {row[0] for row in connection.execute("SELECT DISTINCT type FROM outbox")}
    assert {"DataAssetRejected", "DataQualityUpdated"} <= events
    assert hits(dump) == []


def assert_no_file_holds_a_canary(project: Project) -> None:
    """None below the project's folder but those that landed."""
    inside = [path for path in project.home.rglob("*") if path.is_file() and landing(project) not in path.parents]
    assert inside
    assert {path.name: found for path in inside if (found := hits(path.read_bytes()))} == {}


def test_dagster_shows_none(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drop_everything(project)
    for name, value in project.environment().items():
        if name.startswith("DATA_MANAGEMENT"):
            monkeypatch.setenv(name, value)
    home = tmp_path / "dagster"
    home.mkdir()
    defs = build_dataset_definitions(project.home / "contracts", checks="per_rule")
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey("people")], raise_on_error=False
        )
        logs = [str(record) for record in instance.all_logs(result.run_id)]
    assert any("ASSET_CHECK_EVALUATION" in record for record in logs)
    assert [found for record in logs for found in hits(record)] == []
    assert_no_file_holds_a_canary(project)
    assert os.path.getsize(home)  # noqa: PTH202  the event log is below it, and was searched


def test_a_column_that_was_detected_once_stays_masked_in_a_file_too_small_to_show_it(project: Project) -> None:
    only = {"id": COLUMNS["id"], "c1": COLUMNS["mail"], "c2": COLUMNS["ssn"]}
    path = project.home / "contracts" / "people.yaml"
    text = json.loads(path.read_text())
    text["schema"][0]["properties"] = [{"name": name} for name in only]
    text["schema"][0]["quality"] = []
    path.write_text(json.dumps(text))
    (landing(project) / "a.csv").write_text(csv_of(only))
    project.call("run")
    one = {name: values[:1] for name, values in only.items()}
    (landing(project) / "b.csv").write_text(csv_of(one))
    project.call("run")
    shown = project.json("assets", "show", str(landing(project) / "b.csv"))
    assert {each["column"] for each in shown["classifications"]} == {"c1", "c2"}
    profile = {column["name"]: column for column in shown["profile"]}
    assert [profile[name]["longest"] for name in ("id", "c1", "c2")] == [None, None, None]
    assert profile["c1"]["count"] == 1
