"""The clocks, and who asks."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from data_management.domain.models import Principal


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, in UTC."""


Ticks = Callable[[], float]
"""The seconds of a clock that nobody sets, since whatever moment."""


@dataclass(frozen=True)
class Deadline:
    """When something ends that may take so long: by no wall clock, which is set back now and then."""

    ends_at: float = math.inf
    ticks: Ticks = time.monotonic

    @classmethod
    def after(cls, seconds: float | None, ticks: Ticks = time.monotonic) -> "Deadline":
        """So many seconds from now on; never, without any."""
        return cls(math.inf if seconds is None else ticks() + seconds, ticks)

    @property
    def is_over(self) -> bool:
        return self.ticks() >= self.ends_at

    @property
    def is_never(self) -> bool:
        return self.ends_at == math.inf


NEVER = Deadline()


class TokenVerifier(Protocol):
    """Tokens of an issuer that others run."""

    def verify(self, token: str) -> Principal:
        """Who holds it. `Unauthenticated` says what is wrong with it; `Unavailable` where its issuer's keys cannot be had."""
