"""What fields look like: numbers, dates, names, and the patterns of keys."""

import re
from collections import Counter
from collections.abc import Sequence

_NUMBER = re.compile(r"\s*[-+(]?[$€£]?\s?\d[\d.,'  ]*(e[-+]?\d+)?\s?[%)€$£]?\s*", re.IGNORECASE)
_DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.*)?\s*|\s*\d{1,2}:\d{2}(:\d{2}.*)?\s*")
_MOST = 0.9
_FEWEST = 4
_RUNS = ((re.compile(r"\d+"), "9"), (re.compile(r"[^\W\d_]+"), "a"))
_LONGEST = 200


def is_figure(field: str) -> bool:
    """A number, a date or a time."""
    field = field[:_LONGEST]
    return _NUMBER.fullmatch(field) is not None or _DATE.fullmatch(field) is not None


def shape(field: str) -> str:
    """Runs of digits and of letters as one each: ``ORD-0017`` is ``a-9``."""
    field = field[:_LONGEST]
    if _NUMBER.fullmatch(field):
        return "9"
    for run, sign in _RUNS:
        field = run.sub(sign, field)
    return field


def common_shape(fields: Sequence[str]) -> str | None:
    """The shape of nearly all of them, if there is one that says something; None for plain words."""
    given = sum(map(bool, fields))
    if given < _FEWEST:
        return None
    shapes: Counter[str] = Counter()
    for field, count in Counter(fields).items():
        if field:
            shapes[shape(field)] += count
    found, count = shapes.most_common(1)[0]
    return found if count >= _MOST * given and found != "a" else None


def holds_figures(fields: Sequence[str]) -> bool:
    """Whether (nearly) all of them are figures; looks at each value once, and at no more than it takes to know."""
    given = sum(map(bool, fields))
    if given < 2:  # noqa: PLR2004  one tells nothing
        return False
    figures = others = 0
    for field, count in Counter(fields).items():
        if not field:
            continue
        if is_figure(field):
            figures += count
        else:
            others += count
        if figures >= _MOST * given or given - others < _MOST * given:
            break
    return figures >= _MOST * given


def could_be_header(fields: Sequence[str]) -> bool:
    """Names: none empty, none a figure, no two alike."""
    return all(field.strip() and not is_figure(field) for field in fields) and len(set(fields)) == len(fields)


def has_figures(fields: Sequence[str]) -> bool:
    return any(is_figure(field) for field in fields)
