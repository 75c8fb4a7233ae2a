"""What ``doctor`` finds in real files, databases, ports and Dagster instances."""

import os
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat

from data_management.application.diagnosis import Condition, Finding, Probe, diagnose
from data_management.domain.custom_expectations import custom_expectations
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.infrastructure.data_sources.local import LocalDataLocationService
from data_management.infrastructure.messaging import open_publishers
from data_management.infrastructure.persistence.schema import upgrade_catalog
from data_management.infrastructure.probes import (
    CatalogProbe,
    ClockProbe,
    ContractsProbe,
    DestinationsProbe,
    DiskProbe,
    ExpectationsProbe,
    LandingsProbe,
    VersionsProbe,
)
from data_management.infrastructure.probes.catalog import clock_finding
from data_management.infrastructure.probes.machine import _unmet
from data_management.orchestration.probe import DagsterProbe
from data_management_tests.integration.pipeline.project import CONTRACT

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def found(probe: Probe) -> list[Finding]:
    return list(diagnose([probe]))


def conditions(probe: Probe) -> list[str]:
    return [finding.condition.value for finding in found(probe)]


@contextmanager
def _as_somebody_else(folder: Path) -> Iterator[None]:
    """Who may read the folder, and not write to it, root as little as anybody."""
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


class TestCatalog:
    def probe(self, place: Path, *, embedded: bool = False) -> CatalogProbe:
        return CatalogProbe(lambda: place, embedded=embedded)

    def test_one_that_is_not_there_is_not_made(self, tmp_path: Path) -> None:
        place = tmp_path / "c.db"
        assert conditions(self.probe(place)) == ["failure"]
        assert conditions(self.probe(place, embedded=True)) == ["warning"]
        assert not place.exists()

    @pytest.mark.parametrize("embedded", [True, False])
    def test_one_that_cannot_be_made_is_a_failure_that_names_what_is_in_the_way(
        self, tmp_path: Path, embedded: bool
    ) -> None:
        file = tmp_path / "file"
        file.touch()
        (finding,) = found(self.probe(file / "deep" / "c.db", embedded=embedded))
        assert (finding.condition, bool(finding.fix)) == (Condition.FAILURE, True)
        assert f"none can be made: {file}: Not a directory" in finding.message
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "nowhere")
        (finding,) = found(self.probe(link / "c.db", embedded=embedded))
        assert finding.condition is Condition.FAILURE

    def test_one_in_a_folder_that_is_not_ours_is_a_failure(self) -> None:
        with tempfile.TemporaryDirectory() as name, _as_somebody_else(Path(name)):
            (finding,) = found(self.probe(Path(name) / "deep" / "c.db", embedded=True))
        assert finding.condition is Condition.FAILURE
        assert f"none can be made: {name}: Permission denied" in finding.message

    def test_looking_whether_one_can_be_made_leaves_nothing(self, tmp_path: Path) -> None:
        assert conditions(self.probe(tmp_path / "deep" / "er" / "c.db", embedded=True)) == ["warning"]
        assert list(tmp_path.iterdir()) == []

    def test_a_current_one_is_writable_and_sound_and_left_as_it_was(self, tmp_path: Path) -> None:
        place = tmp_path / "c.db"
        upgrade_catalog(place)
        before = sqlite3.connect(place).execute("PRAGMA data_version").fetchone()
        assert conditions(self.probe(place)) == ["ok", "ok", "ok"]
        assert sqlite3.connect(place).execute("PRAGMA data_version").fetchone() == before

    def test_what_is_no_catalog_is_a_failure_with_what_to_do(self, tmp_path: Path) -> None:
        place = tmp_path / "c.db"
        place.write_bytes(b"no database" * 1000)
        (finding,) = found(self.probe(place))
        assert (finding.condition, bool(finding.fix)) == (Condition.FAILURE, True)

    def test_an_empty_database_has_no_schema(self, tmp_path: Path) -> None:
        place = tmp_path / "c.db"
        sqlite3.connect(place).execute("CREATE TABLE x (y)").connection.commit()
        (finding,) = found(self.probe(place))
        assert "db upgrade" in (finding.fix or "")

    def test_a_damaged_page_is_found(self, tmp_path: Path) -> None:
        place = tmp_path / "c.db"
        upgrade_catalog(place)
        with sqlite3.connect(place) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'outbox'").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.close()
        with place.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\x63" * 200)
        assert conditions(self.probe(place))[-1] == "failure"


