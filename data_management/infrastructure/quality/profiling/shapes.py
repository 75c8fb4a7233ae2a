"""The shapes of texts: ``A9-99`` for ``N1-04``."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Final

from data_management.domain.models import ValueCount

LONGEST: Final = 32
"""Characters of a text that has a shape; prose has none."""
_MOST: Final = 5
_RUN = re.compile("a{2,}")


class _Classes(dict[int, str]):
    """Character → its class, learnt as characters come."""

    def __missing__(self, code: int) -> str:
        category = unicodedata.category(chr(code))
        if category == "Lu":
            kept = "A"
        elif category[0] == "L" or category[0] == "M":
            kept = "a"
        elif category[0] == "N":
            kept = "9"
        else:
            kept = chr(code) if category[0] in "PS" or code == ord(" ") else "?"
        self[code] = kept
        return kept


_CLASSES = _Classes()


def shape(text: str) -> str:
    """``A`` a capital, ``a`` any number of other letters, ``9`` a digit; punctuation and symbols as they are."""
    return _RUN.sub("a", text.translate(_CLASSES))


def shapes_of(values: Mapping[str, int]) -> tuple[ValueCount, ...]:
    """The commonest shapes of counted texts, where they are those of most.

    A shape that a single text has is left out: it says too much of that.
    """
    counts: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for text, count in values.items():
        if 0 < len(text) <= LONGEST:
            found = shape(text)
            counts[found] += count
            texts[found] += 1
    common = sorted((-count, found) for found, count in counts.items() if texts[found] > 1)
    kept = tuple(ValueCount(found, -count) for count, found in common[:_MOST])
    return kept if 2 * sum(each.count for each in kept) >= sum(values.values()) else ()
