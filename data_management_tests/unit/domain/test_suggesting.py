"""What the suggestion service makes of profiles, without an engine."""

from dataclasses import replace

import pytest

from data_management.domain.models import (
    Category,
    Check,
    Classification,
    ClassifiedBy,
    Column,
    ColumnProfile,
    Examination,
    QuantileSummary,
    Sensitivity,
    SuggestedRule,
    Suggestion,
    SuggestionKind,
    ValueCount,
)
from data_management.domain.services import RuleSuggestionService

SERVICE = RuleSuggestionService()


def profile(name: str = "c", count: int = 1000, nulls: int = 0, **figures: object) -> ColumnProfile:
    return replace(ColumnProfile(name=name, nulls=nulls, count=count, sampled=count + nulls), **figures)


def file(type_: str, *profiles: ColumnProfile, classifications: tuple[Classification, ...] = ()) -> Examination:
    return Examination(
        columns=tuple(Column(each.name, type_) for each in profiles),
        row_count=(profiles[0].count or 0) + profiles[0].nulls,
        checks=(),
        profile=profiles,
        classifications=classifications,
    )


def rule(suggestion: Suggestion, kind: SuggestionKind) -> SuggestedRule | None:
    return next((each for each in suggestion.rules if each.kind is kind), None)


def texts(counts: dict[str, int], **figures: object) -> ColumnProfile:
    values = tuple(ValueCount(value, count) for value, count in counts.items())
    return profile(count=sum(counts.values()), distinct=len(counts), top_values=values, **figures)


def numbers(low: float, high: float, *points: float, count: int = 1000, distinct: int = 200) -> ColumnProfile:
    return profile(
        count=count, minimum=low, maximum=high, distinct=distinct, quantiles=(QuantileSummary(count, points),)
    )


