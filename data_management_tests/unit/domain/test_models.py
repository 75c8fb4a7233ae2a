import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_management.domain.events import DataAssetArrived
from data_management.domain.models import (
    AssetStatus,
    DataAsset,
    DataCatalogEntry,
    DataLocation,
    FileFormat,
    Operator,
    Threshold,
    Unit,
    Verdict,
    VersionToken,
)
from data_management.domain.services import DataValidationService
from data_management.errors import Conflict, InvalidInput
from data_management_tests.examples import clean, dirty, not_null, orders
from data_management_tests.fakes import NOON


def entry() -> DataCatalogEntry:
    asset = DataAsset("a1", "orders", DataLocation("file:///landing/a.csv"), VersionToken.of_file(3, 4), NOON)
    return DataCatalogEntry.arrived(asset)


class TestEntry:
    def test_an_arrival_that_is_read_and_passes_is_accepted(self) -> None:
        assessment = DataValidationService().assess(orders().rules, clean().checks, 100)
        accepted = entry().registered(clean()).scored(assessment.score, assessment.verdict)
        assert (accepted.status, accepted.verdict, accepted.row_count) == (AssetStatus.ACCEPTED, Verdict.PASS, 100)
        assert [type(event).__name__ for event in accepted.events] == [
            "DataAssetArrived",
            "DataAssetRegistered",
            "DataQualityUpdated",
        ]

    def test_one_that_fails_is_quarantined_with_the_reason(self) -> None:
        assessment = DataValidationService().assess(orders().rules, dirty(2).checks, 100)
        bad = entry().registered(dirty(2)).scored(assessment.score, assessment.verdict, "; ".join(assessment.reasons))
        assert (bad.status, bad.asset.reason) == (
            AssetStatus.QUARANTINED,
            "rule 'id.required' failed: 2 of 100 rows",
        )

    def test_one_that_cannot_be_read_is_rejected_and_fails(self) -> None:
        rejected = entry().rejected("a.csv: is empty")
        assert (rejected.status, rejected.verdict, rejected.score) == (AssetStatus.REJECTED, Verdict.FAIL, None)

    def test_a_change_leaves_the_old_entry_as_it_was(self) -> None:
        before = entry()
        before.superseded()
        assert before.status is AssetStatus.ARRIVED

    @pytest.mark.parametrize("change", ["superseded", "removed"])
    def test_what_is_gone_cannot_change_any_more(self, change: str) -> None:
        gone = getattr(entry(), change)()
        with pytest.raises(Conflict, match="newer version of it, or none"):
            gone.registered(clean())

    def test_only_what_was_read_can_be_scored(self) -> None:
        score = DataValidationService().assess([not_null()], (), 0).score
        with pytest.raises(Conflict, match="only a registered one"):
            entry().scored(score, Verdict.PASS)

    def test_entries_are_compared_by_id(self) -> None:
        assert entry() == entry().registered(clean())


class TestLocation:
    @given(st.binary(min_size=1, max_size=40).filter(lambda name: b"/" not in name and b"\0" not in name))
    def test_any_file_name_survives_the_round_trip(self, name: bytes) -> None:
        if name in (b".", b".."):
            return
        path = "/landing/" + os.fsdecode(name)
        location = DataLocation.from_path(path)
        assert location.uri.isascii()
        assert os.fsencode(location.path) == os.fsencode(path)

    @given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
    def test_what_is_printed_is_what_may_be_typed(self, key: str) -> None:
        location = DataLocation.of_object("lake", key)
        assert DataLocation.parse(location.uri) == location

    @pytest.mark.parametrize(
        "key", ["in/ann@example.com.csv", "in/50%.csv", "in/a b+c.csv", "in/é.csv", "in/plain.csv"]
    )
    def test_a_key_may_be_typed_as_it_is_in_the_bucket(self, key: str) -> None:
        assert DataLocation.parse(f"s3://lake/{key}") == DataLocation.of_object("lake", key)

    def test_an_unknown_scheme_is_refused_with_those_that_are_known(self) -> None:
        with pytest.raises(InvalidInput, match=r"'ftp'; use one of file://, s3://, postgresql://"):
            DataLocation("ftp://host/a.csv")

    def test_a_bucket_has_no_path(self) -> None:
        with pytest.raises(InvalidInput, match="not a local file"):
            DataLocation("s3://bucket/a.csv").path  # noqa: B018


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.csv", FileFormat.CSV),
        ("A.CSV.GZ", FileFormat.CSV),
        ("a.tsv", FileFormat.CSV),
        ("a.parquet", FileFormat.PARQUET),
        ("a.ndjson.gz", FileFormat.JSONL),
        ("a.json.zst", FileFormat.JSON),
        ("a.feather", FileFormat.ARROW),
        ("a.xlsx", FileFormat.EXCEL),
        ("a.docx", None),
        ("csv", None),
    ],
)
def test_the_ending_says_the_format(name: str, format_: FileFormat | None) -> None:
    assert FileFormat.of_name(name) is format_


