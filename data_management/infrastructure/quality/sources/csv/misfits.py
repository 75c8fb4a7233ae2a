"""Records that are not rows as they stand, and rows that wait for what follows."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Misfit:
    """A record of another width, or a line whose quotes do not match (`broken`)."""

    line: int
    fields: list[str]
    broken: bool
    end: str
    """The line breaks behind it."""


@dataclass
class Held:
    """A row that the next line may belong to, too; `raw` where it is exact as it stands."""

    fields: list[str]
    raw: bytes | None
    end: str


def line_break(text: str) -> str:
    return text[len(text.rstrip("\r\n")) :]


def joined(run: Sequence[Misfit]) -> list[str]:
    fields = [*run[0].fields]
    end = run[0].end
    for misfit in run[1:]:
        fields[-1] += end + misfit.fields[0]
        fields += misfit.fields[1:]
        end = misfit.end
    return fields
