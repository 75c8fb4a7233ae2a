from pathlib import Path

import pytest

from data_management_tests.unit.infrastructure.contracts.examples import (
    HEAD,
    dataset_of,
    only_problem,
    problems_of,
    reading,
    with_property,
    with_quality,
    with_schema,
)

FLIGHTS = "- name: flights"

V3_0 = """\
kind: DataContract
apiVersion: v3.0.2
id: seller-payments
version: 1.1.0
status: active
description: {purpose: Views on seller tables}
team:
- {username: ceastwood, role: Data Scientist, dateIn: 2022-08-02, dateOut: 2022-10-01, replacedByUsername: mhopper}
- {username: mhopper, role: Data Scientist, dateIn: 2022-10-01}
slaDefaultElement: payments.paid_at
slaProperties: [{property: latency, value: 4, unit: d}]
schema:
- name: payments
  tags: [finance]
  properties:
  - {name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
  - name: paid_at
    logicalType: date
    logicalTypeOptions: {format: yyyy-MM-dd}
  - name: amount
    logicalType: number
    logicalTypeOptions: {minimum: 0, exclusiveMinimum: true}
    quality:
    - {rule: duplicateCount, mustBeLessThan: 10, unit: percent}
  - name: unit
    logicalType: string
    quality:
    - {rule: validValues, validValues: [pounds, kg]}
    - {type: library, rule: uniqueCheck}
  quality:
  - {rule: rowCount, mustBeGreaterThan: 0}
"""

V3_2 = """\
kind: DataContract
apiVersion: v3.2.0
id: orders-with-enums
version: 2.0.0
context: {instructions: Ask the owner}
team: {name: shop, members: [{username: ann}, {name: Bob}]}
schema:
- name: orders
  context: Order records
  properties:
  - name: status
    logicalType: string
    enum:
    - {value: pending, label: Pending, tags: [initial]}
    - value: shipped
  - {name: vector, logicalType: vector, logicalTypeOptions: {dimensions: 384}}
  - name: labels
    logicalType: map
    map: {key: {logicalType: string}, value: {logicalType: string, required: true}}
"""


def test_a_contract_of_v3_0_is_read(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, V3_0)
    rules = {rule.name: rule for rule in dataset.rules}
    assert dataset.owners == ("mhopper",)
    assert list(rules) == [
        "id.required",
        "id.unique",
        "id.type",
        "paid_at.type",
        "amount.type",
        "amount.range",
        "amount.duplicateValues",
        "unit.type",
        "unit.validValues",
        "unit.uniqueCheck",
        "rowCount",
    ]
    assert rules["amount.range"].expectations[0].kwargs == {"column": "amount", "min_value": 0, "strict_min": True}
    assert rules["unit.validValues"].expectations[0].kwargs == {"column": "unit", "value_set": ["pounds", "kg"]}
    assert "write 'metric: duplicateValues' instead" in str(rules["unit.uniqueCheck"].not_runnable)


def test_a_contract_of_v3_1_is_read(tmp_path: Path) -> None:
    text = with_quality("- {metric: nullValues, mustBe: 0}")
    assert "apiVersion: v3.1.0" in text
    assert [rule.name for rule in dataset_of(tmp_path, text).rules] == ["carrier.nullValues", "delay.type"]


