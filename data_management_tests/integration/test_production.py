"""The deployment that the guide describes, on a real PostgreSQL: its `dagster.yaml`, and a run with a process a step."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from data_management.application.queries import ListDataAssetsQuery
from data_management.plugin import DataManagementCatalog
from data_management_tests.documentation import blocks

GUIDE = Path(__file__).parents[2] / "docs" / "in-production.md"


def write_guide(home: Path) -> None:
    """The files that the guide has its reader write, in `home`, which is Dagster's, too."""
    for block in blocks(GUIDE.read_text()):
        if block.title is not None:
            (home / block.title).parent.mkdir(parents=True, exist_ok=True)
            (home / block.title).write_text(block.content)


@pytest.mark.timeout(200)
def test_the_guides_dagster_yaml_runs_a_dataset_in_a_process_of_its_own(
    tmp_path: Path, postgres_catalog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_guide(tmp_path)
    settings = {
        "DAGSTER_HOME": str(tmp_path),
        "DAGSTER_POSTGRES_URL": postgres_catalog.replace("postgresql:", "postgresql+psycopg2:"),
        "DATA_MANAGEMENT_HOME": str(tmp_path),
        "DATA_MANAGEMENT_CATALOG": postgres_catalog,
        "DATA_MANAGEMENT_SETTLE_SECONDS": "0",
        "DATA_MANAGEMENT_WORKERS": "1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.get() as instance:
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        assert instance.run_monitoring_enabled
        assert (instance.run_retries_enabled, instance.run_retries_max_retries) == (True, 2)
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert not instance.telemetry_enabled
        config = instance.get_concurrency_config()
        assert config.pool_config.default_pool_limit == 2
        assert config.run_queue_config is not None
        assert config.run_queue_config.max_concurrent_runs == 10

        command = [sys.executable, "-m", "dagster", "job", "execute", "-f", "definitions.py", "-j", "validate_datasets"]
        done = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

        (run,) = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.SUCCESS
        said = [record.event_log_entry for record in instance.get_records_for_run(run.run_id).records]
        assert any("in subprocess" in entry.message for entry in said)
        pool = instance.event_log_storage.get_concurrency_info("quality")
        assert (pool.slot_count, pool.claimed_slots) == (2, [])
    (asset,) = DataManagementCatalog().open_application().ask(ListDataAssetsQuery("orders")).assets
    assert asset.status.value == "accepted"
