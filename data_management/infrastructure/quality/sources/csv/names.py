"""From the header's fields to column names that differ."""

from collections.abc import Callable, Collection, Sequence

from data_management.domain.models import ReadingNote
from data_management.errors import Rejected


def column_names(
    fields: Sequence[str],
    declared: Collection[str],
    shown: str,
    line: int,
    notes: list[ReadingNote],
    fold: Callable[[str], str] = str.lower,
) -> tuple[str, ...]:
    """Names that differ, by default in more than letter case, as DuckDB's reader needs it; `Rejected` where one of the contract's is
    ambiguous.
    """
    first: dict[str, int] = {}
    taken = {fold(field) for field in fields}
    names: list[str] = []
    empty: list[int] = []
    repeated: list[int] = []
    for place, field in enumerate(fields, start=1):
        name = field
        if not field.strip():
            empty.append(place)
            name = _free(f"column_{place}", taken, fold)
        elif (key := fold(field)) in first:
            if field in declared:
                raise Rejected(
                    f"{shown}: columns {first[key]} and {place} of the header have the same name {field!r}, which the contract "
                    "declares; rename one of them"
                )
            repeated.append(place)
            name = _free(field, taken, fold)
        else:
            first[key] = place
        taken.add(fold(name))
        names.append(name)
    if empty:
        notes.append(_note("empty-names", empty, names, "without a name in the header", line))
    if repeated:
        notes.append(_note("duplicate-names", repeated, names, "with a name that stands in the header before", line))
    if padded := [name for name in names if name != name.strip()]:
        message = f"{len(padded)} name(s) of the header begin or end with a space, the first is {padded[0]!r}"
        notes.append(ReadingNote(code="header", message=message, line=line))
    return tuple(names)


def _free(wanted: str, taken: Collection[str], fold: Callable[[str], str]) -> str:
    number, name = 1, wanted
    while fold(name) in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _note(code: str, places: Sequence[int], names: Sequence[str], what: str, line: int) -> ReadingNote:
    named = ", ".join(f"column {place} as {names[place - 1]!r}" for place in places[:10])
    more = " …" if len(places) > 10 else ""  # noqa: PLR2004  enough to see what is wrong
    return ReadingNote(code=code, message=f"{len(places)} column(s) {what}: read {named}{more}", line=line)
