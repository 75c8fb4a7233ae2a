"""What Dagster loads from a folder of contracts."""

import json
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster.components.core.component_tree import ComponentTree

from data_management.errors import InvalidInput, NotFound
from data_management.plugin import DataContractsComponent, build_dataset_definitions
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


def test_two_broken_contracts_of_one_dataset_are_one_asset_that_says_both(tmp_path: Path) -> None:
    Project(tmp_path, "orders")
    contract = tmp_path / "contracts" / "orders.yaml"
    for name, kind in (("a.yaml", "DataProduct"), ("b.yaml", "[DataContract]")):
        (tmp_path / "contracts" / name).write_text(contract.read_text().replace("DataContract", kind))
    contract.unlink()
    defs = build_dataset_definitions(tmp_path / "contracts")
    dg.Definitions.validate_loadable(defs)
    assert keys(defs) == {"orders"}
    description = next(iter(defs.resolve_assets_def("orders").specs)).description or ""
    assert "a.yaml" in description
    assert "b.yaml" in description


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


def test_the_readmes_first_two_blocks_are_the_two_commands_alone() -> None:
    blocks = (REPOSITORY / "README.md").read_text().split("```")
    assert [len(block.strip().splitlines()) for block in (blocks[1], blocks[3])] == [1, 1]
    assert blocks[1].strip().endswith("dagster dev")
    assert ".venv/bin/pytest" in blocks[3]


def test_prefixes_that_read_alike_share_no_name(tmp_path: Path) -> None:
    Project(tmp_path, "c", "b_c", "a__b")
    parts: list[dg.Definitions] = [
        build_dataset_definitions(tmp_path / "contracts", key_prefix=prefix)
        for prefix in (["a", "b"], ["a_b"], ["a__b"], ["a"], [])
    ]
    both = dg.Definitions.merge(*parts)
    dg.Definitions.validate_loadable(both)
    assert len(both.resolve_all_job_defs()) == 3 * len(parts) + 1


def test_a_name_keeps_two_folders_without_a_prefix_apart(tmp_path: Path) -> None:
    for folder, name in (("one", "orders"), ("two", "returns")):
        (tmp_path / folder).mkdir()
        Project(tmp_path / folder, name)
    defs = dg.Definitions.merge(
        build_dataset_definitions(tmp_path / "one" / "contracts", name="one"),
        build_dataset_definitions(tmp_path / "two" / "contracts", name="two"),
    )
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_sensor_def("one_landing_sensor")


def test_sensors_and_schedules_can_be_stopped_or_left_out() -> None:
    stopped = build_dataset_definitions(REPOSITORY / "contracts", sensors="stopped", schedules="stopped")
    assert stopped.resolve_sensor_def("landing_sensor").default_status is dg.DefaultSensorStatus.STOPPED
    schedule = stopped.resolve_schedule_def("revalidate_datasets_schedule")
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    none = build_dataset_definitions(REPOSITORY / "contracts", sensors="none", schedules="none")
    assert not none.sensors
    assert not none.schedules
    assert none.resolve_job_def("revalidate_datasets")


def test_datasets_of_different_time_windows_load_beside_one_another(tmp_path: Path) -> None:
    Project(tmp_path, "orders", "returns", "visits")
    for name, start in (("orders", "2024-01-01"), ("returns", "2023-06-01")):
        path = tmp_path / "contracts" / f"{name}.yaml"
        contract = yaml.safe_load(path.read_text())
        window = {"property": "timeWindow", "value": {"pattern": f"{name}_%Y-%m-%d", "start": start}}
        contract["servers"][0]["customProperties"] = [window]
        path.write_text(yaml.safe_dump(contract))
    defs = build_dataset_definitions(tmp_path / "contracts")
    dg.Definitions.validate_loadable(defs)
    graph = defs.resolve_asset_graph()
    assert len({graph.get(dg.AssetKey(name)).partitions_def for name in ("orders", "returns", "visits")}) == 3


def test_our_jobs_are_not_retried_where_a_step_failed() -> None:
    defs = build_dataset_definitions(REPOSITORY / "contracts")
    for name in ("validate_datasets", "revalidate_datasets", "reconcile_datasets"):
        assert defs.resolve_job_def(name).run_tags["dagster/retry_on_asset_or_op_failure"] == "false"


def test_a_translation_gives_the_key_that_everything_uses() -> None:
    attributes = {
        "contracts": str(REPOSITORY / "contracts"),
        "translation": {"key": "lake/{{ dataset.name }}", "deps": ["sftp/drop"], "group_name": "raw"},
        "executor": "multiprocess",
        "retry_policy": {"max_retries": 2, "delay": 1, "backoff": "exponential"},
    }
    component = DataContractsComponent.from_attributes_dict(attributes=attributes)
    assert component.executor is dg.multiprocess_executor
    assert component.retry_policy == dg.RetryPolicy(max_retries=2, delay=1, backoff=dg.Backoff.EXPONENTIAL)
    defs = component.build_defs(ComponentTree.for_test().load_context)
    dg.Definitions.validate_loadable(defs)
    graph = defs.resolve_asset_graph()
    flights = dg.AssetKey(["lake", "flights"])
    assert graph.get(flights).parent_keys == {dg.AssetKey(["sftp", "drop"])}
    assert not graph.has(dg.AssetKey(["landing", "flights"]))
    assert {key.asset_key for key in graph.asset_check_keys if "flights" in key.asset_key.path} == {flights}


HOSTILE = ["a b", "a.b", "a&b", "🙂", "x" * 300, "Ünï/cödé'; --", '<b>"q"</b>', "{{ name }}", "verdict"]


def test_hostile_names_of_a_contract_load_and_show(tmp_path: Path) -> None:
    Project(tmp_path, "orders")
    contract = yaml.safe_load((tmp_path / "contracts" / "orders.yaml").read_text())
    (schema,), (server,) = contract["schema"], contract["servers"]
    contract["schema"] = [schema | {"name": name} for name in HOSTILE]
    contract["servers"] = [
        server | {"server": f"s{n}", "customProperties": [{"property": "dataset", "value": name}]}
        for n, name in enumerate(HOSTILE)
    ]
    (tmp_path / "contracts" / "orders.yaml").write_text(yaml.safe_dump(contract, allow_unicode=True))
    defs = build_dataset_definitions(tmp_path / "contracts", key_prefix=["a b", "🙂"])
    dg.Definitions.validate_loadable(defs)
    specs = [spec for spec in defs.resolve_all_asset_specs() if "landing" not in spec.key.path]
    assert {spec.metadata["data_management/dataset"] for spec in specs} == set(HOSTILE)
    assert len({spec.key for spec in specs}) == len(HOSTILE)
