"""Contracts from and to Great Expectations, dbt, JSON Schema and Markdown."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_management.application.ports import ContractTerms
from data_management.application.translating import ForeignFormat, Translated
from data_management.domain.models import Dataset, Rule
from data_management.errors import InvalidInput
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.infrastructure.contracts.translating import OdcsContractTranslator
from data_management.infrastructure.quality.suites import rules_of_file

CONTRACTS = Path(__file__).parents[4] / "contracts"
TRANSLATOR = OdcsContractTranslator()


def imported(tmp_path: Path, content: Any, name: str = "given.json", **how: Any) -> tuple[list[Dataset], Translated]:
    given = tmp_path / name
    given.write_text(content if isinstance(content, str) else json.dumps(content))
    made = TRANSLATOR.imported(given, ContractTerms(name="orders", path="../landing/{dataset}/*.csv"), **how)
    written = tmp_path / "made.odcs.yaml"
    written.write_text(made.text)
    reading = OdcsContractReader().read(written)
    assert reading.problems == ()
    return list(reading.datasets), made


def rules(dataset: Dataset) -> dict[str, Rule]:
    return {rule.name: rule for rule in dataset.rules}


def demands(some: tuple[Rule, ...]) -> list[tuple[Any, ...]]:
    return sorted(
        (each.type, json.dumps(each.kwargs, sort_keys=True), r.severity) for r in some for each in r.expectations
    )


SUITE = {
    "name": "nightly",
    "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "id"}, "severity": "critical", "meta": {}},
        {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}, "meta": {}},
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": "amount", "min_value": 0, "mostly": 0.99},
            "severity": "warning",
        },
        {"expectation_type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 1}},
        {"type": "expect_compound_columns_to_be_unique", "kwargs": {"column_list": ["id", "no"]}},
        {
            "type": "expect_column_values_to_be_in_set",
            "kwargs": {"column": "code", "value_set": ["no", "1e5", "0x1", "~"]},
        },
    ],
}


class TestSuites:
    def test_a_suite_demands_the_same_as_the_contract_made_of_it(self, tmp_path: Path) -> None:
        (dataset,), made = imported(tmp_path, SUITE)
        assert demands(dataset.rules) == demands(rules_of_file(tmp_path / "given.json"))
        assert made.losses == ()
        assert [column.name for column in dataset.columns] == ["id", "amount", "no", "code"]
        assert dataset.columns[0].required

    def test_what_has_no_counterpart_stands_there_for_people(self, tmp_path: Path) -> None:
        odd = {
            "expectations": [
                {"type": "expect_the_moon", "kwargs": {"column": "a"}},
                {
                    "type": "expect_column_values_to_be_between",
                    "kwargs": {"column": "a", "min_value": {"$PARAMETER": "x"}},
                },
                {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "a", "regex": "("}},
            ]
        }
        (dataset,), made = imported(tmp_path, odd)
        assert [rule.not_runnable for rule in dataset.rules] == ["a text rule is for people"] * 3
        assert len(made.losses) == 3
        assert all("# Lost:" in line for line in made.text.splitlines()[1:4] if "Lost" in line)

    def test_what_a_contract_exports_it_imports_again_but_for_what_it_said(self, tmp_path: Path) -> None:
        (weather,) = OdcsContractReader().read(CONTRACTS / "weather.odcs.yaml").datasets
        suite = TRANSLATOR.exported([weather], ForeignFormat.GX)
        (dataset,), again = imported(tmp_path, suite.text)
        assert again.losses == ()
        kept = {
            json.dumps([e.type, e.kwargs, r.severity], sort_keys=True) for r in dataset.rules for e in r.expectations
        }
        for rule in weather.rules:
            said = any(repr(rule.name) in loss for loss in suite.losses) or rule.name.endswith(".type")
            for each in rule.expectations:
                if rule.threshold is None and not said:
                    assert json.dumps([each.type, each.kwargs, rule.severity], sort_keys=True) in kept


DBT = """
version: 2
models:
  - name: customers
    description: One row per customer
    config: {tags: [core], meta: {owner: crm@example.com}}
    columns:
      - name: customer_id
        data_type: bigint
        data_tests: [unique, not_null]
      - name: state
        data_type: varchar(2)
        data_tests:
          - accepted_values: {arguments: {values: [NY, "no"]}, config: {severity: warn}}
          - not_null: {config: {error_if: ">10", warn_if: ">0"}}
      - name: level
        data_type: number(38, 0)
        data_tests:
          - accepted_values: {values: ['1', '2']}
          - dbt_utils.accepted_range: {min_value: 0, inclusive: false}
          - dbt_utils.not_null_proportion: {at_least: 0.95}
      - name: name
        tests:
          - dbt_utils.not_empty_string
          - dbt_expectations.expect_column_value_lengths_to_be_between: {min_value: 1, max_value: 80}
          - not_null: {config: {where: "state = 'NY'"}}
          - relationships: {to: ref('people'), field: name}
          - my_own_test
          - unique: {config: {enabled: false}}
    data_tests:
      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [customer_id, state]}
      - dbt_expectations.expect_table_row_count_to_be_between: {min_value: 10}
