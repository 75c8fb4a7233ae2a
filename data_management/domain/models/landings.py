"""How a bucket is reached, and where in it new objects are to be looked for."""

from pydantic.dataclasses import dataclass


@dataclass(frozen=True)
class ObjectStore:
    """How the buckets of a landing are reached. Credentials, role and region are those of the process's AWS settings."""

    endpoint_url: str | None = None
    """Of a store that is not AWS's own; None for what the AWS settings say."""
    profile: str | None = None
    """The profile in the AWS configuration files; None for the process's own."""
    versioned: bool = False
    """Whether the bucket keeps versions: then listings name them, and what was listed is what is read."""


@dataclass(frozen=True)
class NewObjects:
    """Where objects that nobody has seen are to be looked for between two whole listings; one of the three is set."""

    monotonic: bool = False
    """Each new key is greater than all before it."""
    date_prefix: str | None = None
    """`strftime` of the folders below the landing's root that new keys begin with, in UTC: ``%Y/%m/%d/``."""
    overlap_days: int = 1
    """How many days before the last arrival such folders are looked into again."""
    event_queue: str | None = None
    """URL of a queue of the bucket's notifications."""
