"""What a Dagster daemon does, in a process of its own: ``python -m … STOP`` evaluates the landing sensor and executes the runs that it asks
for, until the file STOP is there. Its instance is that of ``DAGSTER_HOME``; its cursor is its own, as after a failover.
"""

import os
import sys
import time
from pathlib import Path

import dagster as dg
from dagster._core.definitions.sensor_definition import SensorDefinition
from dagster._core.storage.tags import RUN_KEY_TAG

from data_management.orchestration import CATALOG
from data_management.plugin import DataManagementCatalog, build_dataset_definitions

DAEMON_TAG = "test/daemon"


def main(stop: str) -> None:
    defs = build_dataset_definitions()
    sensor = defs.resolve_sensor_def("landing_sensor")
    cursor: str | None = None
    with dg.DagsterInstance.get() as instance:
        while not Path(stop).exists():
            cursor = tick(defs, sensor, instance, cursor)
            time.sleep(0.05)


def tick(
    defs: dg.Definitions, sensor: SensorDefinition, instance: dg.DagsterInstance, cursor: str | None
) -> str | None:
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={CATALOG: DataManagementCatalog()})
    data = sensor.evaluate_tick(context)
    for event in data.asset_events:
        instance.report_runless_asset_event(event)
    for request in data.run_requests or []:
        if not instance.get_runs(dg.RunsFilter(tags={RUN_KEY_TAG: request.run_key or ""}), limit=1):
            defs.resolve_job_def("validate_datasets").execute_in_process(
                instance=instance,
                asset_selection=list(request.asset_selection or ()),
                tags={**request.tags, RUN_KEY_TAG: request.run_key or "", DAEMON_TAG: str(os.getpid())},
                raise_on_error=False,
            )
    return data.cursor


if __name__ == "__main__":
    main(sys.argv[1])
