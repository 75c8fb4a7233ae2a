"""Dagster's daemon, a step at a time: real code servers from a ``workspace.yaml``, and the functions that its threads call in turn.

Runs are executed in this process, as soon as they are asked for.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import uvicorn
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.asset_daemon import AssetDaemon
from dagster._daemon.backfill import execute_backfill_iteration
from dagster._daemon.sensor import execute_sensor_iteration
from dagster_graphql.test.utils import execute_dagster_graphql
from dagster_webserver.app import create_app_from_workspace_process_context

_AT_ONCE: dict[str, Any] = {
    "run_coordinator": {"module": "dagster._core.run_coordinator", "class": "DefaultRunCoordinator"},
    "run_launcher": {
        "module": "dagster._core.launcher.sync_in_memory_run_launcher",
        "class": "SyncInMemoryRunLauncher",
    },
    "telemetry": {"enabled": False},
}
_LOGGER = logging.getLogger("data_management_tests.daemon")


class Daemon:
    def __init__(self, instance: dg.DagsterInstance, workspace: WorkspaceProcessContext) -> None:
        self.instance = instance
        self._workspace = workspace
        self._automation = AssetDaemon(settings={}, pre_sensor_interval_seconds=0)

    def locations(self) -> dict[str, str | None]:
        """The names of the code locations, each with what keeps it from being loaded."""
        entries = self._workspace.create_request_context().get_code_location_entries()
        return {name: str(entry.load_error) if entry.load_error else None for name, entry in entries.items()}

    def sense(self) -> list[dg.DagsterRun]:
        """A tick of every sensor that runs and whose interval is over; the runs that there were."""
        return self._runs_of(lambda: list(execute_sensor_iteration(self._workspace, _LOGGER, None, None)))

    def automate(self) -> list[dg.DagsterRun]:
        """The same of automation conditions."""
        return self._runs_of(lambda: self._automation._run_iteration_impl(self._workspace, None, {}, {}))

    def backfill(self) -> list[dg.DagsterRun]:
        """One look at the backfills that somebody asked for."""
        return self._runs_of(lambda: list(execute_backfill_iteration(self._workspace, _LOGGER)))

    def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """What the UI is answered."""
        with self._workspace.create_request_context() as context:
            return execute_dagster_graphql(context, query, variables).data

    def ticks(self, sensor: str) -> list[tuple[str, str]]:
        """Code location and status of the sensor's ticks, the last first."""
        found = []
        for state in self.instance.all_instigator_state():
            if state.instigator_name == sensor:
                location = state.origin.repository_origin.code_location_origin.location_name
                ticks = self.instance.get_ticks(state.instigator_origin_id, state.selector_id)
                found += [(location, tick.status.value) for tick in ticks]
        return found

    def figures(self, *path: str, partition: str | None = None) -> list[dict[str, Any]]:
        """The metadata of all materializations of an asset, the last first."""
        partitions = [partition] if partition is not None else None
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(path), asset_partitions=partitions)
        records = self.instance.fetch_materializations(wanted, limit=100).records
        return [
            {name: value.value for name, value in record.asset_materialization.metadata.items()}
            for record in records
            if record.asset_materialization
        ]

    @contextmanager
    def web_server(self) -> Iterator[str]:
        """The URL of Dagster's pages."""
        app = create_app_from_workspace_process_context(self._workspace)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the web server ended"
                time.sleep(0.05)
            yield "http://{}:{}".format(*server.servers[0].sockets[0].getsockname())
        finally:
            server.should_exit = True
            thread.join(timeout=30)

    def _runs_of(self, step: Any) -> list[dg.DagsterRun]:
        before = {run.run_id for run in self.instance.get_runs()}
        step()
        return [run for run in self.instance.get_runs() if run.run_id not in before]


@contextmanager
def daemon(workspace: Path, home: Path) -> Iterator[Daemon]:
    """Over the code locations of a ``workspace.yaml``, whose servers have the environment of this process."""
    home.mkdir()
    with (
        dg.DagsterInstance.local_temp(str(home), overrides=_AT_ONCE) as instance,
        create_test_daemon_workspace_context(WorkspaceFileTarget([str(workspace)]), instance) as context,
    ):
        yield Daemon(instance, context)
