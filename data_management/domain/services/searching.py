"""What a search for words finds in a dataset, and how well that fits: the same whatever finds the candidates."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.domain.models import Column, Dataset

MOST_WORDS: Final = 10
"""Of a search; further ones are not looked at."""
_LONGEST_WORD: Final = 64
_LEAST_PREFIX: Final = 3
"""Shorter words of a search are meant whole."""
_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Field(StrEnum):
    """Of a dataset, the weightiest first."""

    NAME = "name"
    TAGS = "tags"
    OWNERS = "owners"
    COLUMNS = "columns"
    LOCATION = "location"
    DESCRIPTION = "description"


_WEIGHTS: Final = {
    Field.NAME: 100.0,
    Field.TAGS: 50.0,
    Field.OWNERS: 50.0,
    Field.COLUMNS: 20.0,
    Field.LOCATION: 20.0,
    Field.DESCRIPTION: 10.0,
}

Words = Mapping[Field, tuple[str, ...]]


@dataclass(frozen=True)
class Sought:
    """A word of a search, folded as `words_of` does. A long one is the beginning of what it finds; a short one is all of it."""

    word: str
    written: str = ""
    """With its accents."""

    @property
    def is_prefix(self) -> bool:
        return len(self.word) >= _LEAST_PREFIX

    def fits(self, word: str) -> bool:
        return word == self.word or (self.is_prefix and word.startswith(self.word))


def words_of(text: str) -> tuple[str, ...]:
    """Its words, folded: without case and accents; ``orderLines`` and ``order_lines`` are two words each."""
    return tuple(each.word for each in _split(text))


def sought(text: str) -> tuple[Sought, ...]:
    """The words of a search; empty where it has none."""
    return tuple(dict.fromkeys(_split(text)))[:MOST_WORDS]


def _split(text: str) -> Iterator[Sought]:
    for written in _WORD.findall(unicodedata.normalize("NFKC", _HUMP.sub(" ", text)).casefold()):
        apart = unicodedata.normalize("NFKD", written)
        plain = "".join(_WORD.findall("".join(letter for letter in apart if not unicodedata.combining(letter))))
        if plain:
            yield Sought(plain[:_LONGEST_WORD], written[:_LONGEST_WORD])


def words_of_dataset(dataset: Dataset, read: Iterable[Column] = ()) -> Words:
    """By field; `read` are the columns that its last file had."""
    columns = [*(column.name for column in dataset.columns), *(column.name for column in read)]
    texts = {
        Field.NAME: [dataset.name],
        Field.TAGS: [*dataset.tags, *([dataset.domain] if dataset.domain else [])],
        Field.OWNERS: dataset.owners,
        Field.COLUMNS: columns,
        Field.LOCATION: [dataset.landing.uri] if dataset.landing else [],
        Field.DESCRIPTION: [dataset.description, *(column.description for column in dataset.columns)],
    }
    return {
        field: tuple(dict.fromkeys(word for text in its for each in (text, text.lower()) for word in words_of(each)))
        for field, its in texts.items()
    }


def rank(words: Words, of: Iterable[Sought]) -> tuple[float, tuple[Field, ...]]:
    """How well they fit (0: one of them is nowhere), and the fields that they are in. A whole word counts double."""
    total, fields = 0.0, set()
    for each in of:
        best = 0.0
        for field, its in words.items():
            fitting = [word for word in its if each.fits(word)]
            if fitting:
                fields.add(field)
                best = max(best, _WEIGHTS[field] * (2.0 if each.word in fitting else 1.0))
        if not best:
            return 0.0, ()
        total += best
    return total, tuple(field for field in Field if field in fields)
