"""A schema object as the columns and rules of a dataset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import open_data_contract_standard.model as odcs

from data_management.domain.custom_expectations import CustomExpectations
from data_management.domain.models import ColumnSpec, Dimension, Rule
from data_management.infrastructure.contracts.columns import Column, Columns
from data_management.infrastructure.contracts.constraints import constraint_drafts, date_format_of, logical_type_of
from data_management.infrastructure.contracts.metrics import unique_together
from data_management.infrastructure.contracts.problems import Place, quoted
from data_management.infrastructure.contracts.quality import Draft, drafts_of


@dataclass(frozen=True)
class _Property:
    place: Place
    stated: odcs.SchemaProperty
    column: Column


def read_object(
    place: Place, stated: odcs.SchemaObject, custom: CustomExpectations = ()
) -> tuple[tuple[ColumnSpec, ...], tuple[Rule, ...]]:
    """The columns and rules of one object, in the order of the contract: properties first."""
    properties = list(_properties(place, stated.properties or []))
    columns = Columns(
        {property_.stated.name or property_.column.name: property_.column.name for property_ in properties}
        | {property_.column.name: property_.column.name for property_ in properties}
    )
    key = _primary_key(properties)
    drafts: list[Draft] = []
    for property_ in properties:
        drafts += _drafts(property_, columns, custom, sole_key=len(key) == 1 and key[0] is property_)
    if len(key) > 1:
        rule = Rule(
            name="primary_key",
            expectations=(unique_together([property_.column.name for property_ in key]),),
            dimension=Dimension.UNIQUENESS,
        )
        drafts.append(Draft(rule, place.at("properties")))
    drafts += drafts_of(place, stated.quality, None, columns, custom)
    return tuple(_spec(property_) for property_ in properties), _named(drafts)


def _properties(place: Place, stated: Sequence[odcs.SchemaProperty]) -> Iterator[_Property]:
    seen: dict[str, str] = {}
    for index, property_ in enumerate(stated):
        at = place.at("properties", index)
        name = property_.physicalName or property_.name
        if not name:
            at.at("name").wrong("the property has no name", "add 'name:'")
            continue
        if name in seen:
            at.at("name").wrong(
                f"the column {quoted(name)} is declared twice, first at {seen[name]}", "remove one of them"
            )
            continue
        seen[name] = f"properties[{index}]"
        yield _Property(at, property_, Column(name, logical_type_of(at, property_)))


def _primary_key(properties: list[_Property]) -> list[_Property]:
    """The properties of the primary key, by their positions, then as they stand."""
    keys = [property_ for property_ in properties if property_.stated.primaryKey]
    return sorted(keys, key=lambda property_: _position(property_.stated.primaryKeyPosition))


def _position(given: int | None) -> float:
    return given if given is not None and given > 0 else float("inf")


def _drafts(
    property_: _Property, columns: Columns, custom: CustomExpectations, *, sole_key: bool = False
) -> Iterator[Draft]:
    place, stated, column = property_.place, property_.stated, property_.column
    yield from constraint_drafts(place, stated, column, sole_key=sole_key)
    yield from drafts_of(place, stated.quality, column, columns, custom)
    for inner in _inside(property_):
        yield from _drafts(inner, columns, custom)


def _inside(property_: _Property) -> Iterator[_Property]:
    place, stated, outer = property_.place, property_.stated, property_.column
    parts = [
        (place.at("properties", index), part, part.name or f"[{index}]")
        for index, part in enumerate(stated.properties or [])
    ]
    if stated.items is not None:
        parts.append((place.at("items"), stated.items, stated.items.name or "items"))
    for key in ("key", "value"):
        part = getattr(stated.map, key, None)
        if part is not None:
            parts.append((place.at("map", key), part, key))
    for at, part, name in parts:
        column = Column(f"{outer.name}.{name}", logical_type_of(at, part), outer.inside or outer.name)
        yield _Property(at, part, column)


def _spec(property_: _Property) -> ColumnSpec:
    stated = property_.stated
    return ColumnSpec(
        name=property_.column.name,
        logical_type=property_.column.logical_type,
        required=bool(stated.required or stated.primaryKey),
        description=(stated.description or "").strip(),
        classification=stated.classification,
        date_format=date_format_of(property_.place, stated),
        sources=tuple(
            dict.fromkeys(source for given in stated.transformSourceObjects or () if (source := given.strip()))
        ),
    )


def _named(drafts: list[Draft]) -> tuple[Rule, ...]:
    """The rules with unique names: the contract's own stay, and a derived one gives way with a number."""
    given: dict[str, Draft] = {}
    for draft in drafts:
        if draft.named and draft.rule.name in given:
            first = given[draft.rule.name].place.node
            where = f", first in line {first.line}" if first else ""
            draft.place.at("name").wrong(
                f"the rule's name {quoted(draft.rule.name)} is given twice{where}", "give each rule a name of its own"
            )
        elif draft.named:
            given[draft.rule.name] = draft
    taken = set(given)
    numbers: dict[str, int] = {}
    rules = []
    for draft in drafts:
        name = draft.rule.name
        while not draft.named and name in taken:
            number = numbers[draft.rule.name] = numbers.get(draft.rule.name, 1) + 1
            name = f"{draft.rule.name}_{number}"
        taken.add(name)
        rules.append(draft.rule if name == draft.rule.name else replace(draft.rule, name=name))
    return tuple(rules)
