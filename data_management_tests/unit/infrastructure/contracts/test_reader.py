import subprocess
import sys
from pathlib import Path

import pytest

from data_management.application.ports import ContractReader
from data_management.domain.models import Dimension, OnFail, QualityGate, Revalidate, Revalidation, ScorePolicy
from data_management.errors import NotFound
from data_management.infrastructure.contracts import OdcsContractReader
from data_management_tests.unit.infrastructure.contracts.examples import (
    HEAD,
    dataset_of,
    only_problem,
    problems_of,
    reading,
    with_schema,
    written,
)

FLIGHTS = f"{HEAD}schema: [{{name: flights}}]\n"
READER: ContractReader = OdcsContractReader()

POLICY = """\
customProperties:
- {property: onFail, value: block}
- {property: maxQuarantined, value: 3}
- {property: minScore, value: 90}
- {property: minDimensionScores, value: {completeness: 99.5}}
- {property: dimensionWeights, value: {uq: 2, accuracy: 0}}
"""
READ_POLICY = ScorePolicy(
    dimension_weights=((Dimension.UNIQUENESS, 2.0), (Dimension.ACCURACY, 0.0)),
    gate=QualityGate(min_score=90.0, min_dimensions=((Dimension.COMPLETENESS, 99.5),)),
    on_fail=OnFail.BLOCK,
    max_quarantined=3,
)


def test_a_dataset_says_where_it_comes_from(tmp_path: Path) -> None:
    text = with_schema(
        """\
        - name: flights
          description: Departures from New York
          tags: [aviation, nyc]
        """,
        """\
        domain: transport
        tags: [public, nyc]
        description: {purpose: Delays}
        team:
          name: aviation
          members: [{username: ann@example.com}, {name: Bob}, {username: left, dateOut: 2020-01-01}]
        """,
    )
    dataset = dataset_of(tmp_path, text)
    assert (dataset.name, dataset.contract_id, dataset.contract_version) == ("flights", "flights-1", "1.0.0")
    assert dataset.description == "Departures from New York"
    assert dataset.owners == ("ann@example.com", "Bob")
    assert dataset.tags == ("public", "nyc", "aviation")
    assert dataset.domain == "transport"
    assert dataset.source == str(tmp_path / "flights.yaml")
    assert dataset.landing is None


def test_a_dataset_without_its_own_description_has_the_contracts_purpose(tmp_path: Path) -> None:
    text = with_schema("- name: flights", "description: {purpose: Delays}\nteam: {name: aviation}\n")
    dataset = dataset_of(tmp_path, text)
    assert (dataset.description, dataset.owners) == ("Delays", ("aviation",))


def test_a_contract_without_a_policy_has_the_default_one(tmp_path: Path) -> None:
    assert dataset_of(tmp_path, FLIGHTS).policy == ScorePolicy()


def test_a_policy_may_stand_at_the_contract(tmp_path: Path) -> None:
    assert dataset_of(tmp_path, FLIGHTS + POLICY).policy == READ_POLICY


def test_a_policy_at_the_object_goes_before_that_of_the_contract(tmp_path: Path) -> None:
    text = with_schema(
        """\
        - name: flights
          customProperties: [{property: on_fail, value: Quarantine}, {property: max_quarantined, value: 0}]
        """,
        POLICY,
    )
    policy = dataset_of(tmp_path, text).policy
    assert (policy.on_fail, policy.max_quarantined, policy.gate) == (OnFail.QUARANTINE, 0, READ_POLICY.gate)