def test_a_contract_of_v3_2_is_read(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, V3_2)
    assert dataset.owners == ("ann", "Bob")
    assert {rule.name: rule.not_runnable is None for rule in dataset.rules} == {
        "status.type": True,
        "status.enum": True,
        "vector.dimensions": False,
        "labels.value.required": False,
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("kind: Deployment", "1 kind: its kind is 'Deployment'; write 'kind: DataContract'"),
        ("kind: [DataContract]", "1 kind: its kind is ['DataContract']"),
        ("apiVersion: v2.2.2", "2 apiVersion: apiVersion 'v2.2.2' is of the standard's second generation (v2.x)"),
        ("apiVersion: v4.0.0", "2 apiVersion: apiVersion 'v4.0.0' is not supported; use v3.0.x, v3.1.0 and v3.2.0"),
        ("apiVersion: 3.1.0", "2 apiVersion: apiVersion '3.1.0' is not written as the standard does; write 'v3.1.0'"),
        ("apiVersion: v3.0", "2 apiVersion: apiVersion 'v3.0' is not written as the standard does; write 'v3.0.2'"),
        ("apiVersion: 3.1", "2 apiVersion: apiVersion '3.1' is not written as the standard does; write 'v3.1.0'"),
        ("version: 1.10", "4 version: 'version' must be text, and 1.10 is not; put it in quotes: \"1.10\""),
        ("id: 7", "3 id: 'id' must be text, and 7 is not; put it in quotes: \"7\""),
    ],
)
def test_a_wrong_envelope_is_a_problem(tmp_path: Path, line: str, problem: str) -> None:
    key = line.partition(":")[0]
    head = [line if own.startswith(f"{key}:") else own for own in HEAD.splitlines()]
    problems = problems_of(tmp_path, "\n".join([*head, "schema:", FLIGHTS]))
    assert any(found.startswith(problem) for found in problems), problems


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("kind", "it has no kind"),
        ("apiVersion", "it has no apiVersion"),
        ("id", "it has no id"),
        ("version", "it has no version"),
        ("schema", "it has no schema, so it declares no dataset"),
    ],
)
def test_a_missing_part_of_the_envelope_is_a_problem(tmp_path: Path, key: str, problem: str) -> None:
    text = f"{HEAD}schema: [{{name: flights}}]\n"
    lines = [line for line in text.splitlines() if not line.startswith(f"{key}:")]
    assert problem in only_problem(tmp_path, "\n".join(lines))


