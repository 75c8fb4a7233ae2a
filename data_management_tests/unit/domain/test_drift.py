import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_management.domain.models import ChangeKind, Column, ColumnSpec, SchemaChange, schema_changes

BEFORE = (Column("id", "BIGINT"), Column("amount", "DOUBLE"), Column("note", "VARCHAR"))

columns = st.lists(
    st.builds(Column, st.sampled_from("abcde"), st.sampled_from(["BIGINT", "DOUBLE", "VARCHAR", "DATE"])),
    unique_by=lambda column: column.name,
).map(tuple)


def retyped(before: str, now: str, **how: bool) -> SchemaChange | None:
    changes = schema_changes([Column("x", before)], [Column("x", now)], **how)  # type: ignore[arg-type]
    return changes[0] if changes else None


@given(columns)
def test_the_same_columns_have_not_changed(some: tuple[Column, ...]) -> None:
    assert schema_changes(some, some) == ()


@given(columns, columns)
def test_what_is_added_one_way_is_removed_the_other(one: tuple[Column, ...], other: tuple[Column, ...]) -> None:
    there, back = schema_changes(one, other), schema_changes(other, one)
    added = {change.column for change in there if change.kind is ChangeKind.ADDED}
    assert added == {change.column for change in back if change.kind is ChangeKind.REMOVED}


def test_a_first_file_has_nothing_to_differ_from() -> None:
    assert schema_changes(None, BEFORE) == ()


def test_a_new_column_breaks_nobody_and_a_missing_one_does() -> None:
    changes = schema_changes(BEFORE, (BEFORE[0], Column("price", "DOUBLE"), BEFORE[2]))
    assert [(change.kind, change.column, change.breaking) for change in changes] == [
        (ChangeKind.ADDED, "price", False),
        (ChangeKind.REMOVED, "amount", True),
    ]
    assert [str(change) for change in changes] == ["column 'price' was added", "column 'amount' was removed (breaking)"]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("INTEGER", "BIGINT"),
        ("BIGINT", "DOUBLE"),
        ("UINTEGER", "BIGINT"),
        ("DECIMAL(9,2)", "DECIMAL(18,4)"),
        ("INTEGER", "DECIMAL(18,2)"),
        ("DATE", "TIMESTAMP"),
        ("FLOAT", "DOUBLE"),
    ],
)
def test_a_wider_type_breaks_nobody_and_a_narrower_one_does(before: str, now: str) -> None:
    wider, narrower = retyped(before, now), retyped(now, before)
    assert wider is not None
    assert narrower is not None
    assert (wider.breaking, narrower.breaking) == (False, True)


@pytest.mark.parametrize(
    ("before", "now"), [("BIGINT", "VARCHAR"), ("VARCHAR", "BIGINT"), ("DATE", "DOUBLE"), ("UBIGINT", "BIGINT")]
)
def test_another_type_is_breaking(before: str, now: str) -> None:
    for how in ({}, {"inferred": True}):
        change = retyped(before, now, **how)
        assert change is not None
        assert change.breaking


def test_a_type_that_was_inferred_narrower_says_something_of_this_file_alone() -> None:
    change = retyped("DOUBLE", "BIGINT", inferred=True)
    assert change is not None
    assert not change.breaking


def test_a_column_without_values_shows_no_type() -> None:
    assert schema_changes(BEFORE, (*BEFORE[:2], Column("note", "BIGINT")), empty={"note"}) == ()


def test_another_order_breaks_who_reads_by_position() -> None:
    for by_position in (False, True):
        (change,) = schema_changes(BEFORE, BEFORE[::-1], by_position=by_position)
        assert (change.kind, change.breaking) == (ChangeKind.REORDERED, by_position)


def test_an_added_column_in_between_is_no_reordering() -> None:
    (change,) = schema_changes(BEFORE, (BEFORE[0], Column("x", "DATE"), *BEFORE[1:]))
    assert change.kind is ChangeKind.ADDED


def test_a_column_that_the_contract_requires_is_missed_once_and_every_time() -> None:
    specs = [ColumnSpec("amount", required=True), ColumnSpec("comment")]
    for before in (None, BEFORE, (BEFORE[0],)):
        (change,) = schema_changes(before, (BEFORE[0], BEFORE[2]) if before == BEFORE else (BEFORE[0],), specs)
        assert str(change) == "column 'amount', which the contract requires, is not there (breaking)"


def test_a_file_that_stores_another_type_has_changed_though_the_contract_reads_it_as_before() -> None:
    before, now = Column("x", "BIGINT", stored="INTEGER"), Column("x", "BIGINT", stored="VARCHAR")
    (change,) = schema_changes([before], [now])
    assert (str(change), change.breaking) == ("column 'x' was INTEGER and is VARCHAR (breaking)", True)
    (narrower,) = schema_changes([Column("x", "BIGINT", stored="DOUBLE")], [Column("x", "BIGINT")])
    assert str(narrower) == "column 'x' was DOUBLE and is BIGINT (breaking)"


def test_a_type_that_was_inferred_says_nothing_where_the_contract_has_one_that_holds_both() -> None:
    whole, broken = Column("x", "DOUBLE", stored="BIGINT"), Column("x", "DOUBLE")
    assert schema_changes([whole], [broken], inferred=True) == schema_changes([broken], [whole], inferred=True) == ()
    assert schema_changes([whole], [Column("x", "DOUBLE", stored="VARCHAR")], inferred=True)[0].breaking
