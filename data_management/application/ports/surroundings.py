"""The clock, and who asks."""

from datetime import datetime
from typing import Protocol

from data_management.domain.models import (
    Principal,
)


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, in UTC."""


class TokenVerifier(Protocol):
    """Tokens of an issuer that others run."""

    def verify(self, token: str) -> Principal:
        """Who holds it. `Unauthenticated` says what is wrong with it; `Unavailable` where its issuer's keys cannot be had."""
