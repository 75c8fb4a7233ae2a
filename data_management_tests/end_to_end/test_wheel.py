"""The wheel in somebody else's project: by component, by factory, and by hand."""

import os
import shutil
from pathlib import Path

import pytest

from data_management_tests.end_to_end.dagster_dev import REPOSITORY
from data_management_tests.end_to_end.fresh import Environment, built, names_in, new_project

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900), pytest.mark.xdist_group("wheel")]
IN_FULL = os.environ.get("WHEEL") == "full"
in_full = pytest.mark.skipif(not IN_FULL, reason="half a minute more: WHEEL=full")

WINDOWED = """
apiVersion: v3.1.0
kind: DataContract
id: visits-contract
version: 1.0.0
status: active
servers:
  - server: landing
    type: local
    path: ../landing/*.csv
    customProperties:
      - {property: timeWindow, value: {pattern: 'visits_%Y-%m-%d', start: '2024-01-01'}}
schema:
  - name: visits
    properties:
      - {name: id, logicalType: integer, required: true}
"""
FACTORY = """
from pathlib import Path

import dagster as dg
from data_management.plugin import build_dataset_definitions


@dg.asset(deps=[dg.AssetKey(["raw", "flights"])])
def delays() -> None: ...


defs = dg.Definitions.merge(
    dg.Definitions(assets=[delays], executor=dg.in_process_executor, resources={"warehouse": "duckdb"}),
    build_dataset_definitions(
        Path(__file__).parents[2] / "contracts", key_prefix="raw", executor_def=dg.in_process_executor, pool="quality",
        retry_policy=dg.RetryPolicy(max_retries=1), op_tags={"team": "flow"}, schedules="stopped", sensors="running",
    ),
)
"""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return built(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, archives: tuple[Path, Path]) -> Environment:
    return Environment(tmp_path_factory.mktemp("environment") / "venv", archives[0], "dg")


def test_the_archives_hold_the_package_and_its_types(archives: tuple[Path, Path]) -> None:
    wheel, source = archives
    ours = {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "data_management").rglob("*.py")}
    assert {name for name in names_in(wheel) if ".dist-info/" not in name} >= {*ours, "data_management/py.typed"}
    assert not [
        name for name in names_in(wheel) if name.startswith(("data_management_tests/", "landing/", "contracts/"))
    ]
    assert names_in(source) >= {*ours, "data_management/py.typed", "pyproject.toml", "README.md", "LICENSE"}


def test_a_component_is_scaffolded_checked_launched_sensed_and_backfilled(
    environment: Environment, tmp_path: Path
) -> None:
    project = new_project(tmp_path / "shop")
    environment.ok("dg", "scaffold", "defs", "data_management.plugin.DataContractsComponent", "web", at=project)
    component = project / "src" / "shop" / "defs" / "web"
    (component / "contracts" / "visits.yaml").write_text(WINDOWED)
    for day in (1, 2, 3):
        (component / "landing" / f"visits_2024-01-0{day}.csv").write_text("id\n1\n2\n")
    (component / "contracts" / "orders.odcs.yaml").unlink()
    (component / "landing" / "orders_1.csv").unlink()

    said = environment.ok("dg", "check", "defs", at=project)
    assert "All definitions loaded successfully" in said
    assert not (project / ".data_management").exists(), "loading definitions opened a catalog"

    ticked = environment.ok("dagster", "sensor", "preview", "landing_sensor", "-m", "shop.definitions", at=project)
    assert "Sensor returning run requests for 1 run(s)" in ticked, ticked

    launched = environment.ok(
        "dg", "launch", "--assets", "visits", "--partition-range", "2024-01-01...2024-01-03", at=project
    )
    assert launched.count("ASSET_MATERIALIZATION - Materialized value visits") == 3, launched
    assert "RUN_SUCCESS" in launched

    if IN_FULL:
        components = environment.ok("dg", "list", "components", "--package", "data_management", at=project)
        assert "data_management.plugin.DataContractsComponent" in components
        environment.ok("dg", "check", "yaml", at=project)
        listed = environment.ok("dg", "list", "defs", "--json", at=project)
        assert '"visits"' in listed
        again = environment.ok("dg", "launch", "--assets", "visits", "--partition", "2024-01-02", at=project)
        assert again.count("ASSET_MATERIALIZATION - Materialized value visits") == 1, again


@in_full
def test_the_factory_merges_into_definitions_that_are_there(environment: Environment, tmp_path: Path) -> None:
    project = new_project(tmp_path / "shop")
    for name in ("contracts", "landing"):
        shutil.copytree(REPOSITORY / name, project / name)
    (project / "src" / "shop" / "definitions.py").write_text(FACTORY)
    command = ["asset", "materialize", "--select", 'key:"raw/flights"+', "-m", "shop.definitions"]
    said = environment.ok("dagster", *command, at=project)
    assert "Materialized value raw flights" in said, said
    assert "Materialized value delays" in said, said


@in_full
def test_the_wheel_alone_is_enough_for_the_command_line(archives: tuple[Path, Path], tmp_path: Path) -> None:
    alone = Environment(tmp_path / "venv", archives[0])
    assert "validate" in alone.ok("data-management", "--help", at=tmp_path)
    sample = REPOSITORY / "landing" / "flights" / "flights_2013-01-01.csv"
    contract = REPOSITORY / "contracts" / "flights.odcs.yaml"
    said = alone.ok("data-management", "validate", str(sample), "--contract", str(contract), at=tmp_path)
    assert "flights_2013-01-01.csv" in said
    imported = "import data_management, data_management.plugin, data_management.definitions; print('imported')"
    shutil.copytree(REPOSITORY / "contracts", tmp_path / "contracts")
    assert "imported" in alone.ok("python", "-c", imported, at=tmp_path)


@in_full
def test_dg_finds_nothing_wrong_with_the_example_shop(environment: Environment, tmp_path: Path) -> None:
    project = shutil.copytree(REPOSITORY / "examples" / "shop", tmp_path / "shop")
    assert "All definitions loaded successfully" in environment.ok("dg", "check", "defs", at=project)
