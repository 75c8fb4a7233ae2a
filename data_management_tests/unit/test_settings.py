from pathlib import Path

import pytest

from data_management.errors import InvalidInput
from data_management.settings import load_settings


def test_defaults_need_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA_MANAGEMENT_CATALOG", raising=False)
    settings = load_settings()
    assert settings.contracts_folder == Path("contracts")
    assert settings.catalog_file == Path(".data_management/catalog.db")
    assert settings.catalog_is_embedded


def test_a_bad_value_is_one_line_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_WORKERS", "many")
    monkeypatch.setenv("DATA_MANAGEMENT_LOG_LEVEL", "LOUD")
    with pytest.raises(InvalidInput) as error:
        load_settings()
    message = error.value.message
    assert "\n" not in message
    assert "DATA_MANAGEMENT_WORKERS='many': Input should be a valid integer" in message
    assert "DATA_MANAGEMENT_LOG_LEVEL='LOUD'" in message
    assert message.endswith("correct or unset it")


def test_a_misspelt_setting_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_WORKER", "3")
    with pytest.raises(InvalidInput, match=r"WORKER is no setting.*did you mean DATA_MANAGEMENT_WORKERS"):
        load_settings()


def test_relative_paths_start_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_HOME", "/project")
    monkeypatch.setenv("DATA_MANAGEMENT_CATALOG", "state/c.db")
    settings = load_settings()
    assert settings.contracts_folder == Path("/project/contracts")
    assert settings.catalog_file == Path("/project/state/c.db")
    assert not settings.catalog_is_embedded


@pytest.mark.parametrize("url", ["postgresql://me:s3cr3t@db/catalog", "mysql://me:s3cr3t@db/catalog", "x://s3cr3t"])
def test_a_catalog_that_is_a_url_is_secret(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATA_MANAGEMENT_CATALOG", url)
    settings = load_settings()
    assert settings.catalog_url is not None
    assert settings.catalog_url.get_secret_value() == url
    assert not settings.catalog_is_embedded
    assert "s3cr3t" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    monkeypatch.setenv("DATA_MANAGEMENT_WORKERS", "many")
    with pytest.raises(InvalidInput) as error:
        load_settings()
    assert "s3cr3t" not in error.value.message
