"""How long ago, or from now: ``36h``, ``90d`` or ``12w``."""

import re
from datetime import timedelta
from typing import Final

import click

_UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_LONGEST: Final = timedelta(days=36_500)


def age(ctx: click.Context, param: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,6})([hdw])", value.strip().lower(), re.ASCII)
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else _LONGEST
    if found is None or length >= _LONGEST:
        raise click.BadParameter(f"{value!r} is not an age; write for instance 90d, 12w or 36h", ctx, param)
    return length
