from pathlib import Path

import pytest

from data_management.domain.models import BadRows, DataLocation, FileFormat, Landing
from data_management_tests.unit.infrastructure.contracts.examples import (
    HEAD,
    dataset_of,
    only_problem,
    problems_of,
    reading,
    with_schema,
    written,
)

FLIGHTS = "- name: flights"


def landing_of(folder: Path, server: str) -> Landing:
    landing = dataset_of(folder, with_schema(FLIGHTS, f"servers: [{{{server}}}]\n")).landing
    assert landing is not None
    return landing


KNOWN = "csv, parquet, json, jsonl, ndjson, arrow, feather, excel, xlsx, xls, ods"


@pytest.mark.parametrize(
    ("path", "root", "pattern"),
    [
        ("../landing/flights/*.csv", "landing/flights", "*.csv"),
        ("landing/**/*.csv", "contracts/landing", "**/*.csv"),
        ("../landing/2024-??/flights.csv", "landing", "2024-??/flights.csv"),
        ("../landing/flights", "landing/flights", "*"),
        ("../landing/flights/", "landing/flights", "*"),
        ("./flights.csv", "contracts", "flights.csv"),
        ("flights.csv.gz", "contracts", "flights.csv.gz"),
        ("flights.txt", "contracts", "flights.txt"),
        ("flights.csv/", "contracts/flights.csv", "*"),
        ("*.parquet", "contracts", "*.parquet"),
        ("v1.2", "contracts/v1.2", "*"),
        (".", "contracts", "*"),
        ("flights [old]/*.csv", "contracts/flights [old]", "*.csv"),
    ],
)
def test_a_path_is_taken_from_the_contract_and_split_at_its_first_wildcard(
    tmp_path: Path, path: str, root: str, pattern: str
) -> None:
    landing = landing_of(tmp_path / "contracts", f"server: here, type: local, path: '{path}'")
    assert (landing.root.path, landing.pattern) == (tmp_path / root, pattern)


def test_an_absolute_path_stays_as_it_is(tmp_path: Path) -> None:
    landing = landing_of(tmp_path, "server: here, type: local, path: /data/flights/*.csv")
    assert (str(landing.root), landing.pattern) == ("file:///data/flights", "*.csv")


@pytest.mark.parametrize(
    ("format_", "known"),
    [
        ("csv", FileFormat.CSV),
        ("CSV", FileFormat.CSV),
        ("parquet", FileFormat.PARQUET),
        ("json", FileFormat.JSON),
        ("jsonl", FileFormat.JSONL),
        ("ndjson", FileFormat.JSONL),
        ("feather", FileFormat.ARROW),
        ("xlsx", FileFormat.EXCEL),
    ],
)
def test_formats_are_known_by_their_names(tmp_path: Path, format_: str, known: FileFormat) -> None:
    assert landing_of(tmp_path, f"type: local, path: x, format: {format_}").options.format is known


@pytest.mark.parametrize(
    ("delimiter", "known"), [("';'", ";"), ("'|'", "|"), ('"\\t"', "\t"), ("'\\t'", "\t"), ("tab", "\t")]
)
def test_a_delimiter_is_one_character(tmp_path: Path, delimiter: str, known: str) -> None:
    server = f"type: local, path: x, format: csv, delimiter: {delimiter}, encoding: CP1252"
    options = landing_of(tmp_path, server).options
    assert (options.delimiter, options.encoding) == (known, "CP1252")


def test_how_csv_is_read_stands_in_custom_properties(tmp_path: Path) -> None:
    plain = landing_of(tmp_path / "plain", "type: local, path: x").options
    assert (plain.header, plain.bad_rows, plain.max_bad_rows) == (None, BadRows.REJECT, None)
    stated = "[{property: header, value: false}, {property: badRows, value: count}, {property: max_bad_rows, value: 9}]"
    options = landing_of(tmp_path / "stated", f"type: local, path: x, customProperties: {stated}").options
    assert (options.header, options.bad_rows, options.max_bad_rows) == (False, BadRows.COUNT, 9)