def test_an_empty_schema_is_a_problem(tmp_path: Path) -> None:
    assert "it has no schema" in only_problem(tmp_path, HEAD + "schema: []")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            with_schema(FLIGHTS, "staus: active\n"),
            "5 staus: the key 'staus' is not known; did you mean 'status'?",
        ),
        (
            with_schema("- nmae: x\n  name: flights"),
            "6 schema[0].nmae: the key 'nmae' is not known; did you mean 'name'?",
        ),
        (
            with_property("requird: true"),
            "9 schema[0].properties[0].requird: the key 'requird' is not known; did you mean 'required'?",
        ),
        (
            with_property("items:\n  properties:\n  - name: x\n    uniqe: true"),
            (
                "12 schema[0].properties[0].items.properties[0].uniqe: the key 'uniqe' is not known; "
                "did you mean 'unique'?"
            ),
        ),
        (
            with_schema(FLIGHTS, "team: {members: [{usernme: ann}]}\n"),
            "5 team.members[0].usernme: the key 'usernme' is not known; did you mean 'username'?",
        ),
        (
            with_schema(FLIGHTS, "team: [{usernme: ann}]\n"),
            "5 team[0].usernme: the key 'usernme' is not known; did you mean 'username'?",
        ),
        (
            with_schema(FLIGHTS, "servers: [{type: azure, locaton: 'abfss://x'}]\n"),
            "5 servers[0].locaton: the key 'locaton' is not known; did you mean 'location'?",
        ),
        (
            with_schema("- name: flights\n  zzzz: 1"),
            "7 schema[0].zzzz: the key 'zzzz' is not known; remove it, or move it into 'customProperties:'",
        ),
        (
            with_schema(FLIGHTS, "quality: []\n"),
            "5 quality: the key 'quality' is not known; move it into the schema object or the property that it is about",
        ),
        (
            with_quality("- metric: invalidValues\n  arguments: {pattern: a}\n  mustBe: 0\n  validValues: [a]"),
            (
                "13 schema[0].properties[0].quality[0].validValues: the key 'validValues' is not known; "
                "move it under 'arguments:'"
            ),
        ),
        (
            with_schema("- name: flights\n  relationships: [{frm: a, to: b}]"),
            "7 schema[0].relationships[0].frm: the key 'frm' is not known; did you mean 'from'?",
        ),
        (
            with_schema(FLIGHTS, "price: {zzzz: 1}\n"),
            "5 price.zzzz: the key 'zzzz' is not known; remove it; known are id, priceAmount, priceCurrency, priceUnit",
        ),
    ],
)
def test_an_unknown_key_anywhere_is_a_problem_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    assert only_problem(tmp_path, text) == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (with_schema(FLIGHTS, "tags: flights\n"), "5 tags: 'tags' must be a list"),
        (with_schema(FLIGHTS, "tags: [2024]\n"), "5 tags[0]: item 0 must be text, and 2024 is not"),
        (
            with_schema(FLIGHTS, "description: text\n"),
            "5 description: 'description' must be a mapping of keys to values",
        ),
        (with_schema("- flights"), "6 schema[0]: item 0 must be a mapping of keys to values"),
        (with_schema("- name: 7"), "6 schema[0].name: 'name' must be text, and 7 is not"),
        (
            with_property("required: maybe"),
            "9 schema[0].properties[0].required: 'required' cannot be used, not 'maybe'",
        ),
        (with_property("enum: [a]"), "9 schema[0].properties[0].enum[0]: item 0 of enum must be a mapping; write each"),
        (with_schema(FLIGHTS, "team: {members: [{username: 5}]}\n"), "5 team.members[0].username: 'username' must be"),
        (with_schema(FLIGHTS, "team: [{username: 5}]\n"), "5 team[0].username: 'username' must be text"),
        (with_schema(FLIGHTS, "team: ann\n"), "5 team: 'team' must be a mapping of keys to values"),
        (with_schema(FLIGHTS, "price: {priceAmount: [1]}\n"), "5 price.priceAmount: 'priceAmount' cannot be used"),
        (
            with_quality("- {metric: nullValues, mustBeBetween: [1, 2, 3]}"),
            "10 schema[0].properties[0].quality[0].mustBeBetween: 'mustBeBetween' cannot be used",
        ),
        (
            with_quality("- {type: custom, engine: gx, implementation: [1]}"),
            "10 schema[0].properties[0].quality[0].implementation: 'implementation' cannot be used",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_one_problem(tmp_path: Path, text: str, problem: str) -> None:
    assert only_problem(tmp_path, text).startswith(problem)


def test_all_problems_of_a_file_are_reported_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = with_schema(
        """\
        - name: flights
          properties:
          - name: carrier
            requird: true
            quality:
            - {metric: nulValues, mustBe: 0}
            - {metric: nullValues}
            - {metric: nullValues, mustBe: 0, severity: hgih}
          - name: 9
          - {name: delay, logicalType: intger}
        """,
        "staus: active\nversion: 2\n",
    )
    found = [(problem.split(":")[0]) for problem in problems_of(tmp_path, text)]
    assert found == [
        "5 staus",
        "6 version",
        "11 schema[0].properties[0].requird",
        "13 schema[0].properties[0].quality[0].metric",
        "14 schema[0].properties[0].quality[1]",
        "15 schema[0].properties[0].quality[2].severity",
        "16 schema[0].properties[1].name",
        "17 schema[0].properties[2].logicalType",
    ]


def test_a_broken_contract_still_names_its_datasets(tmp_path: Path) -> None:
    found = reading(tmp_path, with_schema("- name: flights\n  zzz: 1\n- name: airports\n- name: 7\n- nmae: x"))
    assert found.datasets == ()
    assert found.names == ("flights", "airports")


def test_an_unreadable_contract_is_named_by_its_file(tmp_path: Path) -> None:
    assert reading(tmp_path, "kind: [").names == ("flights",)