sources:
  - name: raw
    tables:
      - name: payments
        freshness: {}
        columns: [{name: id, constraints: [{type: primary_key}]}]
"""


class TestDbt:
    def test_its_tests_are_rules(self, tmp_path: Path) -> None:
        (customers, payments), made = imported(tmp_path, DBT, "schema.yml")
        assert [each.landing.uri.split("/")[-2] for each in (customers, payments) if each.landing] == [
            "customers",
            "payments",
        ]
        assert (customers.description, customers.owners, customers.tags) == (
            "One row per customer",
            ("crm@example.com",),
            ("core",),
        )
        assert [(c.name, c.logical_type, c.required) for c in customers.columns] == [
            ("customer_id", "integer", True),
            ("state", "string", False),
            ("level", "integer", False),
            ("name", None, False),
        ]
        found = {rule.name: rule for rule in customers.rules}
        assert found["customer_id.unique"].severity == "critical"
        accepted = found["state.invalidValues"]
        assert (accepted.expectations[0].kwargs["value_set"], accepted.severity) == (["NY", "no"], "warning")
        errors, warns = found["state.nullValues"], found["state.nullValues_2"]
        assert errors.threshold is not None
        assert warns.threshold is not None
        assert (errors.threshold.operator, errors.threshold.bounds, errors.severity) == (
            "mustBeLessOrEqualTo", (10,), "critical",
        )  # fmt: skip
        assert (warns.threshold.bounds, warns.severity) == ((0,), "warning")
        assert found["level.invalidValues"].expectations[0].kwargs["value_set"] == [1, 2]
        kwargs = {rule.expectation: rule.expectations[0].kwargs for rule in customers.rules if rule.expectations}
        assert kwargs["expect_column_values_to_be_between"] == {"column": "level", "min_value": 0, "strict_min": True}
        assert kwargs["expect_column_value_lengths_to_be_between"] == {
            "column": "name",
            "min_value": 1,
            "max_value": 80,
        }
        assert kwargs["expect_compound_columns_to_be_unique"] == {"column_list": ["customer_id", "state"]}
        assert kwargs["expect_table_row_count_to_be_between"] == {"min_value": 10}
        lost = [rule.description for rule in customers.rules if rule.not_runnable]
        assert [text.split()[2] for text in lost] == ["not_null", "relationships", "my_own_test"]
        assert len(made.losses) == 5, "those three, the disabled one, and the freshness"
        assert payments.columns[0].required
        assert "id.unique" in rules(payments)

    def test_an_export_is_imported_again(self, tmp_path: Path) -> None:
        before = OdcsContractReader().read(CONTRACTS / "flights.odcs.yaml").datasets
        exported = TRANSLATOR.exported(before, ForeignFormat.DBT)
        (dataset,), _ = imported(tmp_path, exported.text, "schema.yml")
        old, new = {c.name: c for c in before[0].columns}, {c.name: c for c in dataset.columns}
        assert {name: (c.logical_type, c.required) for name, c in new.items()} == {
            name: (c.logical_type, c.required) for name, c in old.items()
        }
        left_out = {loss.split("'")[1] for loss in exported.losses if "is left out" in loss}
        assert left_out == {"few_cancellations", "plausible_departure_delay", "delays_are_explained"}
        assert len(dataset.rules) == len(before[0].rules) - len(left_out)

    def test_its_own_words_are_used(self) -> None:
        before = OdcsContractReader().read(CONTRACTS / "flights.odcs.yaml").datasets
        (model,) = yaml.safe_load(TRANSLATOR.exported(before, ForeignFormat.DBT).text)["models"]
        tests = {column["name"]: column.get("data_tests", []) for column in model["columns"]}
        assert {
            "accepted_values": {"name": "origin_invalidValues", "arguments": {"values": ["EWR", "JFK", "LGA"]}}
        } in tests["origin"]


ROW = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"money": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01}},
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "note"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "title": "Its number"},
            "amount": {"$ref": "#/$defs/money"},
            "at": {"type": "string", "format": "date-time"},
            "note": {"type": ["string", "null"], "maxLength": 9, "format": "colour"},
            "state": {"enum": ["a", "b", None]},
            "address": {"type": "object", "properties": {"city": {"type": "string", "minLength": 1}}},
            "either": {"type": ["string", "integer"], "if": {}},
            "lost": {"$ref": "https://example.com/x"},
        },
    },
}


class TestJsonSchema:
    def test_properties_are_columns_with_their_options(self, tmp_path: Path) -> None:
        (dataset,), made = imported(tmp_path, ROW)
        assert [(c.name, c.logical_type, c.required) for c in dataset.columns] == [
            ("id", "string", True),
            ("amount", "number", False),
            ("at", "timestamp", False),
            ("note", "string", False),
            ("state", None, False),
            ("address", "object", False),
            ("either", None, False),
            ("lost", None, False),
        ]
        found = rules(dataset)
        assert found["amount.range"].expectations[0].kwargs == {"column": "amount", "min_value": 0, "strict_min": True}
        assert found["note.length"].expectations[0].kwargs == {"column": "note", "max_value": 9}
        assert found["state.enum"].expectations[0].kwargs["value_set"] == ["a", "b"]
        assert "id.format" in found
        assert len(made.losses) == 3, made.losses

    def test_an_export_takes_what_the_rules_take(self) -> None:
        (flights,) = OdcsContractReader().read(CONTRACTS / "flights.odcs.yaml").datasets
        exported = TRANSLATOR.exported([flights], ForeignFormat.JSON_SCHEMA)
        schema = json.loads(exported.text)
        assert schema["properties"]["origin"] == {"type": "string", "enum": ["EWR", "JFK", "LGA"]}
        assert schema["properties"]["tailnum"]["type"] == ["string", "null"]
        assert "year" in schema["required"]
        assert any("one_row_per_flight" in loss for loss in exported.losses)

    def test_references_in_circles_end(self, tmp_path: Path) -> None:
        circle = {"$schema": "x", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}
        _, made = imported(tmp_path, circle)
        assert any("circles" in loss for loss in made.losses)
        deep = {"$schema": "x", "properties": {"a": {"$ref": "#/$defs/a"}}}
        deep["$defs"] = {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}}  # type: ignore[assignment]
        imported(tmp_path, deep)


class TestMarkdown:
    def test_names_are_no_markup(self, tmp_path: Path) -> None:
        contract = tmp_path / "c.yaml"
        contract.write_text(
            "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nschema:\n"
            "  - name: '<b>|x'\n    description: \"# a\\n<script>\"\n"
            "    properties: [{name: 'a|b', logicalType: string, required: true}]\n"
        )
        datasets = OdcsContractReader().read(contract).datasets
        text = TRANSLATOR.exported(datasets, ForeignFormat.MARKDOWN).text
        assert r"a\|b" in text
        assert "<b>" not in text
        assert "<script>" not in text
        assert "\n# a" not in text


class TestWhatIsNoSuchFile:
    @pytest.mark.parametrize(
        ("content", "name"),
        [
            ("[1", "a.json"),
            ("[]", "a.json"),
            ("{}", "a.json"),
            ("a: [", "a.yml"),
            ("models: []", "a.yml"),
            ("models: [{name: ''}]", "a.yml"),
            ('{"expectations": [3]}', "a.json"),
            ('{"expectations": [{"type": 3}]}', "a.json"),
            ("[" * 100_000, "a.json"),
            ("null", "a.json"),
        ],
    )
    def test_it_is_said_in_one_error(self, tmp_path: Path, content: str, name: str) -> None:
        with pytest.raises(InvalidInput):
            imported(tmp_path, content, name)

    def test_a_file_that_is_not_there_is_named(self) -> None:
        with pytest.raises(InvalidInput, match="nowhere"):
            TRANSLATOR.imported(Path("nowhere.json"), ContractTerms(name="x"))

    def test_several_datasets_do_not_land_at_one_place(self, tmp_path: Path) -> None:
        given = tmp_path / "schema.yml"
        given.write_text(DBT)
        with pytest.raises(InvalidInput, match=r"\{dataset\}"):
            TRANSLATOR.imported(given, ContractTerms(name="x", path="in/*.csv"))

    def test_a_format_that_it_is_not_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="not of the format dbt"):
            imported(tmp_path, SUITE, format_=ForeignFormat.DBT)

    def test_a_suite_is_of_one_dataset(self) -> None:
        datasets = [each for r in OdcsContractReader().read_folder(CONTRACTS) for each in r.datasets]
        with pytest.raises(InvalidInput, match="choose one with --dataset"):
            TRANSLATOR.exported(datasets, ForeignFormat.GX)
