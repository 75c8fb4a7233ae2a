"""What routes need of the server that they are part of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from data_management.application.ports import ContractReader
from data_management.application.services import Application
from data_management.presentation.api.metrics import ApiMetrics


@dataclass(frozen=True)
class ApiOptions:
    """Limits, and what the API says of itself."""

    contracts_folder: Path = Path("contracts")
    """What relative paths in a contract that was sent start from."""
    settle_seconds: float = 2.0
    """How long a file must have been left alone before it is recorded."""
    events_source: str = "/data-management"
    most_body_bytes: int = 1024 * 1024
    most_body_seconds: float = 30.0
    most_guesses: int = 10
    """Wrong keys that one client has in a minute."""


@dataclass(frozen=True)
class ApiContext:
    app: Application
    contracts: Callable[[], ContractReader]
    metrics: ApiMetrics
    options: ApiOptions


def _context(request: Request) -> ApiContext:
    return cast("ApiContext", request.app.state.context)


Context = Annotated[ApiContext, Depends(_context)]
