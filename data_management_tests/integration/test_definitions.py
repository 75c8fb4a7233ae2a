"""What Dagster loads from a folder of contracts."""

import json
from pathlib import Path

import dagster as dg
import pytest

from data_management.errors import InvalidInput, NotFound
from data_management.plugin import DataContractsComponent, build_dataset_definitions
from data_management.settings import Settings
from data_management_tests.integration.pipeline.project import Project

REPOSITORY = Path(__file__).parents[2]


def keys(defs: dg.Definitions) -> set[str]:
    return {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}


def test_the_sample_loads_with_landing_and_dataset_assets() -> None:
    defs = build_dataset_definitions(REPOSITORY / "contracts")
    assert keys(defs) == {f"{prefix}{name}" for prefix in ("", "landing/") for name in ("flights", "planes", "weather")}
    dg.Definitions.validate_loadable(defs)


def test_the_sensor_and_the_schedules_run_by_default() -> None:
    defs = build_dataset_definitions(REPOSITORY / "contracts")
    sensor = defs.resolve_sensor_def("landing_sensor")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    for name in ("revalidate_datasets_schedule", "reconcile_datasets_schedule"):
        assert defs.resolve_schedule_def(name).default_status is dg.DefaultScheduleStatus.RUNNING


def test_a_broken_contract_takes_nothing_else_down(tmp_path: Path) -> None:
    Project(tmp_path, "orders", "returns")
    (tmp_path / "contracts" / "returns.yaml").write_text("apiVersion: v3.1.0\nkind: [DataContract\n")
    defs = build_dataset_definitions(tmp_path / "contracts")
    assert keys(defs) == {"landing/orders", "orders", "returns"}
    description = next(iter(defs.resolve_assets_def("returns").specs)).description or ""
    assert "returns.yaml:" in description


def test_strict_fails_the_code_location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Project(tmp_path, "orders")
    (tmp_path / "contracts" / "orders.yaml").write_text("kind: Nonsense\n")
    monkeypatch.setenv("DATA_MANAGEMENT_STRICT", "true")
    with pytest.raises(InvalidInput, match="broken data contracts"):
        build_dataset_definitions(tmp_path / "contracts")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        build_dataset_definitions(tmp_path / "nowhere")


def test_a_prefix_keeps_two_sets_of_datasets_apart() -> None:
    mine = build_dataset_definitions(REPOSITORY / "contracts", key_prefix="mine")
    both = dg.Definitions.merge(mine, build_dataset_definitions(REPOSITORY / "contracts"))
    dg.Definitions.validate_loadable(both)
    assert {"mine/flights", "mine/landing/flights", "flights"} <= keys(both)


def test_they_merge_with_definitions_of_others() -> None:
    @dg.asset(deps=["flights"])
    def delays() -> int:
        return 1

    others = dg.Definitions(assets=[delays], executor=dg.multiprocess_executor, resources={"io": 1})
    merged = dg.Definitions.merge(others, build_dataset_definitions(REPOSITORY / "contracts"))
    dg.Definitions.validate_loadable(merged)


def test_the_component_is_registered_and_has_a_schema() -> None:
    schema = DataContractsComponent.get_model_cls()
    assert schema is not None
    assert {"contracts", "key_prefix", "checks"} <= set(
        json.loads(json.dumps(schema.model_json_schema()))["properties"]
    )


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (REPOSITORY / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default not in (None, "") else ""
        assert f"| `DATA_MANAGEMENT_{name.upper()}` | {default} | {field.description} |" in readme


def test_the_readmes_first_two_blocks_are_the_two_commands_alone() -> None:
    blocks = (REPOSITORY / "README.md").read_text().split("```")
    assert [len(block.strip().splitlines()) for block in (blocks[1], blocks[3])] == [1, 1]
    assert blocks[1].strip().endswith("dagster dev")
    assert ".venv/bin/pytest" in blocks[3]
