"""Names of datasets are data: hostile ones are judged through the plugin, files in folders of such names too."""

from pathlib import Path

import dagster as dg
import pytest
import yaml

from data_management.application.queries import ListDataAssetsQuery
from data_management.plugin import DataManagementCatalog, build_dataset_definitions, catalog

ALIKE = ("a b", "a.b", "a&b")
NAMES = (
    *ALIKE,
    "🙂",
    "🙃",
    "x" * 300,
    "x" * 299 + "y",
    "Ünï/cödé'; DROP TABLE datasets; --",
    '<b>"q"</b>',
    "{{ name }}",
    "%s",
    "verdict",
)
CONTRACT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "hostile & 🙂",
    "version": "1.0.0",
    "status": "active",
    "servers": [
        {
            "server": f"s{number}",
            "type": "local",
            "path": f"../landing/{number} & 🙂.x/*.csv",
            "format": "csv",
            "customProperties": [{"property": "dataset", "value": name}],
        }
        for number, name in enumerate(NAMES)
    ],
    "schema": [
        {"name": name, "properties": [{"name": 'i d"🙂', "logicalType": "integer", "required": True}]} for name in NAMES
    ],
}


def test_datasets_of_hostile_names_are_judged_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", str(tmp_path))
    monkeypatch.setenv("DATA_MANAGEMENT_SETTLE_SECONDS", "0")
    monkeypatch.setenv("DATA_MANAGEMENT_WORKERS", "1")
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "hostile.yaml").write_text(yaml.safe_dump(CONTRACT, allow_unicode=True))
    for number, _ in enumerate(NAMES):
        folder = tmp_path / "landing" / f"{number} & 🙂.x"
        folder.mkdir(parents=True)
        (folder / f"{number} ; $(x).csv").write_text(f'"i d""🙂"\n{number}\n')
    (tmp_path / "landing" / "0 & 🙂.x" / "bad.csv").write_text('"i d""🙂"\nnobody\n')

    defs = build_dataset_definitions("contracts", key_prefix=["ra w", "🙂"])
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(instance=instance, raise_on_error=False)

    verdicts = [each for each in result.get_asset_check_evaluations() if each.check_name == "verdict"]
    assert [each.passed for each in verdicts] == [True] * len(NAMES)
    told = {event.asset_key for event in result.get_asset_materialization_events()}
    datasets = {
        spec.key: spec.metadata["data_management/dataset"]
        for spec in defs.resolve_all_asset_specs()
        if spec.key in told
    }
    assert sorted(datasets.values()) == sorted(NAMES)
    application = DataManagementCatalog().open_application()
    for number, name in enumerate(NAMES):
        with catalog.consume(name, consumer="🙂 & co.") as files:
            assert [file.path and file.path.read_text() for file in files] == [f'"i d""🙂"\n{number}\n']
        statuses = [each.status.value for each in application.ask(ListDataAssetsQuery(name)).assets]
        assert sorted(statuses) == (["accepted", "quarantined"] if number == 0 else ["accepted"]), name
