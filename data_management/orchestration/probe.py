"""Dagster as ``data-management doctor`` sees it: version, instance, daemon."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import dagster as dg

from data_management.application.diagnosis import Condition, Finding

_SILENT_SECONDS: Final = 120.0
"""Daemons say every 30 s that they live."""
_NEEDED: Final = ("SENSOR", "SCHEDULER")


class DagsterProbe:
    """Opens the instance only where there is one already, so that nothing is made."""

    subject = "dagster"

    def __init__(self, home: Path) -> None:
        self._home = home

    def findings(self) -> Iterator[Finding]:
        yield Finding(self.subject, Condition.OK, f"Dagster {dg.__version__}")
        if not (self._home / "workspace.yaml").exists():
            message = f"there is no workspace.yaml in {self._home.absolute()}"
            fix = "`data-management init` writes one; a project of your own needs none where it names its definitions itself"
            yield Finding(self.subject, Condition.WARNING, message, fix)
        given = os.environ.get("DAGSTER_HOME")
        if given:
            if not Path(given).is_absolute() or not Path(given).is_dir():
                message = f"DAGSTER_HOME is {given}, which is no folder, or not absolute"
                yield Finding(self.subject, Condition.FAILURE, message, "create the folder, or unset DAGSTER_HOME")
                return
            yield from self._of_instance(Path(given))
        elif not (self._home / "dagster.yaml").exists():
            message = "neither DAGSTER_HOME nor a dagster.yaml: each `dagster dev` begins with an empty history"
            yield Finding(
                self.subject, Condition.WARNING, message, "set DAGSTER_HOME, or let `data-management init` write it"
            )
        elif (self._home / ".dagster").is_dir():
            yield from self._of_instance(self._home)
        else:
            yield Finding(self.subject, Condition.OK, "its storage is not made yet; `dagster dev` makes it")

    def _of_instance(self, folder: Path) -> Iterator[Finding]:
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            kind = type(instance.run_storage).__name__
            yield Finding(self.subject, Condition.OK, f"its storage ({kind}) in {folder.absolute()} can be read")
            beats = instance.get_daemon_heartbeats()
            now = time.time()
            silent = [name for name in _NEEDED if name not in beats or now - beats[name].timestamp > _SILENT_SECONDS]
        if silent:
            message = f"no sign of life of {', '.join(name.lower() for name in silent)}: nobody looks at the landings"
            yield Finding(self.subject, Condition.WARNING, message, "start `dagster dev`, or `dagster-daemon run`")
        else:
            yield Finding(self.subject, Condition.OK, "its daemon lives, so landings are looked at")
