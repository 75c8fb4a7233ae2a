"""`data_management.validate`: what may be given as data and as rules, and that what may not is said."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from great_expectations import expectations as gxe
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.expectations.row_conditions import Column

from data_management import validate
from data_management.domain.expectations import EXPECTATION_TYPES, ExpectationKind
from data_management.errors import InvalidInput, Rejected
from data_management.infrastructure.quality.planning.suite import suite_of
from data_management_tests.integration.differential.reference import error_of, reference
from data_management_tests.integration.test_masking import FAILING

FRAME = pd.DataFrame({"id": [1, 2, 3, 4], "amount": [10.0, 20.0, -1.0, None], "label": ["x", "y", None, "x"]})
POSITIVE = gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0)
CSV = "id,amount,label\n1,10,x\n2,20,y\n3,-1,\n4,,x\n"


def unexpected(source: Any, rules: Any = POSITIVE) -> int | None:
    (check,) = validate(source, rules).checks
    assert check.error is None
    return check.unexpected


class Subclass(pd.DataFrame):
    pass


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME.set_index("id"),
        FRAME.set_index(["id", "label"]),
        FRAME.convert_dtypes(),
        FRAME.convert_dtypes(dtype_backend="pyarrow"),
        FRAME.astype("category"),
        FRAME.astype(object),
        Subclass(FRAME),
        pl.from_pandas(FRAME),
        pl.from_pandas(FRAME).lazy(),
        pa.Table.from_pandas(FRAME),
        pa.Table.from_pandas(FRAME).to_batches()[0],
        pa.Table.from_pandas(FRAME).to_reader(),
    ],
    ids=lambda frame: type(frame).__name__,
)
def test_a_frame_of_any_library_is_data(frame: Any) -> None:
    assert unexpected(frame) == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "a.csv"
    path.write_text(CSV)
    return path


@pytest.mark.parametrize("form", [str, Path, Path.as_uri, lambda path: path.parent, lambda path: f"{path.parent}/"])
def test_a_file_and_a_folder_of_part_files_are_data(file: Path, form: Callable[[Path], Any]) -> None:
    assert unexpected(form(file)) == 1


def test_the_parts_of_a_folder_are_one_table(file: Path) -> None:
    (file.parent / "b.csv").write_text(CSV)
    assert validate(file.parent).row_count == 8


def failing_reader() -> pa.RecordBatchReader:
    def batches() -> Any:
        yield pa.record_batch({"amount": [1]})
        raise ValueError("a canary")

    return pa.RecordBatchReader.from_batches(pa.schema({"amount": pa.int64()}), batches())


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (None, InvalidInput, "NoneType is no data"),
        (b"a.csv", InvalidInput, "bytes is no data"),
        (FRAME["id"], InvalidInput, "Series is no data"),
        ({"id": [1]}, InvalidInput, "dict is no data"),
        ("", InvalidInput, "empty text"),
        ("https://example.com/a.csv", InvalidInput, "https:// is no local file"),
        ("s3://bucket/a.csv", InvalidInput, "s3:// is no local file"),
        ("nope.csv", Rejected, "does not exist"),
        ("a\0b", Rejected, "cannot be opened"),
        ("/dev/null", Rejected, "is a device"),
        (pd.DataFrame([[1, 2]]), InvalidInput, "label of type int"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), Rejected, "several columns of one name"),
        (pd.DataFrame(), Rejected, "no columns"),
        (pd.DataFrame({"amount": pd.Series(["\ud800 canary"], dtype=object)}), Rejected, "UnicodeEncodeError"),
        (pl.scan_csv("/nope/canary.csv"), Rejected, "FileNotFoundError"),
        (failing_reader(), Rejected, "ValueError"),
    ],
)
def test_what_is_no_data_is_said_without_its_values(source: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        validate(source, POSITIVE)
    assert "canary" not in str(caught.value)


CONDITION = ((Column("id") > 1) & (Column("label") == "x")) | Column("label").is_null()
SUITE = gx.ExpectationSuite(
    name="orders",
    expectations=[
        gxe.ExpectColumnValuesToBeBetween(
            column="amount",
            min_value=0,
            mostly=0.5,
            row_condition=CONDITION,
            notes="why",
            meta={"a": 1},
            severity="info",
        ),
        gxe.ExpectTableRowCountToEqual(value=4),
        gxe.ExpectColumnMaxToBeBetween(column="amount", max_value=15, row_condition=Column("id") <= 2),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="amount", column_B="id", ignore_row_if="neither"),
        gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT * FROM {batch} WHERE amount < 0"),
    ],
)
OUTCOMES = [(False, 1, None), (True, None, 4), (False, None, 20.0), (False, 2, None), (False, None, 1)]


def written_by_gx(folder: Path) -> Path:
    """The suite's file as a context on disk writes it."""
    context = gx.get_context(mode="file", project_root_dir=folder)
    context.suites.add(gx.ExpectationSuite(name="orders", expectations=[one.copy() for one in SUITE.expectations]))
    (file,) = folder.rglob("orders.json")
    return file


