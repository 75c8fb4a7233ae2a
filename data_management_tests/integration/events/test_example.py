"""The example refreshes what is downstream, from the catalog through SNS and SQS to Dagster."""

import runpy
import sys
from pathlib import Path

import dagster as dg
import pytest

from data_management.application.commands import (
    RecordArrivalsCommand,
    RegisterDataAssetCommand,
    RegisterDatasetCommand,
    UpdateDataQualityCommand,
)
from data_management.application.ports import FoundFile
from data_management.application.queries import ListDataAssetsQuery
from data_management.domain.models import DataLocation, VersionToken
from data_management.plugin import DataManagementCatalog
from data_management_tests.examples import clean, orders
from data_management_tests.fakes import NOON
from data_management_tests.servers.aws import Aws
from data_management_tests.servers.moto import Moto

EXAMPLE = Path(__file__).parents[3] / "examples" / "refresh_downstream.py"


def accept(name: str) -> None:
    """A file of `flights` arrives and is accepted, by an application that relays after its commits."""
    from dataclasses import replace

    app, dataset = DataManagementCatalog().open_application(), replace(orders(), name="flights")
    app.run(RegisterDatasetCommand(dataset))
    app.run(
        RecordArrivalsCommand(
            "flights", (FoundFile(DataLocation(f"file:///landing/{name}"), VersionToken("v1"), 1, NOON),)
        )
    )
    (asset,) = [each for each in app.ask(ListDataAssetsQuery("flights")).assets if each.location.endswith(name)]
    examination = clean()
    app.run(RegisterDataAssetCommand(asset.id, examination))
    app.run(UpdateDataQualityCommand(asset.id, dataset, examination.checks, "run"))
    app.relay.tick()
    app.close()


def test_a_downstream_is_refreshed_once_for_each_accepted_file(
    moto: Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Aws.at(moto, monkeypatch)
    queue, home = aws.new_queue(), tmp_path / "dagster"
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(tmp_path))
    monkeypatch.setenv("DATA_MANAGEMENT_EVENTS", f"sns://{aws.new_topic(queue)}")
    monkeypatch.setenv("DATA_MANAGEMENT_EVENTS_INLINE", "false")
    DataManagementCatalog().open_application().relay.tick()
    accept("a.csv")
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), queue.name])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert capsys.readouterr().out.endswith("1 handled, 0 known before, 0 failed, 0 malformed\n")
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    assert capsys.readouterr().out.endswith("0 handled, 0 known before, 0 failed, 0 malformed\n")
    assert queue.messages == 0
    with dg.DagsterInstance.get() as instance:
        assert [(run.tags["file"], run.status) for run in instance.get_runs()] == [
            ("a.csv", dg.DagsterRunStatus.SUCCESS)
        ]