def test_a_policy_may_be_written_in_snake_case(tmp_path: Path) -> None:
    snake = POLICY
    for camel, words in (
        ("onFail", "on_fail"),
        ("maxQuarantined", "max_quarantined"),
        ("minScore", "min_score"),
        ("minDimensionScores", "min_dimension_scores"),
        ("dimensionWeights", "dimension_weights"),
    ):
        snake = snake.replace(camel, words)
    assert dataset_of(tmp_path, FLIGHTS + snake).policy == READ_POLICY


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("onFail", "explode", "'explode' is not one of its values; write one of quarantine, block"),
        ("maxQuarantined", "-1", "-1 is not a count; write a whole number, 0 or more"),
        ("maxQuarantined", "1.5", "1.5 is not a count"),
        ("minScore", "101", "101 is not a score; write a number from 0 to 100"),
        ("minScore", "high", "'high' is not a score"),
        ("minDimensionScores", "99", "it is not a mapping of dimensions to numbers"),
        (
            "minDimensionScores",
            "{completness: 9}",
            "the dimension 'completness' is not known; did you mean 'completeness'?",
        ),
        ("minDimensionScores", "{accuracy: 900}", "900 is not a score"),
        ("dimensionWeights", "{accuracy: -1}", "-1 is not a number from 0 on"),
        ("dimensionWeights", "{accuracy: 1, ac: 2}", "the dimension 'accuracy' is given twice"),
        ("onfail", "block", "the custom property 'onfail' is not known; did you mean 'onFail'?"),
        ("minimumScore", "1", None),
        ("revalidate", "some", "'some' is not one of its values; write one of new, current, all"),
        ("revalidateFiles", "0", "0 is not a count from 1 on; write a whole number, 1 or more"),
        ("revalidateSeconds", "0", "0 is not a number above 0; write a number of seconds, more than 0"),
        ("maxQuarantine", "1", "the custom property 'maxQuarantine' is not known; did you mean 'maxQuarantined'?"),
        ("dataprocClusterName", "[a]", None),
    ],
)
def test_a_policy_that_cannot_be_meant_is_one_problem(
    tmp_path: Path, name: str, value: str, problem: str | None
) -> None:
    text = f"{HEAD}schema: [{{name: flights}}, {{name: airports}}]\n"
    text += f"customProperties: [{{property: {name}, value: {value}}}]"
    if problem is None:
        assert len(reading(tmp_path, text).datasets) == 2
    else:
        assert problem in only_problem(tmp_path, text)


def test_a_contract_says_which_files_a_change_of_it_judges_again(tmp_path: Path) -> None:
    assert dataset_of(tmp_path, FLIGHTS).revalidation == Revalidation(Revalidate.CURRENT, None, None)
    text = with_schema(
        """\
        - name: flights
          customProperties: [{property: revalidate, value: New}, {property: revalidate_files, value: 100}]
        """,
        """\
        customProperties: [{property: revalidate, value: all}, {property: revalidateSeconds, value: 1.5}]
        """,
    )
    assert dataset_of(tmp_path, text).revalidation == Revalidation(Revalidate.NEW, 100, 1.5)


def test_a_schema_object_keeps_its_stable_id(tmp_path: Path) -> None:
    assert dataset_of(tmp_path, with_schema("- {id: flights-object, name: flights}")).object_id == "flights-object"
    assert dataset_of(tmp_path, FLIGHTS).object_id is None
    twice = with_schema("- {id: one, name: flights}\n- {id: one, name: airports}")
    assert "the id 'one' is given twice, first at schema[0]" in only_problem(tmp_path, twice)


def test_an_id_that_two_contracts_side_by_side_declare_names_neither(tmp_path: Path) -> None:
    written(tmp_path, with_schema("- {id: one, name: flights}\n- {id: two, name: airports}"), "a.yaml")
    written(tmp_path, with_schema("- {id: one, name: flights_next}"), "b.yaml")
    datasets = [dataset for reading in READER.read_folder(tmp_path) for dataset in reading.datasets]
    assert {dataset.name: dataset.object_id for dataset in datasets} == {
        "flights": None,
        "airports": "two",
        "flights_next": None,
    }


def test_two_objects_of_one_name_are_a_problem_and_still_read_for_theirs(tmp_path: Path) -> None:
    text = with_schema("- name: flights\n- name: flights\n  quality: [{metric: x, mustBe: 0}]\n- description: nameless")
    problems = problems_of(tmp_path, text)
    assert problems[0].startswith("7 schema[1].name: the dataset 'flights' is declared twice, first at schema[0]")
    assert problems[1].startswith("8 schema[1].quality[0].metric: the metric 'x' is not known")
    assert problems[2].startswith("9 schema[2].name: the schema object has no name")


