"""Whatever stands in a contract, reading it yields datasets or problems, and never an exception."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from data_management.infrastructure.contracts import OdcsContractReader

GOOD = yaml.safe_load("""
kind: DataContract
apiVersion: v3.1.0
id: flights-1
version: 1.0.0
description: {purpose: Delays}
team: {name: aviation, members: [{username: ann, dateOut: x}]}
tags: [a]
servers:
- {server: flights, type: local, path: ../landing/*.csv, format: csv, delimiter: ',', encoding: utf-8,
   customProperties: [{property: dataset, value: flights}]}
customProperties: [{property: minScore, value: 90}, {property: dimensionWeights, value: {accuracy: 1}}]
schema:
- name: flights
  tags: [b]
  customProperties: [{property: onFail, value: block}, {property: maxQuarantined, value: 1}]
  quality:
  - {metric: rowCount, mustBeBetween: [1, 9]}
  - {metric: duplicateValues, mustBe: 0, arguments: {properties: [carrier, day]}}
  - {type: custom, engine: gx, implementation: 'type: expect_compound_columns_to_be_unique, column_list: [carrier]'}
  properties:
  - name: carrier
    physicalName: CARR
    logicalType: string
    required: true
    primaryKey: true
    primaryKeyPosition: 1
    enum: [{value: AA}]
    logicalTypeOptions: {minLength: 1, maxLength: 9, pattern: A, format: email}
    quality:
    - {metric: invalidValues, arguments: {pattern: A}, mustBe: 0, unit: percent, severity: info, dimension: ac}
    - {metric: missingValues, arguments: {missingValues: [null, N/A]}, mustBeLessThan: 5, name: x, id: y}
    - {rule: validValues, validValues: [a]}
    - {type: sql, query: SELECT 1}
    - type: custom
      engine: gx
      implementation: {type: expect_column_values_to_be_in_set, kwargs: {value_set: [a], mostly: 0.5}}
      customProperties: [{property: weight, value: 1}, {property: scope, value: asset}]
  - name: day
    logicalType: date
    logicalTypeOptions: {format: dd.MM.yyyy, minimum: 01.01.2024, exclusiveMaximum: '2025-01-01'}
  - name: delay
    logicalType: integer
    logicalTypeOptions: {minimum: 0, exclusiveMinimum: true, maximum: 9, format: i32, multipleOf: 2}
  - name: tags
    logicalType: array
    items: {logicalType: object, properties: [{name: id, required: true}]}
""")


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for key, child in items for inner in paths_of(child, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: put(child, path[1:], new) if key == path[0] else child for key, child in value.items()}
    return [put(child, path[1:], new) if index == path[0] else child for index, child in enumerate(value)]


ODD_TEXT = st.sampled_from(
    [
        "",
        " ",
        "*",
        "..",
        "*/..",
        "{",
        "[a",
        "'",
        "\\",
        "%",
        "a\nb",
        "é",
        "(?P<x",
        "a{99999}",
        "x" * 5000,
        "null",
        "~",
        "\t",
    ]
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | ODD_TEXT
    | st.text(st.characters(exclude_categories=["C"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "value", "type", "kwargs", "column", "zzz", ""]), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(paths_of(GOOD)), ODD), min_size=1, max_size=3))
def test_a_contract_with_odd_values_is_read_or_refused(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    contract = GOOD
    for path, odd in changes:
        if path in paths_of(contract):
            contract = put(contract, path, odd)
    check(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text("{}[]:-,&*a! \n\t'\"#|>?%@`<", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    check(content)


def check(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "flights.yaml"
        path.write_bytes(content)
        found = OdcsContractReader().read(path)
    assert bool(found.datasets) != bool(found.problems)
    assert found.names
    for problem in found.problems:
        assert problem.problem
        assert problem.fix
        assert len(str(problem)) < 3000
    for dataset in found.datasets:
        assert dataset.plan_hash
        assert len({rule.name for rule in dataset.rules}) == len(dataset.rules)
        assert all(bool(rule.expectations) != bool(rule.not_runnable) for rule in dataset.rules)
