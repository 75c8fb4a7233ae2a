"""A project in a folder of its own, and the real command line as a process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: {name}-contract
version: 1.0.0
status: active
servers:
  - {{server: landing, type: local, path: ../landing/{name}/*.csv, format: csv}}
schema:
  - name: {name}
    properties:
      - {{name: id, logicalType: integer, required: true}}
      - {{name: amount, logicalType: number, logicalTypeOptions: {{minimum: 0}}}}
"""


class Project:
    def __init__(self, home: Path, *datasets: str, **settings: object) -> None:
        self.home = home
        self.settings = settings
        (home / "contracts").mkdir()
        for name in datasets or ("orders",):
            (home / "contracts" / f"{name}.yaml").write_text(CONTRACT.format(name=name))
            (home / "landing" / name).mkdir(parents=True)

    def drop(self, name: str, rows: int = 3, dataset: str = "orders", amount: float = 1.5) -> Path:
        path = self.home / "landing" / dataset / name
        path.write_text("id,amount\n" + "".join(f"{row},{amount}\n" for row in range(rows)))
        return path

    def environment(self, **settings: object) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATA_MANAGEMENT")}
        defaults = {"home": self.home, "settle_seconds": 0, "lease_seconds": 2, "workers": 1}
        chosen = {
            f"DATA_MANAGEMENT_{name.upper()}": str(value)
            for name, value in (defaults | self.settings | settings).items()
        }
        return kept | chosen

    def start(self, *arguments: str, **settings: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "data_management.main", *arguments],
            cwd=self.home,
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self, *arguments: str, **settings: object) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        process = self.start(*arguments, **settings)
        out, err = process.communicate(timeout=240)
        return process.returncode, out, err

    def json(self, *arguments: str) -> Any:
        code, out, err = self.call(*arguments, "--format", "json")
        assert out, f"exit code {code}: {err}"
        return json.loads(out)

    def statuses(self) -> dict[str, list[str]]:
        """File name → statuses of all its versions, in the order of arrival."""
        found: dict[str, list[str]] = {}
        for asset in self.json("assets", "list", "--all"):
            found.setdefault(asset["location"].rpartition("/")[2], []).append(asset["status"])
        return found
