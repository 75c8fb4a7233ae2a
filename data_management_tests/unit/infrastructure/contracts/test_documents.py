from pathlib import Path

import pytest

from data_management.infrastructure.contracts import OdcsContractReader
from data_management.infrastructure.contracts.documents import MOST_BYTES, parse
from data_management_tests.unit.infrastructure.contracts.examples import (
    HEAD,
    only_problem,
    problems_of,
    reading,
    with_schema,
    written,
)


def problem_of(path: Path) -> str:
    found = OdcsContractReader().read(path)
    assert found.datasets == ()
    assert found.names == ("flights",)
    (problem,) = found.problems
    return str(problem)


def test_invalid_yaml_is_a_problem_with_its_line(tmp_path: Path) -> None:
    problem = problem_of(written(tmp_path, "kind: DataContract\nschema: [a, b\nversion: 1"))
    assert "flights.yaml:3: it is not valid YAML" in problem


def test_a_control_character_is_a_problem_with_its_line(tmp_path: Path) -> None:
    assert "flights.yaml:2: it is not valid YAML" in problem_of(written(tmp_path, "kind: DataContract\nid: \x07"))


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\ufeff"])
def test_an_empty_file_is_a_problem(tmp_path: Path, text: str) -> None:
    assert "it is empty" in problem_of(written(tmp_path, text))


@pytest.mark.parametrize("text", ["- a\n", "just words\n", "5\n", "null\n"])
def test_a_document_that_is_no_mapping_is_a_problem(tmp_path: Path, text: str) -> None:
    assert "it is not a mapping of keys to values" in problem_of(written(tmp_path, text))


def test_a_second_document_in_the_file_is_a_problem(tmp_path: Path) -> None:
    assert "flights.yaml:2: it holds more than one YAML document" in problem_of(written(tmp_path, "a: 1\n---\nb: 2\n"))


def test_a_file_that_is_not_utf_8_is_a_problem_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "flights.yaml"
    path.write_bytes("kind: DataContract\nname: Flüge\n".encode("latin-1"))
    assert "flights.yaml:2: it is not UTF-8 (byte 28); save it as UTF-8" in problem_of(path)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    assert reading(tmp_path, "\ufeff" + with_schema("- name: flights")).problems == ()


def test_a_file_over_two_megabytes_is_refused(tmp_path: Path) -> None:
    assert "it is larger than 2 MB" in problem_of(written(tmp_path, "#" * (MOST_BYTES + 1)))


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert "it cannot be read: " in problem_of(tmp_path / "flights.yaml")


def test_a_folder_in_place_of_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "flights.yaml").mkdir()
    assert "it is not a regular file" in problem_of(tmp_path / "flights.yaml")


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    assert "it has more than 200,000 values" in problem_of(written(tmp_path, "\n".join(lines)))


def test_an_alias_of_what_it_stands_in_is_refused(tmp_path: Path) -> None:
    assert "alias *a repeats what it stands in" in problem_of(written(tmp_path, "a: &a [*a]"))


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    assert "it is nested deeper than 64 levels" in problem_of(written(tmp_path, text))


def test_nesting_that_is_deep_through_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]", *(f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, 100))]
    assert "it is nested deeper than 64 levels" in problem_of(written(tmp_path, "\n".join(lines)))


def test_a_key_that_is_not_text_is_refused(tmp_path: Path) -> None:
    assert "a key is not plain text" in problem_of(written(tmp_path, "? [a, b]\n: c"))


def test_tags_make_no_objects_and_are_reported(tmp_path: Path) -> None:
    text = with_schema("- name: flights\n  description: !!python/object/apply:os.system ['touch /tmp/owned']")
    problems = problems_of(tmp_path, text)
    assert any("the YAML tag 'python/object/apply:os.system' is not known here" in problem for problem in problems)


def test_a_key_given_twice_is_a_problem_that_names_both_lines(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, with_schema("- name: flights") + "\nid: again\n")
    assert problem == "7 id: 'id' is given twice, first in line 3; remove one of them"


def test_text_that_could_not_be_stored_is_a_problem(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, with_schema('- name: "fli\\0ghts"'))
    assert problem.startswith("6 schema[0].name: it holds a character that is no text")


def test_merge_keys_are_understood(tmp_path: Path) -> None:
    text = with_schema(
        "- name: flights\n  properties:\n  - &text {name: carrier, logicalType: string}\n  - {<<: *text, name: origin}"
    )
    (dataset,) = reading(tmp_path, text).datasets
    assert [(column.name, column.logical_type) for column in dataset.columns] == [
        ("carrier", "string"),
        ("origin", "string"),
    ]


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("true", True),
        ("12:30:00", "12:30:00"),
        ("2024-01-31", "2024-01-31"),
        ("00123", "00123"),
        ("123", 123),
        ("-0", 0),
        ("0x1F", 31),
        ("0o17", 15),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        ("e5", "e5"),
        (".", "."),
        ("1_000", "1_000"),
        ("1" * 5000, "1" * 5000),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
    ],
)
def test_plain_scalars_are_those_of_yaml_1_2(written_as: str, meant: object) -> None:
    value = parse(f"value: {written_as}").root.value["value"]
    assert value == meant
    assert type(value) is type(meant)


def test_a_repeated_contract_is_read_again_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "schema: [{name: flights}]")
    first, second = (OdcsContractReader().read(path) for _ in range(2))
    assert first == second
    assert first.datasets[0].plan_hash == second.datasets[0].plan_hash


def test_a_file_with_very_many_problems_reports_the_first_five_hundred(tmp_path: Path) -> None:
    text = with_schema("- name: flights", "".join(f"key_{number}: 1\n" for number in range(5000)))
    problems = problems_of(tmp_path, text)
    assert len(problems) == 501
    assert problems[-1] == "None : it has more than 500 problems; correct these to see the others"