class TestRequired:
    def test_forty_filled_rows_are_weaker_than_four_million(self) -> None:
        few = SERVICE.suggest([file("VARCHAR", profile(count=40))])
        many = SERVICE.suggest([file("VARCHAR", profile(count=4_000_000))])
        one, other = rule(few, SuggestionKind.REQUIRED), rule(many, SuggestionKind.REQUIRED)
        assert one
        assert other
        assert one.confidence == pytest.approx(0.912, abs=0.001)
        assert not few.is_active(one)
        assert other.confidence > 0.999_999
        assert many.is_active(other)

    def test_one_missing_value_of_a_million_keeps_it_a_comment(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", profile(count=999_999, nulls=1))])
        found = rule(suggestion, SuggestionKind.REQUIRED)
        assert found
        assert found.confidence > 0.999
        assert not suggestion.is_active(found)

    def test_a_column_of_some_files_is_not_required(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", profile()), file("VARCHAR", profile("other"))])
        assert not suggestion.rules_of("c")


class TestUnique:
    def test_an_id_is(self) -> None:
        suggestion = SERVICE.suggest([file("BIGINT", profile("order_id", distinct=1000, minimum=1, maximum=1000))])
        assert suggestion.has("order_id", SuggestionKind.UNIQUE)

    def test_measurements_are_different_by_chance(self) -> None:
        assert rule(SERVICE.suggest([file("DOUBLE", profile(distinct=1000))]), SuggestionKind.UNIQUE) is None

    def test_numbers_that_may_differ_by_accident_are_left_to_a_person(self) -> None:
        suggestion = SERVICE.suggest([file("BIGINT", profile(distinct=1000, minimum=0, maximum=1_000_000))])
        found = rule(suggestion, SuggestionKind.UNIQUE)
        assert found
        assert not suggestion.is_active(found)

    def test_an_estimate_has_to_be_counted_first(self) -> None:
        estimated = profile("order_id", count=100_000, distinct=99_000, distinct_error=0.03, minimum=1, maximum=100_000)
        suggestion = SERVICE.suggest([file("BIGINT", estimated)])
        found = rule(suggestion, SuggestionKind.UNIQUE)
        assert found
        assert not suggestion.is_active(found)
        check = Check.of(found.rule, success=True, evaluated=100_000, unexpected=0)
        measured = SERVICE.measured(suggestion, [Examination(columns=(), row_count=100_000, checks=(check,))])
        counted = rule(measured, SuggestionKind.UNIQUE)
        assert counted
        assert measured.is_active(counted)


class TestAllowedValues:
    def test_few_values_that_every_file_repeats(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", texts({"a": 500, "b": 400})) for _ in range(3)])
        found = rule(suggestion, SuggestionKind.ALLOWED_VALUES)
        assert found
        assert suggestion.is_active(found)
        assert found.rule.expectations[0].kwargs["value_set"] == ["a", "b"]

    def test_a_value_seen_once_tells_of_others_unseen(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", texts({"a": 500, "b": 499, "c": 1}))])
        assert rule(suggestion, SuggestionKind.ALLOWED_VALUES) is None

    def test_a_value_that_one_file_alone_has_speaks_against_a_list(self) -> None:
        files = [file("VARCHAR", texts({"a": 500, "b": 499})), file("VARCHAR", texts({"a": 500, "c": 499}))]
        assert rule(SERVICE.suggest(files), SuggestionKind.ALLOWED_VALUES) is None

    def test_values_that_are_not_all_known_make_none(self) -> None:
        partly = replace(texts({"a": 500, "b": 499}), count=2000)
        assert rule(SERVICE.suggest([file("VARCHAR", partly)]), SuggestionKind.ALLOWED_VALUES) is None

    def test_a_constant_is_as_sure_as_its_files_are_many(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", texts({"a": 900})) for _ in range(5)])
        found = rule(suggestion, SuggestionKind.ALLOWED_VALUES)
        assert found
        assert found.confidence == pytest.approx(0.566, abs=0.001)


class TestRange:
    UNIFORM = (1.0, 6.0, 11.0, 26.0, 50.0, 75.0, 90.0, 95.0, 100.0)

    def test_a_margin_lies_beyond_what_was_seen_and_zero_stays(self) -> None:
        found = rule(SERVICE.suggest([file("DOUBLE", numbers(1.0, 100.0, *self.UNIFORM))]), SuggestionKind.RANGE)
        assert found
        kwargs = found.rule.expectations[0].kwargs
        assert kwargs["min_value"] == 0.0
        assert 130 < kwargs["max_value"] < 200

    def test_a_heavy_tail_has_no_bound(self) -> None:
        heavy = (1.0, 1.05, 1.1, 1.2, 1.7, 2.9, 5.8, 9.8, 4000.0)
        found = rule(SERVICE.suggest([file("DOUBLE", numbers(1.0, 4000.0, *heavy))]), SuggestionKind.RANGE)
        assert found is None or "max_value" not in found.rule.expectations[0].kwargs

    def test_keys_have_none(self) -> None:
        named = replace(numbers(1, 100, *self.UNIFORM), name="shop_id")
        assert rule(SERVICE.suggest([file("BIGINT", named)]), SuggestionKind.RANGE) is None

    def test_moments_have_no_upper_bound(self) -> None:
        days = profile(minimum="2024-01-01", maximum="2024-03-01", distinct=60)
        found = rule(SERVICE.suggest([file("DATE", days)]), SuggestionKind.RANGE)
        assert found
        assert {key: value for key, value in found.rule.expectations[0].kwargs.items() if key != "column"} == {
            "min_value": "2022-01-01"
        }

    def test_a_level_that_moves_from_file_to_file_has_none(self) -> None:
        files = [
            file("DOUBLE", numbers(1.0 + move, 100.0 + move, *(point + move for point in self.UNIFORM)))
            for move in (0, 1000, 2000)
        ]
        assert rule(SERVICE.suggest(files), SuggestionKind.RANGE) is None


class TestPattern:
    @pytest.mark.parametrize(
        ("shapes", "regex"),
        [
            (["A9-99"], "^[A-Z][0-9]-[0-9]{2}$"),
            (["AAA"], "^[A-Z]{3}$"),
            (["A.9", "A.99"], r"^[A-Z]\.[0-9]+$"),
            (["a-9999"], "^[a-z]+-[0-9]{4}$"),
        ],
    )
    def test_one_shape_is_a_regular_expression(self, shapes: list[str], regex: str) -> None:
        shaped = profile(distinct=500, patterns=tuple(ValueCount(shape, 500) for shape in shapes))
        found = rule(SERVICE.suggest([file("VARCHAR", shaped)]), SuggestionKind.PATTERN)
        assert found
        assert found.rule.expectations[0].kwargs["regex"] == regex

    @pytest.mark.parametrize("shape", ["Aa", "Aa Aa", "a", "?9", "AAAAAAAAA", "9 a 9"])
    def test_words_and_names_have_none(self, shape: str) -> None:
        shaped = profile(distinct=500, patterns=(ValueCount(shape, 1000),))
        assert rule(SERVICE.suggest([file("VARCHAR", shaped)]), SuggestionKind.PATTERN) is None


class TestPrivacy:
    PRIVATE = Classification("c", Category.EMAIL, Sensitivity.CONFIDENTIAL, 0.6, "…", ClassifiedBy.VALUES)

    def test_no_rule_tells_a_value_of_a_column_that_any_file_shows_to_be_private(self) -> None:
        told = texts({"a": 500, "b": 400}, shortest=1, longest=1)
        files = [file("VARCHAR", told), file("VARCHAR", told, classifications=(self.PRIVATE,))]
        suggestion = SERVICE.suggest(files)
        assert {each.kind for each in suggestion.rules_of("c")} == {SuggestionKind.TYPE, SuggestionKind.REQUIRED}
        assert suggestion.classification_of(suggestion.columns[0]) is None
        assert suggestion.columns[0].classification == self.PRIVATE

    def test_what_only_the_second_reading_shows_to_be_private_is_dropped_then(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", texts({"a": 500, "b": 400}))])
        checks = tuple(Check.of(each.rule, success=True, evaluated=900, unexpected=0) for each in suggestion.rules)
        seen = replace(file("VARCHAR", profile(), classifications=(self.PRIVATE,)), checks=checks)
        assert rule(SERVICE.measured(suggestion, [seen]), SuggestionKind.ALLOWED_VALUES) is None


class TestMeasured:
    def test_an_exception_makes_it_a_comment_with_the_share_that_was_counted(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", texts({"a": 500, "b": 500}))])
        checks = tuple(Check.of(each.rule, success=False, evaluated=1000, unexpected=10) for each in suggestion.rules)
        measured = SERVICE.measured(suggestion, [Examination(columns=(), row_count=1000, checks=checks)])
        found = rule(measured, SuggestionKind.ALLOWED_VALUES)
        assert found
        assert not measured.is_active(found)
        assert found.confidence == pytest.approx(0.982, abs=0.001)
        assert found.reason == "990 of 1,000 rows of 1 file keep it"
        assert rule(measured, SuggestionKind.TYPE) is None

    def test_what_cannot_be_evaluated_is_dropped(self) -> None:
        suggestion = SERVICE.suggest([file("VARCHAR", texts({"a": 500, "b": 500}))])
        checks = tuple(Check.failed_to_run(each.rule, "no") for each in suggestion.rules)
        assert SERVICE.measured(suggestion, [Examination(columns=(), row_count=1, checks=checks)]).rules == ()


def test_row_counts_need_several_files() -> None:
    files = [file("VARCHAR", profile(count=count)) for count in (900, 1000, 1100, 1000)]
    assert rule(SERVICE.suggest(files[:1]), SuggestionKind.ROW_COUNT) is None
    found = rule(SERVICE.suggest(files), SuggestionKind.ROW_COUNT)
    assert found
    assert found.rule.threshold
    assert found.rule.threshold.bounds == (450, 2200)
    assert found.confidence == pytest.approx(0.51, abs=0.01)


def test_types_that_files_disagree_on_are_widened_and_noted() -> None:
    suggestion = SERVICE.suggest([file("BIGINT", profile()), file("DOUBLE", profile())])
    assert suggestion.columns[0].logical_type == "number"
    assert suggestion.columns[0].notes == ("its files differ in type: integer, number",)