@pytest.mark.parametrize(
    ("operator", "bounds", "admitted", "refused"),
    [
        (Operator.MUST_BE, (3,), 3, 4),
        (Operator.MUST_NOT_BE, (3,), 4, 3),
        (Operator.MUST_BE_GREATER_THAN, (3,), 4, 3),
        (Operator.MUST_BE_GREATER_OR_EQUAL_TO, (3,), 3, 2),
        (Operator.MUST_BE_LESS_THAN, (3,), 2, 3),
        (Operator.MUST_BE_LESS_OR_EQUAL_TO, (3,), 3, 4),
        (Operator.MUST_BE_BETWEEN, (3, 5), 5, 6),
        (Operator.MUST_NOT_BE_BETWEEN, (3, 5), 6, 5),
    ],
)
def test_every_operator_admits_and_refuses(
    operator: Operator, bounds: tuple[float, ...], admitted: int, refused: int
) -> None:
    threshold = Threshold(operator, bounds)
    assert threshold.admits(admitted, 100)
    assert not threshold.admits(refused, 100)
    percent = Threshold(operator, bounds, Unit.PERCENT)
    assert percent.admits(admitted * 2, 200)
    assert not percent.admits(refused * 2, 200)


def test_a_percentage_of_no_rows_is_nought() -> None:
    assert Threshold(Operator.MUST_BE, (0,), Unit.PERCENT).admits(0, 0)


def test_the_plan_changes_with_rules_and_policy_and_not_with_words() -> None:
    plain = orders(not_null())
    described = orders(not_null(description="ids are there"), version="2.0.0")
    weighted = orders(not_null(weight=9.0))
    assert plain.plan_hash == described.plan_hash
    assert plain.plan_hash != weighted.plan_hash


def test_what_is_made_without_checks_would_pass_them() -> None:
    location, token = DataLocation("file:///landing/a.csv"), VersionToken("v1")
    made = DataAsset.arrived("x", "orders", location, token, NOON, 10)
    checked = DataAsset("x", "orders", location, token, NOON, size_bytes=10)
    assert vars(made) == vars(checked)
    entry = DataCatalogEntry.arrived(made)
    event = DataAssetArrived(aggregate_id="x", dataset="orders", location=location.uri, version_token="v1")
    assert vars(entry) == vars(DataCatalogEntry(asset=checked, events=(event,)))
    assert entry.events[0] == event
    assert vars(entry.stored()) == vars(entry) | {"version": 1, "events": ()}
    assert entry.reading is not DataCatalogEntry.arrived(made).reading


def test_what_a_dagster_asset_holds_has_a_location_whatever_its_names_are() -> None:
    plain = DataLocation.of_dagster(["shop", "orders"])
    assert (plain.uri, plain.name, plain.is_of_dagster) == ("dagster:///shop/orders", "orders", True)
    odd = DataLocation.of_dagster(["a/b?", "ü#"], "2026/01|x&y")
    assert odd.uri == "dagster:///a%2Fb%3F/%C3%BC%23?partition=2026%2F01%7Cx%26y"
    assert odd.stopped().uri == f"{odd.uri}#stopped" == odd.stopped().stopped().uri
    assert not DataLocation("file:///a").is_of_dagster


@pytest.mark.parametrize("text", ["file://[x", "s3://[/x", "http://["])
def test_a_bracket_that_is_no_address_is_bad_input(text: str) -> None:
    with pytest.raises(InvalidInput, match="location"):
        DataLocation(text)
