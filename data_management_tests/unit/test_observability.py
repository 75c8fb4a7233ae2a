import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from data_management.observability import configure_logging, get_logger


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    logger = logging.getLogger("data_management")
    saved = logger.handlers, logger.level, logger.propagate
    yield
    logger.handlers, logger.level, logger.propagate = saved
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail(text: str) -> None:
    raise RuntimeError(f"cannot reach {text}") from ValueError(text)


def test_elsewhere_than_on_a_terminal_a_line_is_json_with_the_bound_ids(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    with structlog.contextvars.bound_contextvars(dataset="orders", run_id="r1"):
        logging.getLogger("data_management.application").info("data asset judged", extra={"status": "accepted"})
        get_logger("data_management.x").warning("slow", seconds=3)
    first, second = lines(capsys)
    assert first["event"] == "data asset judged"
    assert (first["dataset"], first["run_id"], first["status"], first["level"]) == ("orders", "r1", "accepted", "info")
    assert (second["event"], second["seconds"], second["dataset"]) == ("slow", 3, "orders")


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


KEY = "dmk_0123456789abcdef_" + "canary" * 7
LOOK_SECRET = {
    "a key": (KEY, "dmk_0123456789abcdef_[redacted]"),
    "a signing secret": ("whsec_canary+/=", "whsec_[redacted]"),
    "a password in a URL": ("postgresql://app:canary@db/catalog", "postgresql://app:[redacted]@db/catalog"),
    "a password with odd characters": ("postgresql://app:ca/n@ary@db/c", "postgresql://app:[redacted]@db/c"),
    "an AWS key": ("AKIACANARYCANARY1234", "[redacted]"),
    "a session's AWS key": ("ASIACANARYCANARY1234", "[redacted]"),
    "a presigned URL": (
        "https://b.s3.amazonaws.com/a.csv?X-Amz-Signature=canary&X-Amz-Date=1",
        "https://b.s3.amazonaws.com/a.csv?X-Amz-Signature=[redacted]&X-Amz-Date=1",
    ),
    "an older presigned URL": ("https://b/a?Signature=canary&Expires=1", "https://b/a?Signature=[redacted]&Expires=1"),
    "a webhook with its key": ("https://h/hook?key=canary", "https://h/hook?key=[redacted]"),
    "a webhook of Slack": ("https://hooks.slack.com/services/T/B/canary", "https://hooks.slack.com/[redacted]"),
    "a header": ("authorization: Bearer canary.canary", "authorization: Bearer [redacted]"),
    "a token": ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.canary", "[redacted]"),
    "a connection's words": ("host=db user=app password=canary", "host=db user=app password=[redacted]"),
}


@pytest.mark.parametrize(("text", "shown"), LOOK_SECRET.values(), ids=LOOK_SECRET)
def test_what_looks_like_a_secret_is_redacted_wherever_it_stands(
    capsys: pytest.CaptureFixture[str], text: str, shown: str
) -> None:
    configure_logging(style="json")
    get_logger("data_management.x").warning(f"told {text} twice", url=text, deep={"urls": [(text,)], text: 1})
    try:
        fail(text)
    except RuntimeError as error:
        logging.getLogger("data_management").exception("failed", extra={"error": error})
    told = capsys.readouterr().err
    assert "canary" not in told.lower().replace(text.lower(), "canary")
    first, second = (json.loads(line) for line in told.splitlines())
    assert (first["event"], first["url"]) == (f"told {shown} twice", shown)
    assert list(first["deep"]) == ["urls", shown]
    assert first["deep"]["urls"] == [[shown]]
    assert second["error"] == f"cannot reach {shown}"
    assert f"ValueError: {shown}" in second["exception"]


def test_what_stands_under_a_secret_name_is_redacted_however_deep(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(style="json")
    told = {"headers": [{"Authorization": "canary", "X-Api-Key": "canary", "Accept": "*/*"}], "version_token": "v1"}
    get_logger("data_management.x").warning("odd", request=told)
    (line,) = lines(capsys)
    hidden = {"Authorization": "[redacted]", "X-Api-Key": "[redacted]", "Accept": "*/*"}
    assert line["request"] == {"headers": [hidden], "version_token": "v1"}


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com:8080/a?page=2",
        "s3://bucket/a@b.csv",
        "2026-11-26T10:00:00+00:00",
        "key=3 of monkeys=4",
        "orders_2026.csv: 3 columns, bearer of news",
        "the basic rule",
    ],
)
def test_what_is_no_secret_stays(capsys: pytest.CaptureFixture[str], text: str) -> None:
    configure_logging(style="json")
    get_logger("data_management.x").warning(text)
    (line,) = lines(capsys)
    assert line["event"] == text


def test_a_value_that_holds_itself_is_logged_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(style="json")
    ring: list[object] = [1]
    ring.append(ring)
    get_logger("data_management.x").warning("odd", ring=ring)
    assert len(lines(capsys)) == 1


def test_for_people_a_traceback_has_its_lines_and_no_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(style="console")
    try:
        fail(KEY)
    except RuntimeError:
        logging.getLogger("data_management").exception("request failed")
    shown = capsys.readouterr().err
    assert "\nTraceback (most recent call last):\n" in shown
    assert "dmk_0123456789abcdef_[redacted]" in shown
    assert "canary" not in shown
