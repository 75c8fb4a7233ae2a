"""Logs: structlog for this package and for the standard library's loggers alike, one line an event."""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Literal

import structlog

_SECRET = ("password", "secret", "token", "authorization", "api_key", "credential")
_NOT_SECRET = ("version_token",)


def configure_logging(level: str = "INFO", style: Literal["auto", "json", "console"] = "auto") -> None:
    """Send this package's log to standard error: for people on a terminal, as JSON elsewhere.

    Only the ``data_management`` logger is touched, so that a host process (Dagster) keeps its own logging.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    people = sys.stderr.isatty() if style == "auto" else style == "console"
    last: list[structlog.types.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]  # Rich's shows variables
        if people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logger = logging.getLogger("data_management")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def log_context(**ids: str | None) -> AbstractContextManager[None]:
    """Bind ids (dataset, asset, run) to every line that is logged inside the block."""
    return structlog.contextvars.bound_contextvars(**{name: value for name, value in ids.items() if value is not None})


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Values under names that speak of secrets are replaced; line breaks in values cannot forge a log line."""
    for name, value in event.items():
        if any(word in name.lower() for word in _SECRET) and name not in _NOT_SECRET:
            event[name] = "[redacted]"
        elif isinstance(value, str):
            event[name] = value.replace("\r", "\\r").replace("\n", "\\n")
    return event
