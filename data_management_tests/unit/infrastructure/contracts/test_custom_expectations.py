"""Rules of the user's own expectations, which the reader knows by name alone."""

import json
from pathlib import Path

import pytest
import yaml

from data_management.application.ports import ContractReading, ContractTerms
from data_management.domain.custom_expectations import custom_expectations
from data_management.domain.models import Dimension, Rule, Severity
from data_management.infrastructure.contracts import OdcsContractReader
from data_management.infrastructure.contracts.translating import OdcsContractTranslator
from data_management.infrastructure.quality.suites import rules_of_file
from data_management_tests.unit.infrastructure.contracts.examples import expectations_of, with_quality, written

CUSTOM = custom_expectations("shop:ExpectColumnValuesToBePrime shop:ExpectOrderlyTable")
PRIME = "expect_column_values_to_be_prime"


def reading(folder: Path, implementation: str, more: str = "", *, on_object: bool = False) -> ContractReading:
    entry = f"- {{type: custom, engine: greatExpectations, implementation: {implementation}{more}}}"
    return OdcsContractReader(CUSTOM).read(written(folder, with_quality(entry, on_object=on_object)))


def only_rule(folder: Path, implementation: str, more: str = "", *, on_object: bool = False) -> Rule:
    found = reading(folder, implementation, more, on_object=on_object)
    assert found.problems == ()
    (rule,) = [rule for rule in found.datasets[0].rules if rule.name != "delay.type"]
    return rule


@pytest.mark.parametrize("name", [PRIME, "ExpectColumnValuesToBePrime"])
def test_a_rule_of_a_property_is_about_its_column(tmp_path: Path, name: str) -> None:
    rule = only_rule(tmp_path, f"{{type: {name}, kwargs: {{mostly: 0.9, most: 7}}}}")
    assert expectations_of(rule) == [(PRIME, {"column": "carrier", "mostly": 0.9, "most": 7})]
    assert (rule.name, rule.column, rule.dimension) == ("carrier.be_prime", "carrier", Dimension.CONFORMITY)


def test_the_rule_says_its_dimension_severity_and_weight(tmp_path: Path) -> None:
    more = ", dimension: accuracy, severity: info, customProperties: [{property: weight, value: 3}]"
    rule = only_rule(tmp_path, f"{{type: {PRIME}}}", more)
    assert (rule.dimension, rule.severity, rule.weight) == (Dimension.ACCURACY, Severity.INFO, 3)


@pytest.mark.parametrize(
    "kwargs",
    ["{any_set: 1, my_list: text, regex: '('}", "{nested: {a: [1, {b: 2}]}}", "{most: null}", "{}"],
)
def test_its_own_arguments_pass_as_they_are(tmp_path: Path, kwargs: str) -> None:
    rule = only_rule(tmp_path, f"{{type: expect_orderly_table, kwargs: {kwargs}}}", on_object=True)
    (_, given), *_ = expectations_of(rule)
    assert given == yaml.safe_load(kwargs)
    assert rule.name == "orderly_table"


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ("{column_A: carrier, columnB: delay}", {"column_A": "carrier", "column_B": "delay"}),
        ("{column_list: [carrier, delay]}", {"column_list": ["carrier", "delay"]}),
    ],
)
def test_several_columns_are_named_as_elsewhere(tmp_path: Path, kwargs: str, expected: dict[str, object]) -> None:
    for on_object in (True, False):
        rule = only_rule(tmp_path, f"{{type: expect_orderly_table, kwargs: {kwargs}}}", on_object=on_object)
        assert expectations_of(rule) == [("expect_orderly_table", expected)]


@pytest.mark.parametrize(
    ("implementation", "problem", "fix"),
    [
        (f"{{type: {PRIME}, kwargs: {{column: carier}}}}", "the column 'carier' is not declared", "'carrier'?"),
        ("{type: expect_x, kwargs: {}}", "'expect_x' is not known", "Name its class in DATA_MANAGEMENT_EXPECTATIONS"),
        ("{type: ExpectColumnValuesToBePrim}", "is not known", f"did you mean '{PRIME}'?"),
        (f"{{type: {PRIME}, kwargs: {{mostly: 2}}}}", "mostly 2", "write a number from 0 to 1"),
        (f"{{type: {PRIME}, kwargs: {{column: 7}}}}", "is no column's name", "write it as text"),
        (f"{{type: {PRIME}, kwargs: {{most: {{$PARAMETER: a}}}}}}", "is a suite parameter", "write the value"),
        (f"{{type: {PRIME}, column: a, kwargs: {{column: delay}}}}", "is given 'column' twice", "remove one"),
    ],
)
def test_what_is_common_to_all_is_checked(tmp_path: Path, implementation: str, problem: str, fix: str) -> None:
    (found,) = reading(tmp_path, implementation).problems
    assert problem in found.problem
    assert fix in found.fix


def test_without_the_setting_the_type_is_not_known_and_the_message_says_what_to_do(tmp_path: Path) -> None:
    entry = f"- {{type: custom, engine: gx, implementation: {{type: {PRIME}}}}}"
    (found,) = OdcsContractReader().read(written(tmp_path, with_quality(entry))).problems
    assert "Or is it your own? Name its class in DATA_MANAGEMENT_EXPECTATIONS" in found.fix


class TestSuites:
    @pytest.fixture
    def suite(self, tmp_path: Path) -> Path:
        expectations = [
            {"type": PRIME, "kwargs": {"column": "n", "most": 7}, "severity": "warning"},
            {"type": "expect_orderly_table", "kwargs": {}},
        ]
        file = tmp_path / "suite.json"
        file.write_text(json.dumps({"name": "mine", "expectations": expectations}))
        return file

    def test_one_is_imported_with_the_setting(self, suite: Path) -> None:
        made = OdcsContractTranslator(CUSTOM).imported(suite, ContractTerms(name="orders", path="../landing/*.csv"))
        assert made.losses == ()
        (dataset,) = OdcsContractReader(CUSTOM).read(written(suite.parent, made.text)).datasets
        assert [expectations_of(rule) for rule in dataset.rules] == [
            [(PRIME, {"column": "n", "most": 7})],
            [("expect_orderly_table", {})],
        ]

    def test_without_it_the_loss_says_what_to_do(self, suite: Path) -> None:
        made = OdcsContractTranslator().imported(suite, ContractTerms(name="orders", path=None))
        assert [loss.rpartition("; ")[2] for loss in made.losses] == ["DATA_MANAGEMENT_EXPECTATIONS names your own"] * 2

    def test_one_is_read_as_rules(self, suite: Path) -> None:
        prime, orderly = rules_of_file(suite, CUSTOM)
        assert (prime.name, prime.column, prime.severity) == ("n.be_prime", "n", Severity.WARNING)
        assert (orderly.name, orderly.column) == ("orderly_table", None)