def test_the_delimiter_of_json_lines_is_the_line(tmp_path: Path) -> None:
    assert landing_of(tmp_path, "type: local, path: x, format: json, delimiter: new_line").options.delimiter is None


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        ("type: local", ".path: the local server has no path; add 'path: ../landing/orders/*.csv'"),
        ("path: x", ""),
        ("type: local, path: 's3://b/x'", ".path: the path 's3://b/x' is a URI"),
        ("type: local, path: 'a/*/../b'", ".path: the path 'a/*/../b' goes back up behind a wildcard"),
        (
            "type: local, path: x, format: orc",
            f".format: the format 'orc' is not supported; use one of {KNOWN}",
        ),
        (
            "type: local, path: x, format: parqet",
            ".format: the format 'parqet' is not supported; did you mean 'parquet'?",
        ),
        ("type: local, path: x, delimiter: '||'", ".delimiter: the delimiter '||' is not one character"),
        ("type: local, path: x, delimiter: ''", ".delimiter: the delimiter '' is not one character"),
        ('type: local, path: x, delimiter: "\\n"', ".delimiter: the delimiter '\\n' is not one character"),
        (
            "type: local, path: x, format: parquet, delimiter: ';'",
            ".delimiter: files of format parquet have no delimiter; remove it",
        ),
        (
            "type: local, path: x, encoding: utf-9",
            ".encoding: the encoding 'utf-9' is not known; use a name that Python",
        ),
        ("type: local, path: x, encoding: base64", ".encoding: the encoding 'base64' is not known"),
        (
            "type: local, path: x, customProperties: [{property: dataset, value: flihgts}]",
            (
                ".customProperties[0].value: the server is for the dataset 'flihgts', which is not declared; "
                "did you mean 'flights'?"
            ),
        ),
        (
            "type: local, path: x, customProperties: [{property: datasets, value: flights}]",
            ".customProperties[0]: the custom property 'datasets' is not known; did you mean 'dataset'?",
        ),
        (
            "type: local, path: x, customProperties: [{property: badRows, value: skip}]",
            ".customProperties[0].value: 'skip' is not one of its values; write one of reject, count",
        ),
        (
            "type: local, path: x, customProperties: [{property: header, value: 'no'}]",
            ".customProperties[0].value: 'no' is neither true nor false; write true or false",
        ),
        (
            "type: local, path: x, customProperties: [{property: maxBadRows, value: 5}]",
            ".customProperties[0].value: maxBadRows needs rows that are counted; add the custom property 'badRows'",
        ),
    ],
)
def test_a_local_server_that_cannot_be_meant_is_a_problem(tmp_path: Path, server: str, problem: str) -> None:
    text = with_schema(FLIGHTS, f"servers: [{{{server}}}]\n")
    assert only_problem(tmp_path, text).startswith(f"5 servers[0]{problem}")


@pytest.mark.parametrize(
    "servers", ["[]", "[{server: p, type: postgres, host: h}]", "[{type: azure, location: 'abfss://b/x', format: csv}]"]
)
def test_a_dataset_without_a_server_that_we_reach_has_no_landing(tmp_path: Path, servers: str) -> None:
    assert dataset_of(tmp_path, with_schema(FLIGHTS, f"servers: {servers}\n")).landing is None


def test_servers_belong_to_objects_by_their_names_or_by_a_custom_property(tmp_path: Path) -> None:
    text = f"""{HEAD}
servers:
- {{server: flights, type: local, path: flights}}
- {{server: depot, type: local, path: airports, customProperties: [{{property: dataset, value: airports}}]}}
- {{server: prod, type: postgres, host: h}}
schema: [{{name: flights}}, {{name: airports}}, {{name: planes}}]
"""
    found = reading(tmp_path, text)
    assert {dataset.name: dataset.landing and dataset.landing.root.path for dataset in found.datasets} == {
        "flights": tmp_path / "flights",
        "airports": tmp_path / "airports",
        "planes": None,
    }


