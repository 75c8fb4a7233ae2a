"""The one error hierarchy.

A message names the thing, says what is wrong with it and what to do. An adapter translates each
foreign exception into one of these once, with ``raise … from``. HTTP statuses and exit codes are
the presentation's business and do not occur here.
"""


class DataManagementError(Exception):
    """Root of every error this package raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(DataManagementError):
    """What the caller gave cannot be used: a contract, a setting, an argument."""


class NotFound(DataManagementError):
    """What the caller named is not in the catalog, or not at its location."""


class Pruned(NotFound):
    """It was there, and retention has removed it."""


class Conflict(DataManagementError):
    """Somebody else changed the same thing first; read it again and repeat."""


class Stale(Conflict):
    """The caller knew another version than the one that stands; read it again and decide anew."""


class Denied(DataManagementError):
    """Who asks may not do this."""


class Unauthenticated(Denied):
    """Nobody knows who asks: no key or token, or one that is not in force."""


class Throttled(Denied):
    """Too many wrong keys came from there; wait `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Rejected(DataManagementError):
    """A data asset cannot be read; the message is the reason that stands in the catalog."""


class Unavailable(DataManagementError):
    """A component that is needed (catalog, engine, storage) does not work."""


class Interrupted(Unavailable):
    """The component undid the change for no fault of its own (a deadlock, a restart); all of it may be done again at once."""
