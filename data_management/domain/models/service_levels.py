"""When a dataset shall be there, as its contract promises."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class ServiceLevels:
    """What a contract's SLA says of time: a deadline (a cron expression), or how often and how late.

    `frequency_seconds` is the time between two updates, `latency_seconds` how much later than that one may come. With a
    `deadline_cron`, data of the last `frequency_seconds` must be there at each of its ticks, in `timezone` (an IANA name).
    """

    frequency_seconds: float | None = None
    latency_seconds: float | None = None
    deadline_cron: str | None = None
    timezone: str = "UTC"

    @property
    def oldest_seconds(self) -> float | None:
        """How old the last update may be; None where nothing is said of that."""
        said = [seconds for seconds in (self.frequency_seconds, self.latency_seconds) if seconds is not None]
        return sum(said) if said else None

    @property
    def expected_seconds(self) -> float | None:
        """When the next update is due, where it may come later than that; None otherwise."""
        return self.frequency_seconds if self.latency_seconds else None
