"""What changed between two contracts, and whom it breaks."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_management.domain.models import (
    BadRows,
    ColumnSpec,
    ContractChange,
    ContractChangeKind,
    ContractPart,
    DataLocation,
    Dataset,
    Dimension,
    Expectation,
    OnFail,
    Operator,
    Party,
    QualityGate,
    ReadOptions,
    Rule,
    ScorePolicy,
    Severity,
    Threshold,
    Unit,
)
from data_management.domain.services import diff_contracts
from data_management_tests.examples import LANDING, in_range, not_null, orders, row_count, text_rule

PRODUCERS, CONSUMERS = Party.PRODUCERS, Party.CONSUMERS
BETWEEN = "expect_column_values_to_be_between"


def with_columns(*columns: ColumnSpec, rules: tuple[Rule, ...] = ()) -> Dataset:
    return replace(orders(), columns=columns, rules=rules)


def with_rule(type_: str = BETWEEN, threshold: Threshold | None = None, **kwargs: Any) -> Dataset:
    severity = kwargs.pop("severity", Severity.CRITICAL)
    rule = Rule("r", (Expectation(type_, {"column": "a", **kwargs}),), Dimension.CONFORMITY, severity, column="a")
    return replace(orders(), rules=(replace(rule, threshold=threshold),))


_REVERSE = {"added": "removed", "removed": "added", "stricter": "looser", "looser": "stricter"}


def reverse_of(kind: ContractChangeKind) -> ContractChangeKind:
    """What the same change is when it is undone."""
    return ContractChangeKind(_REVERSE.get(kind.value, kind.value))


def the_change(before: Dataset, after: Dataset) -> ContractChange:
    (change,) = diff_contracts([before], [after]).changes
    return change


def told(before: Dataset, after: Dataset) -> tuple[str, str, tuple[Party, ...]]:
    change = the_change(before, after)
    return change.part.value, change.kind.value, change.breaks


def test_a_dataset_that_is_gone_breaks_everybody_and_a_new_one_nobody() -> None:
    (gone,) = diff_contracts([orders()], []).changes
    assert (gone.kind, gone.breaks) == (ContractChangeKind.REMOVED, (PRODUCERS, CONSUMERS))
    (new,) = diff_contracts([], [orders()]).changes
    assert (new.kind, new.is_breaking) == (ContractChangeKind.ADDED, False)


def test_a_dataset_that_keeps_its_id_is_renamed() -> None:
    change = the_change(replace(orders(), object_id="o"), replace(orders(name="sales"), object_id="o"))
    assert (change.dataset, change.kind, change.before, change.breaks) == ("sales", "renamed", "orders", (CONSUMERS,))


A, B = ColumnSpec("a", "integer"), ColumnSpec("b", "string")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([A, B], [A], ("column", "removed", (CONSUMERS,))),
        ([A], [A, B], ("column", "added", ())),
        ([A], [A, replace(B, required=True)], ("column", "added", (PRODUCERS,))),
        ([A], [replace(A, logical_type="number")], ("column", "looser", (CONSUMERS,))),
        ([replace(A, logical_type="number")], [A], ("column", "stricter", (PRODUCERS,))),
        ([A], [replace(A, logical_type="string")], ("column", "changed", (PRODUCERS, CONSUMERS))),
        ([A], [replace(A, logical_type=None)], ("column", "looser", (CONSUMERS,))),
        ([A], [replace(A, required=True)], ("column", "stricter", (PRODUCERS,))),
        ([replace(A, required=True)], [A], ("column", "looser", (CONSUMERS,))),
        ([A], [replace(A, date_format="%d.%m.%Y")], ("column", "changed", (PRODUCERS,))),
        ([A], [replace(A, classification="restricted")], ("column", "changed", ())),
        ([A], [replace(A, description="new")], ("text", "changed", ())),
    ],
)
def test_columns(before: list[ColumnSpec], after: list[ColumnSpec], expected: object) -> None:
    assert told(with_columns(*before), with_columns(*after)) == expected


def test_what_a_column_states_is_told_once_though_rules_repeat_it() -> None:
    required = replace(orders(not_null()), columns=(ColumnSpec("id", required=True),))
    assert told(replace(orders(text_rule()), rules=(), columns=(ColumnSpec("id"),)), required)[0] == "column"


def test_rules_of_a_column_that_came_are_part_of_its_coming() -> None:
    before, after = with_columns(A), with_columns(A, ColumnSpec("amount"), rules=(in_range(),))
    assert the_change(before, after).what == "amount"


AT_MOST_5 = Threshold(Operator.MUST_BE_LESS_OR_EQUAL_TO, (5,))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (with_rule(min_value=0), with_rule(min_value=1), "stricter"),
        (with_rule(min_value=0), with_rule(min_value=0, strict_min=True), "stricter"),
        (with_rule(min_value=0, strict_min=True), with_rule(min_value=1), "stricter"),
        (with_rule(min_value=0), with_rule(min_value=0, max_value=9), "stricter"),
        (with_rule(max_value=9), with_rule(max_value=10), "looser"),
        (with_rule(min_value=0, max_value=9), with_rule(min_value=1, max_value=10), "changed"),
        (with_rule(min_value=0), with_rule(min_value=0, mostly=0.9), "looser"),
        (with_rule(min_value=0, mostly=0.9), with_rule(min_value=0, mostly=0.95), "stricter"),
        (with_rule(min_value="a"), with_rule(min_value=1), "changed"),
        (
            with_rule("expect_column_values_to_be_in_set", value_set=[1, 2]),
            with_rule("expect_column_values_to_be_in_set", value_set=[2]),
            "stricter",
        ),
        (
            with_rule("expect_column_values_to_not_be_in_set", value_set=[1, 2]),
            with_rule("expect_column_values_to_not_be_in_set", value_set=[2]),
            "looser",
        ),
        (
            with_rule("expect_column_values_to_match_regex", regex="a"),
            with_rule("expect_column_values_to_match_regex", regex="b"),
            "changed",
        ),
        (with_rule(), with_rule("expect_column_values_to_not_be_null"), "changed"),
        (with_rule(), with_rule(threshold=AT_MOST_5), "looser"),
        (with_rule(threshold=AT_MOST_5), with_rule(threshold=Threshold(Operator.MUST_BE_LESS_THAN, (5,))), "stricter"),
        (with_rule(threshold=AT_MOST_5), with_rule(threshold=replace(AT_MOST_5, unit=Unit.PERCENT)), "changed"),
        (with_rule(severity=Severity.INFO), with_rule(severity=Severity.WARNING), "stricter"),
        (with_rule(severity=Severity.INFO), with_rule(severity=Severity.WARNING, mostly=0.5), "changed"),
    ],
)
def test_a_rule_is_stricter_looser_or_otherwise(before: Dataset, after: Dataset, kind: str) -> None:
    assert the_change(before, after).kind == kind
    assert the_change(after, before).kind == reverse_of(ContractChangeKind(kind))


def test_only_a_critical_rule_that_is_stricter_breaks_who_delivers() -> None:
    assert told(with_rule(min_value=0), with_rule(min_value=1)) == ("rule", "stricter", (PRODUCERS,))
    assert told(with_rule(min_value=1), with_rule(min_value=0)) == ("rule", "looser", ())
    warning = {"severity": Severity.WARNING}
    assert told(with_rule(min_value=0, **warning), with_rule(min_value=1, **warning)) == ("rule", "stricter", ())
    assert told(orders(not_null()), orders(not_null(), row_count())) == ("rule", "added", ())
    assert told(orders(row_count()), orders(row_count(), not_null("n"))) == ("rule", "added", (PRODUCERS,))


def test_a_key_that_holds_no_more_breaks_who_reads() -> None:
    key = with_rule("expect_column_values_to_be_unique")
    assert told(key, replace(key, rules=())) == ("key", "removed", (CONSUMERS,))
    assert told(replace(key, rules=()), key) == ("key", "added", (PRODUCERS,))


def test_a_rule_that_demands_the_same_under_another_name_is_renamed() -> None:
    change = the_change(orders(row_count("few")), orders(row_count("enough")))
    assert (change.kind, change.before, change.after, change.is_breaking) == ("renamed", "few", "enough", False)


def test_a_weight_alone_is_a_matter_of_the_score() -> None:
    assert told(orders(row_count()), orders(row_count(weight=9.0))) == ("policy", "changed", ())


ELSEWHERE = replace(LANDING, root=DataLocation("file:///elsewhere"))
COUNTED = replace(LANDING, options=replace(LANDING.options, bad_rows=BadRows.COUNT))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (LANDING, ELSEWHERE, ("server", "changed", (PRODUCERS,))),
        (LANDING, None, ("server", "removed", (PRODUCERS,))),
        (None, LANDING, ("server", "added", ())),
        (LANDING, COUNTED, ("server", "looser", ())),
        (COUNTED, LANDING, ("server", "stricter", (PRODUCERS,))),
        (LANDING, replace(LANDING, options=ReadOptions()), ("server", "changed", ())),
        (
            COUNTED,
            replace(COUNTED, options=replace(COUNTED.options, max_bad_rows=5)),
            ("server", "stricter", (PRODUCERS,)),
        ),
    ],
)
def test_servers(before: Any, after: Any, expected: object) -> None:
    assert told(replace(orders(), landing=before), replace(orders(), landing=after)) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (ScorePolicy(gate=QualityGate(min_score=90)), ("policy", "stricter", (PRODUCERS,))),
        (ScorePolicy(max_quarantined=3), ("policy", "stricter", (PRODUCERS,))),
        (ScorePolicy(on_fail=OnFail.BLOCK), ("policy", "stricter", (CONSUMERS,))),
        (ScorePolicy(dimension_weights=((Dimension.ACCURACY, 2.0),)), ("policy", "changed", ())),
        (
            ScorePolicy(gate=QualityGate(min_dimensions=((Dimension.ACCURACY, 50.0),))),
            ("policy", "stricter", (PRODUCERS,)),
        ),
    ],
)
def test_policies(policy: ScorePolicy, expected: object) -> None:
    assert told(orders(), orders(policy=policy)) == expected
    assert told(orders(policy=policy), orders())[:2] == (
        "policy",
        reverse_of(the_change(orders(), orders(policy=policy)).kind),
    )


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (orders(), None),
        (replace(orders(), description="x"), "patch"),
        (orders(not_null(), in_range(), row_count()), "minor"),
        (replace(orders(), landing=ELSEWHERE), "major"),
    ],
)
def test_what_of_the_version_is_due(after: Dataset, due: str | None) -> None:
    assert diff_contracts([orders()], [after]).due == due


_columns = st.builds(
    ColumnSpec,
    st.sampled_from("abc"),
    st.sampled_from([None, "integer", "number", "string", "date", "timestamp"]),
    required=st.booleans(),
    classification=st.sampled_from([None, "public", "restricted"]),
)
_numbers = st.one_of(st.none(), st.integers(-2, 2))
_thresholds = st.one_of(
    st.none(),
    st.builds(
        Threshold,
        st.sampled_from([op for op in Operator if "BETWEEN" not in op.name]),
        st.tuples(st.integers(0, 3).map(float)),
        st.sampled_from(Unit),
    ),
    st.builds(Threshold, st.just(Operator.MUST_BE_BETWEEN), st.sampled_from([(0.0, 1.0), (0.0, 2.0), (1.0, 2.0)])),
)
_kwargs = st.fixed_dictionaries(
    {"column": st.sampled_from("abc")},
    optional={
        "min_value": _numbers,
        "max_value": _numbers,
        "strict_min": st.booleans(),
        "mostly": st.sampled_from([0.5, 0.9, 1.0]),
        "value_set": st.lists(st.integers(0, 3), max_size=3),
    },
)
_rules = st.builds(
    Rule,
    st.sampled_from(["r1", "r2", "a.required"]),
    st.builds(
        lambda type_, kwargs: (Expectation(type_, kwargs),),
        st.sampled_from([BETWEEN, "expect_column_values_to_be_unique", "expect_column_values_to_not_be_in_set"]),
        _kwargs,
    ),
    st.sampled_from(Dimension),
    st.sampled_from(Severity),
    column=st.sampled_from([None, "a", "b"]),
    threshold=_thresholds,
)
_datasets = st.lists(
    st.builds(
        Dataset,
        st.sampled_from(["x", "y", "z"]),
        st.just("c"),
        st.just("1.0.0"),
        landing=st.sampled_from([None, LANDING, ELSEWHERE, COUNTED]),
        columns=st.lists(_columns, max_size=3, unique_by=lambda column: column.name).map(tuple),
        rules=st.lists(_rules, max_size=3, unique_by=lambda rule: rule.name).map(tuple),
    ),
    max_size=3,
    unique_by=lambda dataset: dataset.name,
)


@given(_datasets)
@settings(max_examples=100)
def test_nothing_differs_from_itself(datasets: list[Dataset]) -> None:
    assert diff_contracts(datasets, datasets).changes == ()


@given(_datasets, _datasets)
@settings(max_examples=300)
def test_turned_around_every_change_is_the_reverse(before: list[Dataset], after: list[Dataset]) -> None:
    there, back = diff_contracts(before, after).changes, diff_contracts(after, before).changes

    def signs(changes: tuple[ContractChange, ...], *, reverse: bool) -> list[tuple[str, ...]]:
        return sorted(
            (c.dataset, c.what, (reverse_of(c.kind) if reverse else c.kind).value)
            for c in changes
            if c.part not in (ContractPart.RULE, ContractPart.KEY) or c.kind is not ContractChangeKind.RENAMED
        )

    assert signs(there, reverse=False) == signs(back, reverse=True)


@given(_datasets, _datasets)
def test_what_is_looser_never_breaks_who_delivers_and_what_is_stricter_never_who_reads(
    before: list[Dataset], after: list[Dataset]
) -> None:
    for change in diff_contracts(before, after).changes:
        if change.part is ContractPart.TEXT:
            assert not change.is_breaking
        if change.kind is ContractChangeKind.STRICTER and change.part is not ContractPart.POLICY:
            assert CONSUMERS not in change.breaks
        if change.kind is ContractChangeKind.LOOSER:
            assert PRODUCERS not in change.breaks
