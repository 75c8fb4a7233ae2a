"""What a contract promises of time, and where its columns come from."""

from pathlib import Path

import pytest

from data_management.domain.models import ServiceLevels
from data_management_tests.unit.infrastructure.contracts.examples import (
    dataset_of,
    only_problem,
    reading,
    with_property,
    with_schema,
)

DAY = 86400.0
ONE = "- name: flights"


def levels_of(folder: Path, properties: str, schema: str = ONE) -> ServiceLevels:
    return dataset_of(folder, with_schema(schema, f"slaProperties:\n{properties}\n")).service_levels


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [(1, "d", DAY), (2, "hours", 7200.0), (90, "min", 5400.0), (0.5, "D", DAY / 2), (1, "month", 31 * DAY), (1, "y", 366 * DAY)],
)  # fmt: skip
def test_frequency_is_a_length_of_time(tmp_path: Path, value: float, unit: str, seconds: float) -> None:
    levels = levels_of(tmp_path, f"- {{property: frequency, value: {value}, unit: {unit}}}")
    assert levels == ServiceLevels(frequency_seconds=seconds)
    assert (levels.oldest_seconds, levels.expected_seconds) == (seconds, None)


def test_latency_is_what_may_be_added(tmp_path: Path) -> None:
    levels = levels_of(tmp_path, "- {property: fy, value: 1, unit: d}\n- {property: ly, value: 2, unit: h}")
    assert (levels.oldest_seconds, levels.expected_seconds) == (DAY + 7200, DAY)


def test_a_time_of_availability_is_a_deadline_every_day(tmp_path: Path) -> None:
    for time, cron in [
        ("09:00-08:00", "0 17 * * *"),
        ("00:30+02:00", "30 22 * * *"),
        ("23:15Z", "15 23 * * *"),
        ("7:05", "5 7 * * *"),
    ]:
        found = levels_of(tmp_path, f'- {{property: timeOfAvailability, value: "{time}"}}')
        assert found.deadline_cron == cron, time


def test_a_cron_schedule_is_a_deadline_and_other_schedulers_are_left_alone(tmp_path: Path) -> None:
    one = "- {property: frequency, value: 1, unit: d, scheduler: %s, schedule: 0 9 * * 1-5}"
    assert levels_of(tmp_path, one % "cron").deadline_cron == "0 9 * * 1-5"
    assert levels_of(tmp_path, one % "airflow").deadline_cron is None


def test_an_element_says_whose_it_is(tmp_path: Path) -> None:
    text = with_schema(
        "- name: flights\n- name: planes\n",
        "slaProperties:\n- {property: frequency, value: 1, unit: h, element: 'flights.at, x'}\n"
        "- {property: frequency, value: 1, unit: d}\n",
    )
    flights, planes = reading(tmp_path, text).datasets
    assert flights.service_levels.frequency_seconds == 3600
    assert planes.service_levels.frequency_seconds == DAY


def test_other_properties_say_nothing_of_time(tmp_path: Path) -> None:
    told = '- {property: retention, value: 3, unit: y}\n- {property: generalAvailability, value: "2022-05-12"}'
    assert levels_of(tmp_path, told) == ServiceLevels()


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("value: daily, unit: d", "no length of time"),
        ("value: -1, unit: d", "no length of time"),
        ("value: 1, unit: dayz", "use one of s, min, h"),
        ("value: 1, unit: d, scheduler: cron, schedule: every day", "no cron expression"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(tmp_path: Path, stated: str, told: str) -> None:
    problem = only_problem(tmp_path, with_schema(ONE, f"slaProperties:\n- {{property: frequency, {stated}}}\n"))
    assert told in problem
    assert problem.startswith("6 slaProperties[0]")


def test_a_time_that_is_none_is_told(tmp_path: Path) -> None:
    text = with_schema(ONE, "slaProperties:\n- {property: timeOfAvailability, value: noon}\n")
    assert "no time of day" in only_problem(tmp_path, text)


def test_a_column_says_what_it_is_made_of(tmp_path: Path) -> None:
    dataset = dataset_of(
        tmp_path, with_property("transformSourceObjects: [raw.carriers.code, ' planes.carrier ', raw.carriers.code]")
    )
    assert dataset.columns[0].sources == ("raw.carriers.code", "planes.carrier")


def test_a_table_has_its_own_name_and_storage(tmp_path: Path) -> None:
    text = with_schema(
        "- {name: flights, physicalName: ops.flights_v2}\n",
        "servers:\n- {server: a, type: postgres, host: h, port: 5432, database: d, schema: ops}\n",
    )
    dataset = dataset_of(tmp_path, text)
    assert (dataset.physical_name, dataset.storage) == ("ops.flights_v2", "postgres")
