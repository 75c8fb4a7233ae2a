"""Schemathesis against a served catalog: ``python -m data_management_tests.end_to_end.api.contract_run 10000``.

It reads the OpenAPI document and makes requests that fit it and requests that do not, one by one and in sequences, and checks each
answer against the document. Exit code: its own.
"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from data_management_tests.end_to_end.api.conftest import application, fill, options
from data_management_tests.end_to_end.api.server import served
from data_management_tests.integration.pipeline.project import Project

NOT_CHECKED = (
    "positive_data_acceptance",  # a text that fits the schema need not be a contract
    "missing_required_header",  # it does not know of 428
)
"""All others are."""
SETTINGS = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429]
"""
"""A wrong body under a stale tag is told of the tag: 412, which it does not know of either."""


def run(home: Path, cases: int, seed: int = 1) -> tuple[int, int, str]:
    """Exit code, how many requests were made (about a sixth of them are sequences and what the schema alone tells), and what it printed."""
    project = Project(home, "orders", "returns")
    with application(home) as app:
        fill(app, project)
        chosen = replace(options(project), most_guesses=10**9)  # it shows many wrong keys
        with served(app, options=chosen) as server:
            document = home / "openapi.json"
            (home / "schemathesis.toml").write_text(SETTINGS)
            document.write_text(json.dumps(server.api.openapi()))
            operations = sum(len(each) for each in server.api.openapi()["paths"].values())
            done = subprocess.run(
                [
                    str(Path(sys.executable).with_name("schemathesis")),
                    "run",
                    str(document),
                    f"--url={server.url}",
                    f"--header=Authorization: Bearer {server.key('admin')}",
                    f"--max-examples={max(1, cases * 17 // operations // 20)}",
                    f"--seed={seed}",
                    f"--exclude-checks={','.join(NOT_CHECKED)}",
                    "--generation-database=none",
                    "--continue-on-failure",
                    "--no-color",
                    "--suppress-health-check=all",
                    "--warnings=off",
                ],
                cwd=home,
                capture_output=True,
                text=True,
                check=False,
            )
    told = done.stdout + done.stderr
    found = re.search(r"(\d+) generated", told)
    return done.returncode, int(found[1]) if found else 0, told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        code, requests, told = run(Path(folder), int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1)
    print(told)  # noqa: T201
    sys.exit(code)
