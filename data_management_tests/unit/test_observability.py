import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from data_management.observability import configure_logging, get_logger, log_context


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    logger = logging.getLogger("data_management")
    saved = logger.handlers, logger.level, logger.propagate
    yield
    logger.handlers, logger.level, logger.propagate = saved
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_elsewhere_than_on_a_terminal_a_line_is_json_with_the_bound_ids(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    with log_context(dataset="orders", run_id="r1", asset_id=None):
        logging.getLogger("data_management.application").info("data asset judged", extra={"status": "accepted"})
        get_logger("data_management.x").warning("slow", seconds=3)
    first, second = lines(capsys)
    assert first["event"] == "data asset judged"
    assert (first["dataset"], first["run_id"], first["status"], first["level"]) == ("orders", "r1", "accepted", "info")
    assert (second["event"], second["seconds"], second["dataset"]) == ("slow", 3, "orders")
    assert "asset_id" not in first


def test_secrets_are_redacted_and_line_breaks_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    logging.getLogger("data_management").warning(
        "odd", extra={"api_key": "canary", "db_password": "canary", "file": 'a\n{"event": "forged"}'}
    )
    (line,) = lines(capsys)
    assert "canary" not in json.dumps(line)
    assert line["file"] == 'a\\n{"event": "forged"}'


def test_on_a_terminal_lines_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(style="console")
    logging.getLogger("data_management").info("data asset judged", extra={"status": "accepted"})
    assert "data asset judged" in capsys.readouterr().err


def test_what_is_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("WARNING")
    logging.getLogger("data_management").info("hushed")
    assert capsys.readouterr().err == ""


def test_a_traceback_for_people_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(style="console")
    header = "Bearer canary"
    try:
        int(header[:6])
    except ValueError:
        logging.getLogger("data_management").exception("request failed")
    shown = capsys.readouterr().err
    assert "invalid literal for int()" in shown
    assert "canary" not in shown