def test_a_contract_may_declare_several_datasets(tmp_path: Path) -> None:
    found = reading(tmp_path, with_schema("- name: flights\n- name: airports"))
    assert found.names == ("flights", "airports")
    assert [dataset.name for dataset in found.datasets] == ["flights", "airports"]


def test_a_folder_is_read_in_the_order_of_its_names_and_a_broken_contract_harms_no_other(tmp_path: Path) -> None:
    written(tmp_path, f"{HEAD}schema: [{{name: planes}}]", "c.yml")
    written(tmp_path, "kind: [", "b.odcs.yaml")
    written(tmp_path, FLIGHTS, "a.yaml")
    written(tmp_path, "not a contract", "readme.txt")
    written(tmp_path, "kind: [", ".hidden.yaml")
    written(tmp_path, "kind: [", "below/d.yaml")
    (tmp_path / "folder.yaml").mkdir()
    found = READER.read_folder(tmp_path)
    assert [(Path(one.file).name, one.names, len(one.datasets), len(one.problems)) for one in found] == [
        ("a.yaml", ("flights",), 1, 0),
        ("b.odcs.yaml", ("b",), 0, 1),
        ("c.yml", ("planes",), 1, 0),
    ]


def test_the_later_contract_of_a_dataset_is_broken_and_says_so(tmp_path: Path) -> None:
    written(tmp_path, FLIGHTS, "a.yaml")
    written(tmp_path, FLIGHTS, "b.yaml")
    first, second = READER.read_folder(tmp_path)
    assert [dataset.name for dataset in first.datasets] == ["flights"]
    assert second.datasets == ()
    assert str(second.problems[0]) == (
        f"{tmp_path / 'b.yaml'} at schema: the dataset 'flights' is declared by {tmp_path / 'a.yaml'} already; "
        "rename one of them, or remove one of the files"
    )


@pytest.mark.parametrize("kind", ["kind: DataProduct", "kind: [DataContract]", ""])
def test_a_file_that_is_no_data_contract_has_no_dataset_to_keep_from_others(tmp_path: Path, kind: str) -> None:
    for name in ("a.yaml", "flights.yaml"):
        written(tmp_path, FLIGHTS.replace("kind: DataContract", kind), name)
    written(tmp_path, FLIGHTS, "real.yaml")
    *others, flights = READER.read_folder(tmp_path)
    assert [[problem.place for problem in other.problems] for other in others] == [["kind"], ["kind"]]
    assert [(other.datasets, other.names) for other in others] == [((), ("a",)), ((), ("flights.yaml",))]
    assert [dataset.name for dataset in flights.datasets] == ["flights"]
    (tmp_path / "real.yaml").unlink()
    alone, _ = READER.read_folder(tmp_path)
    assert alone.names == ("flights",)  # so that somebody who looks for it finds why it is not there


def test_a_broken_contract_keeps_its_dataset_so_that_a_copy_does_not_take_over(tmp_path: Path) -> None:
    written(tmp_path, FLIGHTS.replace("v3.1.0", "v9.0.0"), "flights.yaml")
    written(tmp_path, FLIGHTS, "flights_copy.yaml")
    assert [len(one.datasets) for one in READER.read_folder(tmp_path)] == [0, 0]


def test_a_file_that_declares_nothing_takes_no_name(tmp_path: Path) -> None:
    written(tmp_path, "kind: [", "flights.yaml")
    written(tmp_path, FLIGHTS, "good.yaml")
    assert [len(one.datasets) for one in READER.read_folder(tmp_path)] == [0, 1]


def test_an_empty_folder_has_no_contracts(tmp_path: Path) -> None:
    assert READER.read_folder(tmp_path) == ()


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not exist; create it"):
        READER.read_folder(tmp_path / "nowhere")


def test_reading_contracts_imports_nothing_heavy(tmp_path: Path) -> None:
    path = written(tmp_path, FLIGHTS)
    heavy = ["great_expectations", "pandas", "numpy", "sqlalchemy", "duckdb", "pyarrow", "dagster", "boto3"]
    program = (
        "import sys; from pathlib import Path\n"
        "from data_management.infrastructure.contracts import OdcsContractReader\n"
        f"assert OdcsContractReader().read(Path({str(path)!r})).datasets\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