@pytest.mark.parametrize(
    "form",
    [
        lambda _: SUITE,
        lambda _: SUITE.to_json_dict(),
        lambda _: json.dumps(SUITE.to_json_dict()),
        lambda _: json.dumps(SUITE.to_json_dict()).encode(),
        lambda _: SUITE.expectations,
        lambda _: [one.configuration for one in SUITE.expectations],
        written_by_gx,
        lambda folder: str(written_by_gx(folder)),
    ],
)
@pytest.mark.parametrize("kind", ["file", "frame"])
def test_a_suite_gives_the_same_in_every_form(
    tmp_path: Path, file: Path, kind: str, form: Callable[[Path], Any]
) -> None:
    checks = validate(file if kind == "file" else FRAME, form(tmp_path)).checks

    assert [(check.success, check.unexpected, check.observed) for check in checks] == OUTCOMES
    assert [check.error for check in checks] == [None] * 5
    assert str(checks[0].severity) == "info"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (3, "is a int"),
        (None, "is a NoneType"),
        ({}, "has no type"),
        ({"expectations": None}, "no list"),
        ({"expectations": [3]}, "no mapping"),
        ('{"expectations": [', "no JSON"),
        (b"\xff", "no JSON"),
        (gxe.ExpectTableRowCountToEqual, "is the class"),
        ("nope.json", "No such file"),
        ("nope.yaml", "No such file"),
        ({"type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}, "severity": 5}, "severity"),
    ],
)
def test_what_is_no_rule_is_said(rules: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        validate(FRAME, rules)


@pytest.mark.parametrize("kind", ["file", "frame"])
@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"min_value": {"$PARAMETER": "least"}}, "suite parameter 'least'"),
        ({"min_value": 0, "row_condition": "id > 1", "condition_parser": "great_expectations"}, "does not accept"),
        ({"min_value": 0, "row_condition": "id >", "condition_parser": "pandas"}, "no pandas expression"),
        ({"min_value": 0, "row_condition": "id > 1", "condition_parser": "nonsense"}, "condition_parser"),
        ({"min_value": 0, "column": "nope"}, "column 'nope' is not in the data; correct the rule or the file"),
        ({"min_value": 0, "column": "amuont"}, "column 'amuont' is not in the data; did you mean 'amount'?"),
        ({"min_value": 0, "parse_strings_as_datetimes": True}, "parse_strings_as_datetimes"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_says_why(file: Path, kind: str, kwargs: dict[str, Any], words: str) -> None:
    rule = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", **kwargs}}

    (check,) = validate(file if kind == "file" else FRAME, rule).checks

    assert (check.success, check.errored) == (None, True)
    assert words in (check.error or "")


def test_a_suite_parameter_in_a_set_is_not_taken_for_a_set() -> None:
    rule = gxe.ExpectColumnValuesToBeInSet(column="label", value_set={"$PARAMETER": "labels"})
    (check,) = validate(FRAME, rule).checks
    assert "suite parameter 'labels'" in (check.error or "")


@pytest.mark.parametrize(
    ("parser", "condition"), [("pandas", "id > 1"), ("spark", "id > 1"), ("great_expectations", 'col("id") > 1')]
)
def test_a_condition_in_words_is_read_by_its_parser(file: Path, parser: str, condition: str) -> None:
    kwargs = {"column": "amount", "min_value": 15, "row_condition": condition, "condition_parser": parser}
    rule = {"type": "expect_column_values_to_be_between", "kwargs": kwargs}
    assert unexpected(file, rule) == unexpected(FRAME, rule) == 1


@pytest.mark.parametrize(
    "option",
    [
        {"samples": -1},
        {"samples": "3"},
        {"samples": None},
        {"threads": 0},
        {"memory_bytes": "1GB"},
        {"options": {}},
        {"dataset": "x"},
    ],
)
def test_an_option_that_cannot_be_used_is_said(option: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(option))):
        validate(FRAME, POSITIVE, **option)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    validate(FRAME, {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "SELECT 1"}})
    validate(FRAME, gxe.ExpectColumnKLDivergenceToBeLessThan(column="amount", threshold=1))
    validate(FRAME, gxe.ExpectColumnMeanToBeBetween(column="label", max_value=1))
    assert capfd.readouterr() == ("", "")


