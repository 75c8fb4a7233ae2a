"""Which known word was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Final

_LONGEST: Final = 200
_MOST_WORDS: Final = 500


def closest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of `words` that was probably meant, letter case aside."""
    by_letters = {known.lower(): str(known) for known in islice(words, _MOST_WORDS)}
    found = get_close_matches(word.lower()[:_LONGEST], by_letters, n=1, cutoff=cutoff)
    return by_letters[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str], otherwise: str) -> str:
    """A fix: the likely word, else `otherwise`."""
    likely = closest(word, words)
    return f"did you mean {likely!r}?" if likely else otherwise
