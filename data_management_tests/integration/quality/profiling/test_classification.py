"""Detectors, names and the contract together, over labelled columns: how often they are right."""

import random
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from data_management.domain.models import Category, Classification, ColumnSpec
from data_management.domain.services import DataClassificationService, private_columns
from data_management.infrastructure.quality.profiling import (
    ProfiledColumn,
    detections_of,
    sample_of,
)
from data_management.infrastructure.quality.profiling.detectors import numbers, phones
from data_management_tests.integration.quality.profiling.labelled import (
    LABELLED,
    NEGATIVE,
    POSITIVE,
    Labelled,
    day,
    digits,
    values_of,
)
from data_management_tests.integration.quality.profiling.labelled_abroad import ABROAD, LOOK_ALIKES


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(config={"threads": 1})
    yield connection
    connection.close()


def classified(connection: duckdb.DuckDBPyConnection, labelled: Labelled, rows: int = 400) -> Classification | None:
    values = values_of(labelled, rows)
    return of_values(connection, labelled.name, labelled.type, values)


def of_values(connection: duckdb.DuckDBPyConnection, name: str, kind: str, values: list[Any]) -> Classification | None:
    quoted = '"' + name.replace('"', '""') + '"'
    connection.execute(f"CREATE OR REPLACE TEMP TABLE asset AS SELECT unnest($1)::{kind} AS {quoted}", [values])
    columns = [ProfiledColumn(name, kind)]
    sample = sample_of(connection, "asset", columns, len(values))
    found = DataClassificationService().classify([name], detections_of(sample, columns))
    return found[0] if found else None


@pytest.mark.parametrize("labelled", POSITIVE, ids=lambda labelled: labelled.name)
def test_personal_data_is_found(connection: duckdb.DuckDBPyConnection, labelled: Labelled) -> None:
    found = classified(connection, labelled)
    assert found is not None
    assert found.category is labelled.category, found


@pytest.mark.parametrize("labelled", NEGATIVE, ids=lambda labelled: labelled.name)
def test_look_alikes_are_left_alone(connection: duckdb.DuckDBPyConnection, labelled: Labelled) -> None:
    assert classified(connection, labelled) is None


def test_personal_data_is_found_abroad(connection: duckdb.DuckDBPyConnection) -> None:
    found = {each.name: classified(connection, each, 120) for each in ABROAD}
    assert {each.name: each.category for each in ABROAD} == {
        name: one.category if one else None for name, one in found.items()
    }


def test_look_alikes_abroad_are_left_alone(connection: duckdb.DuckDBPyConnection) -> None:
    assert [each.name for each in LOOK_ALIKES if classified(connection, each, 120)] == []


def test_no_number_makes_a_detector_fail() -> None:
    r = random.Random(3)
    born = [f"{r.randrange(11, 66)}{digits(r, 4)}{day(r):%Y%m%d}{digits(r, 4)}" for _ in range(400)]
    numbers_of_all_lengths = [
        *born,
        *("".join(r.choices("0123456789", k=size)) for size in range(5, 20) for _ in range(40)),
    ]
    for value in (*numbers_of_all_lengths, *(f"{value[:-1]}X" for value in numbers_of_all_lengths)):
        assert not [name for name in numbers.NATIONAL_IDS if numbers.national_id(name)(value) not in (True, False)]


@pytest.mark.parametrize("rows", [3, 10, 40])
def test_small_files_raise_no_false_alarm(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    assert [each.name for each in NEGATIVE if classified(connection, each, rows)] == []


def test_small_files_are_found_where_the_form_is_rare(connection: duckdb.DuckDBPyConnection) -> None:
    found = {each.name for each in LABELLED if classified(connection, each, 5)}
    assert {"email", "contact", "iban", "jwt", "card_number", "first_name", "dob", "ip"} <= found


def test_a_telling_name_makes_it_surer(connection: duckdb.DuckDBPyConnection) -> None:
    values = values_of(next(each for each in POSITIVE if each.name == "email"), 10)
    named, nameless = (of_values(connection, name, "VARCHAR", values) for name in ("email", "c9"))
    assert named
    assert nameless
    assert named.confidence > nameless.confidence
    assert nameless.reason == "10 of 10 values have the form of email"


def test_nothing_of_a_value_is_in_what_is_told(connection: duckdb.DuckDBPyConnection) -> None:
    values = values_of(next(each for each in POSITIVE if each.name == "ssn"))
    found = of_values(connection, "ssn", "VARCHAR", values)
    assert not any(value in repr(found) for value in values)


def test_without_the_extra_forms_and_check_digits_remain(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "has_stdnum", lambda: False)
    monkeypatch.setattr(phones, "has_phonenumbers", lambda: False)
    kept = {Category.EMAIL, Category.IBAN, Category.CREDIT_CARD, Category.PHONE, Category.SECRET}
    missed = [each.name for each in POSITIVE if each.category in kept and classified(connection, each) is None]
    assert missed == []
    assert [each.name for each in NEGATIVE if classified(connection, each)] == []


def test_the_tests_have_the_extra() -> None:
    assert numbers.has_stdnum()
    assert phones.has_phonenumbers()


def test_the_columns_of_the_contract_are_private_as_it_says() -> None:
    specs = [ColumnSpec("a", classification="PII"), ColumnSpec("b", classification=" internal "), ColumnSpec("c")]
    assert private_columns(specs, ()) == {"a"}