ROWS = 60
LABELLED = pd.DataFrame(
    {
        "n": [row % 7 + 0.5 if row % 5 else None for row in range(ROWS)],
        "t": [f"é{row % 7}" if row % 5 else None for row in range(ROWS)],
        "d": [date(2020, 1, 1 + row % 28) for row in range(ROWS)],
        "place": list(range(ROWS)),
    },
    index=[f"row {row}" for row in range(ROWS)],
)
ON_TEXT = ("regex", "like", "length", "strftime", "json", "dateutil")
ON_DATES = ("in_set", "unique", "creasing", "to_be_null", "values_to_be_between")


def failing_on(column: str, kind: str) -> Any:
    arguments = dict(FAILING[kind])
    match EXPECTATION_TYPES[kind].kind:
        case ExpectationKind.COLUMN:
            arguments |= {"column": column}
        case ExpectationKind.COLUMN_PAIR:
            arguments |= {"column_A": column, "column_B": "place"}
        case ExpectationKind.MULTICOLUMN:
            arguments |= {"column_list": [column, "place"]}
    return get_expectation_impl(kind)(**arguments)


def columns_for(kind: str) -> list[str]:
    if any(word in kind for word in ON_TEXT):
        return ["t"]
    dated = any(word in kind for word in ON_DATES) and "between" not in kind and "most_common" not in kind
    return ["n", "d"] if dated else ["n"]


@pytest.mark.parametrize("kind", sorted(set(FAILING) - {"unexpected_rows_expectation"}))
def test_gx_results_are_those_that_gx_gives_by_default(kind: str) -> None:
    for column in columns_for(kind):
        expectation = failing_on(column, kind)
        theirs = reference(LABELLED, expectation, "SUMMARY")
        if error_of(theirs):
            assert "like" in kind or column != "n" or "pair_values_to_be_in_set" in kind, error_of(theirs)
            continue
        (check,) = validate(LABELLED, expectation, gx_results=True).checks
        ours = json.loads(json.dumps(check.native_result))
        theirs = json.loads(json.dumps(theirs, default=bool))  # GX's own holds NumPy's booleans
        del theirs["expectation_config"]["kwargs"]["batch_id"]
        if kind == "expect_column_values_to_not_be_null":  # NaN is not equal to itself, so GX counts each by itself
            del theirs["result"]["partial_unexpected_counts"], ours["result"]["partial_unexpected_counts"]
        assert ours.keys() == theirs.keys()
        for key in ours:
            assert ours[key] == theirs[key] or key in ("meta", "exception_info")


@pytest.mark.parametrize("value", ["2020-01-01", date(2020, 1, 1)])
def test_the_most_common_date_is_found_in_a_set(tmp_path: Path, value: Any) -> None:
    (tmp_path / "a.csv").write_text("d\n2020-01-01\n2020-01-01\n2020-02-01\n")
    rule = {"type": "expect_column_most_common_value_to_be_in_set", "kwargs": {"column": "d", "value_set": [value]}}
    (check,) = validate(tmp_path / "a.csv", rule).checks
    assert (check.success, check.error) == (True, None)


def test_the_plan_of_one_file_judges_the_next_of_its_schema(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text(CSV)
    (tmp_path / "other.csv").write_text(CSV.replace("label", "text"))
    suite_of.cache_clear()

    for name in ("a.csv", "b.csv", "c.csv", "other.csv"):
        validate(tmp_path / name, POSITIVE)

    plans = suite_of.cache_info()
    assert (plans.misses, plans.hits) == (2, 2)
    assert plans.maxsize is not None
    assert plans.maxsize < 1_000
