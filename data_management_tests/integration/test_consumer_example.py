"""The example keeps a table of what is accepted, in Dagster and outside of it."""

import runpy
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from data_management.application.commands import (
    RecordArrivalsCommand,
    RecordRemovalsCommand,
    RegisterDataAssetCommand,
    RegisterDatasetCommand,
    ScoreDatasetCommand,
    UpdateDataQualityCommand,
)
from data_management.application.ports import FoundFile
from data_management.application.queries import ListDataAssetsQuery
from data_management.application.services import Application
from data_management.domain.models import AssetStatus, DataLocation, VersionToken
from data_management.plugin import DataManagementCatalog
from data_management_tests.examples import clean, orders
from data_management_tests.fakes import NOON

EXAMPLE = Path(__file__).parents[2] / "examples" / "consume_files.py"
FLIGHTS = replace(orders(), name="flights")


def land(app: Application, path: Path, text: str) -> None:
    """A file, or a newer version of one, arrives and is accepted."""
    path.write_text(text)
    found = FoundFile(DataLocation.from_path(path), VersionToken(text), len(text), NOON)
    app.run(RegisterDatasetCommand(FLIGHTS))
    app.run(RecordArrivalsCommand("flights", (found,)))
    for asset in app.ask(ListDataAssetsQuery("flights", (AssetStatus.ARRIVED,))).assets:
        app.run(RegisterDataAssetCommand(asset.id, clean()))
        app.run(UpdateDataQualityCommand(asset.id, FLIGHTS, clean().checks, "run"))
    app.run(ScoreDatasetCommand(FLIGHTS, text))


def rows() -> list[str]:
    with closing(sqlite3.connect("flights_clean.db")) as table:
        return sorted(row for (row,) in table.execute("SELECT row FROM flights"))


def test_a_table_follows_the_accepted_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    app = DataManagementCatalog().open_application()
    land(app, tmp_path / "a.csv", "a1\n")
    land(app, tmp_path / "b.csv", "b1\n")
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert (capsys.readouterr().out, rows()) == ("2 files came, 0 went\n", ["a1", "b1"])
    land(app, tmp_path / "a.csv", "a2\n")
    app.run(RecordRemovalsCommand("flights", (DataLocation.from_path(tmp_path / "b.csv"),)))
    asset = runpy.run_path(str(EXAMPLE))["flights_clean"]
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([asset], instance=instance)
    metadata = result.asset_materializations_for_node("flights_clean")[0].metadata
    assert (metadata["files"].value, metadata["withdrawn"].value, rows()) == (1, 2, ["a2"])