def test_a_local_server_of_no_object_is_a_problem(tmp_path: Path) -> None:
    text = (
        f"{HEAD}servers: [{{server: fligths, type: local, path: x}}]\nschema: [{{name: flights}}, {{name: airports}}]"
    )
    assert only_problem(tmp_path, text) == (
        "5 servers[0]: the local server 'fligths' belongs to no dataset; did you mean 'flights'?"
    )


def test_of_several_local_servers_the_one_named_like_the_only_object_is_its_landing(tmp_path: Path) -> None:
    servers = "servers: [{server: dev, type: local, path: dev}, {server: flights, type: local, path: prod}]\n"
    landing = dataset_of(tmp_path, with_schema(FLIGHTS, servers)).landing
    assert landing is not None
    assert landing.root.path == tmp_path / "prod"


def test_two_landings_for_one_dataset_are_a_problem(tmp_path: Path) -> None:
    servers = "servers: [{server: dev, type: local, path: dev}, {server: prod, type: local, path: prod}]\n"
    assert "two local servers could be the landing of 'flights'" in only_problem(
        tmp_path, with_schema(FLIGHTS, servers)
    )


def test_a_contract_reached_through_a_link_reads_beside_the_link(tmp_path: Path) -> None:
    text = with_schema(FLIGHTS, "servers: [{type: local, path: x}]\n")
    original = written(tmp_path / "store", text)
    link = tmp_path / "contracts" / "flights.yaml"
    link.parent.mkdir()
    link.symlink_to(original)
    landing = dataset_of(tmp_path / "contracts", link.read_text(encoding="utf-8")).landing
    assert landing is not None
    assert landing.root.path == tmp_path / "contracts" / "x"


def test_all_problems_of_a_server_are_reported(tmp_path: Path) -> None:
    servers = "servers: [{type: local, format: zip, delimiter: ab, encoding: x}]\n"
    assert len(problems_of(tmp_path, with_schema(FLIGHTS, servers))) == 4


def test_a_path_that_ends_in_a_slash_behind_a_wildcard_is_of_folders(tmp_path: Path) -> None:
    landing = landing_of(tmp_path, "type: local, path: 'landing/orders/*/'")
    assert (landing.pattern, landing.is_of_folders, landing.marker) == ("*/", True, None)
    assert landing.root == DataLocation.from_path(tmp_path / "landing" / "orders")
    plain = landing_of(tmp_path, "type: local, path: 'landing/orders/'")
    assert (plain.pattern, plain.is_of_folders) == ("*", False)


@pytest.mark.parametrize(("value", "marker"), [("true", "_SUCCESS"), ("false", None), ("done.ok", "done.ok")])
def test_a_folder_may_have_a_success_marker(tmp_path: Path, value: str, marker: str | None) -> None:
    properties = f"customProperties: [{{property: successMarker, value: {value}}}]"
    assert landing_of(tmp_path, f"type: local, path: 'x/*/', {properties}").marker == marker


def test_a_workbooks_sheet_is_a_custom_property(tmp_path: Path) -> None:
    properties = "customProperties: [{property: sheet, value: 'Q1'}]"
    assert landing_of(tmp_path, f"type: local, path: x, format: xlsx, {properties}").options.sheet == "Q1"


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        (
            "path: 'x/*', customProperties: [{property: successMarker, value: true}]",
            "only folders have a success marker",
        ),
        ("path: 'x/*/', customProperties: [{property: successMarker, value: 'a/b'}]", "'a/b' is no name of a file"),
        ("path: x, format: csv, customProperties: [{property: sheet, value: a}]", "files of format csv have no sheets"),
        ("path: x, customProperties: [{property: sheet, value: 1}]", "1 is no name of a sheet"),
    ],
)
def test_a_bad_marker_or_sheet_is_a_problem(tmp_path: Path, server: str, problem: str) -> None:
    text = with_schema(FLIGHTS, f"servers: [{{type: local, {server}}}]\n")
    assert problem in only_problem(tmp_path, text)
