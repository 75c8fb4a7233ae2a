"""Scores as people read them. Programs get the number itself."""

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final

_PLACES: Final = 2
_PERFECT: Final = 100


def score_in_words(value: float) -> str:
    """A score or a bound of one on 0–100, rounded down to two places, so that only 100 is told as 100.0, and a gate of two places is
    met by what is told where the score meets it. What is short of 100 by less than that is told as far as it is nines.
    """
    exact = Decimal(repr(value))
    short = _PERFECT - exact
    places = max(_PLACES, -short.adjusted()) if short > 0 else _PLACES
    return _told(exact, places, ROUND_FLOOR)


def gain_in_words(points: float) -> str:
    """A difference of two scores with its sign, to two places; a smaller one to its first digit."""
    exact = Decimal(repr(points))
    places = max(_PLACES, -exact.adjusted()) if exact else _PLACES
    told = _told(abs(exact), places, ROUND_HALF_EVEN)
    return f"{'-' if exact < 0 else '+'}{told}"


def number_in_words(value: float) -> str:
    """As it was written: 95, 99.95."""
    return f"{Decimal(repr(value)).normalize():f}"


def missing_in_words(minimum: float, lower: float) -> str:
    """How many points are missing, so that it and what `score_in_words` tells of `lower` add up to the minimum."""
    return _trimmed(Decimal(repr(minimum)) - Decimal(score_in_words(lower)))


def _told(exact: Decimal, places: int, rounding: str) -> str:
    return _trimmed(exact.quantize(Decimal(1).scaleb(-places), rounding))


def _trimmed(number: Decimal) -> str:
    """Without zeros at the end, but for one."""
    whole, _, rest = f"{number:f}".partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}"
