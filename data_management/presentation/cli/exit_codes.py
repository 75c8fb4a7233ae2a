"""What the process says at its end."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process's exit code says. The worst wins, in the order UNAVAILABLE, USAGE, FAILED, REJECTED."""

    OK = 0
    """Every verdict is pass or warn."""
    FAILED = 1
    """A verdict is fail."""
    USAGE = 2
    """The call, a setting or a contract is wrong."""
    REJECTED = 3
    """A file could not be read, and no verdict is fail."""
    UNAVAILABLE = 4
    """A component is unavailable or broken."""
    INTERRUPTED = 130
    """Ctrl-C."""
    TERMINATED = 143
    """SIGTERM."""