class TestProject:
    @pytest.fixture
    def contracts(self, tmp_path: Path) -> Path:
        folder = tmp_path / "contracts"
        folder.mkdir()
        return folder

    def test_no_folder_none_in_it_and_a_broken_one(self, contracts: Path) -> None:
        reader = OdcsContractReader()
        assert conditions(ContractsProbe(reader, contracts / "x")) == ["failure"]
        assert conditions(ContractsProbe(reader, contracts)) == ["warning"]
        (contracts / "a.yaml").write_text(CONTRACT.format(name="orders"))
        assert conditions(ContractsProbe(reader, contracts)) == ["ok"]
        (contracts / "b.yaml").write_text("kind: DataContract")
        broken, sound = found(ContractsProbe(reader, contracts))
        assert (broken.condition, sound.condition) == ("failure", "ok")
        assert "contract lint" in (broken.fix or "")

    def test_landings(self, contracts: Path) -> None:
        probe = LandingsProbe(OdcsContractReader(), contracts, LocalDataLocationService())
        (contracts / "a.yaml").write_text(CONTRACT.format(name="orders"))
        assert conditions(probe) == ["failure"]
        (contracts.parent / "landing" / "orders").mkdir(parents=True)
        assert conditions(probe) == ["ok"]
        (contracts / "a.yaml").write_text(CONTRACT.format(name="orders").replace("type: local", "type: kafka"))
        assert conditions(probe) == ["warning"]


class TestExpectations:
    def test_those_that_workers_find_and_those_that_they_do_not(self) -> None:
        custom = custom_expectations("shop:ExpectThere shop:ExpectGone")
        probe = ExpectationsProbe(custom, lambda: {"expect_gone": "shop has no ExpectGone; correct the name"})
        gone, there = found(probe)
        assert (gone.condition, gone.message, gone.fix) == ("failure", "shop has no ExpectGone", "correct the name")
        assert (there.condition, there.message) == ("ok", "1 of your own: expect_there")


class TestDestinations:
    def test_a_host_that_listens_and_one_that_does_not(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/secret-path"
            probe = DestinationsProbe(url, lambda: open_publishers(url, SECRET))
            assert conditions(probe) == ["ok"]
        (finding,) = found(probe)
        assert finding.condition == Condition.FAILURE
        assert "secret-path" not in finding.message

    def test_a_url_that_is_wrong_and_none(self) -> None:
        assert conditions(DestinationsProbe("ftp://x", lambda: open_publishers("ftp://x"))) == ["failure"]
        assert conditions(DestinationsProbe("", lambda: open_publishers(""))) == ["ok"]
        assert conditions(DestinationsProbe("log:", lambda: open_publishers("log:"))) == ["ok"]

    def test_without_credentials_aws_will_not_do(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        probe = DestinationsProbe("sqs://queue", lambda: open_publishers("sqs://queue"))
        assert conditions(probe) == ["failure"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
        assert conditions(probe) == ["ok"]


class TestDagster:
    @pytest.fixture(autouse=True)
    def _no_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DAGSTER_HOME", raising=False)

    def test_a_folder_that_is_no_project(self, tmp_path: Path) -> None:
        assert conditions(DagsterProbe(tmp_path)) == ["ok", "warning", "warning"]
        assert list(tmp_path.iterdir()) == []

    def test_a_home_that_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "gone"))
        assert conditions(DagsterProbe(tmp_path))[-1] == "failure"

    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "workspace.yaml").touch()
        (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
        return tmp_path

    def test_a_daemon_that_is_silent_and_one_that_lives(self, home: Path) -> None:
        assert conditions(DagsterProbe(home)) == ["ok", "ok", "warning"]
        with dg.DagsterInstance.from_config(str(home)) as instance:
            for name in ("SENSOR", "SCHEDULER"):
                instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), name, "1", []))
        assert conditions(DagsterProbe(home)) == ["ok", "ok", "ok"]


class TestMachine:
    def test_what_is_installed_is_what_is_needed(self) -> None:
        assert conditions(VersionsProbe()) == ["ok", "ok"]
        assert list(_unmet(["duckdb<1", "no-such-thing>=1", "x; extra == 'pg'", "???"])) == [
            next(_unmet(["duckdb<1"])),
            "no-such-thing is not installed, and >=1 is needed",
        ]

    def test_a_disk_with_less_than_may_be_needed(self, tmp_path: Path) -> None:
        assert conditions(DiskProbe({"x": (tmp_path / "to" / "be" / "made", 0)})) == ["ok"]
        assert conditions(DiskProbe({"x": (tmp_path, 10**12)})) == ["warning"]

    def test_clocks_that_agree_and_one_that_does_not(self, tmp_path: Path) -> None:
        assert conditions(ClockProbe(tmp_path)) == ["ok"]
        assert conditions(ClockProbe(tmp_path / "none")) == []
        assert list(tmp_path.iterdir()) == []
        assert "30 s behind" in clock_finding("x", -30.0).message


def test_a_probe_that_breaks_does_not_keep_the_others_from_looking() -> None:
    class Broken:
        subject = "broken"

        def findings(self) -> Iterator[Finding]:
            raise RuntimeError("boom")

    first, second = diagnose([Broken(), DestinationsProbe("", lambda: ())])
    assert (first.subject, first.condition, second.condition) == ("broken", "failure", "ok")
    assert "boom" in first.message
