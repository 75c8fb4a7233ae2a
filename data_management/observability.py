"""Logs: structlog for this package and for the standard library's loggers alike, one line an event."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, Literal

import structlog

_SECRET: Final = ("password", "passwd", "secret", "token", "authorization", "api_key", "credential", "cookie")
_NOT_SECRET: Final = ("version_token",)
_OF_MANY_LINES: Final = ("exception", "stack")
_DEEPEST: Final = 8

_LOOKS_SECRET: Final = tuple(
    (marker, re.compile(pattern, re.ASCII | re.IGNORECASE), shown)
    for marker, pattern, shown in (
        ("dmk_", r"(dmk_[0-9a-f]{16}_)[a-z0-9_-]+", r"\1[redacted]"),
        ("whsec_", r"whsec_[a-z0-9+/=_-]+", "whsec_[redacted]"),
        ("://", r"""(://[^\s:/@"']{0,256}:)[^\s@"']{1,1024}@(?:[^\s@/"'?#]{1,1024}@)*""", r"\1[redacted]@"),
        ("hooks.slack.com", r"(hooks\.slack\.com/)[^\s\"']+", r"\1[redacted]"),
        ("akia", r"\bAKIA[A-Z0-9]{16}\b", "[redacted]"),
        ("asia", r"\bASIA[A-Z0-9]{16}\b", "[redacted]"),
        ("bearer ", r"\b(bearer )[a-z0-9._~+/=-]{8,}", r"\1[redacted]"),
        ("eyj", r"\beyJ[a-z0-9_-]{8,}\.[a-z0-9_-]+\.[a-z0-9_-]*", "[redacted]"),
        (
            "=",
            (
                r"""((?:[?&;]|\b)(?:x-amz-(?:signature|credential|security-token)|awsaccesskeyid|aws_secret_access_key|(?:access_|session_)?token"""
                r"""|api_?key|password|passwd|secret|(?<=[?&;])(?:signature|sig|key))=)[^&\s"';,)]+"""
            ),
            r"\1[redacted]",
        ),
    )
)
"""What tells that a text may hold one (in lower case: cheap to look for), how it looks, and what is shown instead. A key's id stays: it says
whose key it is."""


def configure_logging(level: str = "INFO", style: Literal["auto", "json", "console"] = "auto") -> None:
    """Send this package's log to standard error: for people on a terminal, as JSON elsewhere.

    Only the ``data_management`` logger is touched, so that a host process (Dagster) keeps its own logging.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    people = sys.stderr.isatty() if style == "auto" else style == "console"
    written: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)  # it warns of texts otherwise
        if people
        else structlog.processors.JSONRenderer()
    )
    last: list[structlog.types.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,  # Rich's would show variables
        redact,
        written,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
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


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Secrets are replaced: what stands under a name that speaks of them, however deep, and what looks like one, tracebacks included.
    Line breaks in values cannot forge a log line. Comes last before the line is written, when exceptions are text.
    """
    for name, value in event.items():
        if name in _OF_MANY_LINES and isinstance(value, str):
            event[name] = _without_secrets(value)
        else:
            event[name] = _hidden_in(name, value, _DEEPEST)
    return event


def _hidden_in(name: str, value: Any, depth: int) -> Any:
    if _is_secret(name):
        return "[redacted]"
    if isinstance(value, str):
        return _one_line(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping) and depth:
        return {_one_line(str(key)): _hidden_in(str(key), each, depth - 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_hidden_in("", each, depth - 1) for each in value]
    return _one_line(str(value))


def _one_line(text: str) -> str:
    return _without_secrets(text).replace("\r", "\\r").replace("\n", "\\n")


def _without_secrets(text: str) -> str:
    folded = text.lower()
    for marker, pattern, shown in _LOOKS_SECRET:
        if marker in folded:
            text = pattern.sub(shown, text)
    return text


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    folded = name.lower().replace("-", "_")
    return any(word in folded for word in _SECRET) and folded not in _NOT_SECRET
