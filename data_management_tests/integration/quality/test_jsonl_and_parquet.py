from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from data_management.domain.models import ColumnSpec
from data_management.infrastructure.quality.limits import Limits
from data_management.infrastructure.quality.worker import examine_here
from data_management_tests.integration.quality.examples import (
    only_check,
    read,
    reason,
    refused,
    request,
    rule,
    types,
    written,
)


def _parquet(folder: Path, table: pa.Table, name: str = "a.parquet", **options: object) -> Path:
    parquet.write_table(table, folder / name, **options)
    return folder / name


def test_json_lines_are_the_union_of_their_keys(tmp_path: Path) -> None:
    examination = read(
        written(
            tmp_path,
            "a.jsonl",
            '{"i": 1, "f": 1.5, "b": true, "s": "1"}\n\n{"i": 2, "n": null, "o": {"x": [1]}, "s": ""}\r\n',
        )
    )
    assert types(examination) == {
        "i": "BIGINT",
        "f": "DOUBLE",
        "b": "BOOLEAN",
        "s": "VARCHAR",
        "n": "VARCHAR",
        "o": "VARCHAR",
    }
    assert {profile.name: profile.nulls for profile in examination.profile} == {
        "i": 0,
        "f": 1,
        "b": 1,
        "s": 0,
        "n": 2,
        "o": 1,
    }
    assert (examination.row_count, examination.notes) == (2, ())


def test_mixed_json_types_become_text_with_a_note(tmp_path: Path) -> None:
    examination = read(written(tmp_path, "a.ndjson", '{"x": 1}\n{"x": "a"}\n{"x": true}\n'))
    assert types(examination) == {"x": "VARCHAR"}
    assert [note.code for note in examination.notes] == ["mixed-types"]


def test_large_json_integers_are_exact(tmp_path: Path) -> None:
    big = written(tmp_path, "a.jsonl", '{"x": 12345678901234567890}\n{"x": 12345678901234567891}\n')
    assert types(read(big)) == {"x": "HUGEINT"}
    assert only_check(big, rule("column_values_to_be_unique", column="x")).unexpected == 0


def test_repeated_keys_are_noted(tmp_path: Path) -> None:
    assert [n.code for n in read(written(tmp_path, "a.jsonl", '{"x": 1, "x": 2}\n')).notes] == ["repeated-keys"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}\n{"a": SECRET}\n', ["line 2", "no valid JSON"]),
        ('{"a": 1}\n[1]\n', ["line 2", "no object"]),
        ('{"a": NaN}\n', ["line 1"]),
        ('{"a": 1e999}\n', ["line 1"]),
        ('{"a": 1}{"a": 2}\n', ["line 1"]),
        ('{"id": 0,}\n', ["line 1"]),
        ('{"a": 1}\n{"a": "SECRET', ["line 2"]),
        ('{"a": "\\ud800"}\n', ["line 1"]),
        ('{"a": ' + "[" * 100_000 + "\n", ["line 1"]),
        ('{"a": ' + "9" * 5_000 + "}\n", ["line 1"]),
        ("{}\n{}\n", ["empty objects"]),
        ("", ["0 bytes"]),
    ],
)
def test_bad_json_is_refused_with_its_line(tmp_path: Path, content: str, words: list[str]) -> None:
    text = refused(written(tmp_path, "bad.jsonl", content))
    assert all(word in text for word in ["'bad.jsonl'", *words]), text
    assert "SECRET" not in text


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    day = datetime(2024, 1, 1, 10)  # noqa: DTZ001
    table = pa.table(
        {
            "i": pa.array([1, None], pa.int32()),
            "d": pa.array([Decimal("1.10"), None], pa.decimal128(10, 2)),
            "t": pa.array([day, None], pa.timestamp("ms")),
            "z": pa.array([day, None], pa.timestamp("ns", "Europe/Berlin")),
            "day": pa.array([day.date(), None], pa.date32()),
            "clock": pa.array([day.time(), None], pa.time64("us")),
            "c": pa.array(["x", "y"]).dictionary_encode(),
            "l": pa.array([[1], None]),
            "b": pa.array([b"\xff", None], pa.binary()),
            "f": pa.array([float("nan"), 1.0], pa.float32()),
        }
    )
    examination = read(_parquet(tmp_path, table))
    assert types(examination) == {
        "i": "INTEGER",
        "d": "DECIMAL(10,2)",
        "t": "TIMESTAMP",
        "z": "TIMESTAMP WITH TIME ZONE",
        "day": "DATE",
        "clock": "TIME",
        "c": "VARCHAR",
        "l": "VARCHAR",
        "b": "BLOB",
        "f": "DOUBLE",
    }
    assert {profile.nulls for profile in examination.profile} == {0, 1}
    assert [note.code for note in examination.notes] == ["nan"]


def test_native_values_are_cast_to_the_contracts_type(tmp_path: Path) -> None:
    file = written(tmp_path, "a.jsonl", '{"at": "2024-01-01T10:00:00Z", "n": 5.0}\n{"at": "soon", "n": 5.5}\n')
    specs = (ColumnSpec("at", "timestamp"), ColumnSpec("n", "integer"))
    assert types(read(file, columns=specs)) == {"at": "TIMESTAMP WITH TIME ZONE", "n": "BIGINT"}
    for column, type_ in (("at", "timestamp"), ("n", "integer")):
        check = only_check(file, rule("column_values_to_be_of_type", column=column, type_=type_), specs)
        assert (check.evaluated, check.unexpected) == (2, 1)


def test_damaged_parquet_is_refused_without_its_values(tmp_path: Path) -> None:
    good = _parquet(tmp_path, pa.table({"a": ["SECRET" * 10] * 1000}), compression="none").read_bytes()
    damaged = [good[:-20], good[:40] + good[60:], b"PAR1" + b"\xff" * 40 + b"PAR1", b"hello"]
    damaged += [good[:place] + b"\xff\xfe\xfd" + good[place + 3 :] for place in range(4, len(good) - 4, 97)]
    for content in damaged:
        outcome = examine_here(request(written(tmp_path, "bad.parquet", content)))
        if hasattr(outcome, "reason"):
            assert "'bad.parquet'" in outcome.reason
            assert "SECRET" not in outcome.reason


def test_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    assert "several columns of one name" in refused(_parquet(tmp_path, table))


def test_what_expands_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    limits = Limits(timeout_seconds=60, memory_bytes=1 << 30, expanded_bytes=1 << 20)
    bomb = _parquet(tmp_path, pa.table({"a": pa.array([None] * 500_000, pa.int64())}), compression="brotli")
    assert bomb.stat().st_size < 10_000
    assert "more than 1 MB" in reason(examine_here(request(bomb), limits))


def test_names_that_differ_in_case_alone_are_two_columns(tmp_path: Path) -> None:
    file = written(tmp_path, "a.jsonl", '{"id": 1, "ID": "x"}\n{"id": 2, "ID": "y"}\n')
    examination = read(file, rule("column_values_to_be_in_set", column="ID", value_set=["x"]))
    assert types(examination) == {"id": "BIGINT", "ID": "VARCHAR"}
    assert [(check.evaluated, check.unexpected) for check in examination.checks] == [(2, 1)]
    assert [(profile.name, profile.maximum) for profile in examination.profile] == [("id", 2), ("ID", None)]
