"""What others may import of the plugin: each name on purpose, explained, and with examples that run."""

import doctest
from pathlib import Path

import pytest

from data_management import plugin
from data_management.plugin import component, events, factory, resource

REPOSITORY = Path(__file__).parents[2]
PUBLIC = [
    "CloudEvent",
    "DataContractsComponent",
    "DataManagementCatalog",
    "DatasetFile",
    "DatasetResult",
    "DatasetStep",
    "FileChanges",
    "GivenFiles",
    "build_dataset_definitions",
    "catalog",
    "consume_events",
    "contract_checks",
    "gated_eager",
    "quality_alert_sensor",
    "validate",
    "with_contract",
]


def test_the_public_surface_is_what_stands_here() -> None:
    assert sorted(plugin.__all__) == PUBLIC
    assert all(hasattr(plugin, name) for name in PUBLIC)


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "DatasetResult"])
def test_each_name_is_explained(name: str) -> None:
    assert (getattr(plugin, name).__doc__ or "").strip()


@pytest.mark.parametrize("module", [component, events, factory, resource])
def test_the_examples_run(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    outcome = doctest.testmod(module, optionflags=doctest.ELLIPSIS)  # type: ignore[arg-type]
    assert outcome.failed == 0
    assert outcome.attempted or module is events  # its example is examples/refresh_downstream.py, which has a test
