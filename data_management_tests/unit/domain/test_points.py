"""How a score is told: what people read never says more, or less, of a gate than the number does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_management.domain.models import Shortfall, gain_in_words, score_in_words


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0.0"),
        (0.004, "0.0"),
        (66.666666, "66.66"),
        (87.5, "87.5"),
        (93.75, "93.75"),
        (94.999, "94.99"),
        (1.15, "1.15"),  # 1.15 * 100 is below 115
        (99.9, "99.9"),
        (99.96, "99.96"),
        (99.9999, "99.9999"),
        (99.99990001, "99.9999"),
        (99.9999999999, "99.9999999999"),
        (100.0, "100.0"),
    ],
)
def test_a_score_is_told_to_two_places_rounded_down_and_further_where_it_is_all_but_perfect(
    value: float, told: str
) -> None:
    assert score_in_words(value) == told


@given(st.floats(0, 100))
def test_only_a_perfect_score_is_told_as_one(value: float) -> None:
    assert (float(score_in_words(value)) == 100.0) == (value == 100.0)
    assert 0 <= value - float(score_in_words(value)) <= 0.01


@given(st.floats(0, 100), st.integers(0, 10_000).map(lambda hundredths: hundredths / 100))
def test_a_gate_of_two_places_is_met_by_what_is_told_where_it_is_met_by_the_score(value: float, minimum: float) -> None:
    assert (float(score_in_words(value)) >= minimum) == (value >= minimum)


@pytest.mark.parametrize(
    ("gain", "told"), [(0.0, "+0.0"), (-4.1667, "-4.17"), (12.5, "+12.5"), (-0.01, "-0.01"), (-0.0001, "-0.0001")]
)
def test_a_gain_is_told_to_two_places_and_a_small_one_is_not_none(gain: float, told: str) -> None:
    assert gain_in_words(gain) == told


def test_what_is_a_hair_short_of_a_gate_is_told_so() -> None:
    assert str(Shortfall("score", 95.0, 94.98)) == "score is at least 94.98, 0.02 short of the 95 demanded"
    assert str(Shortfall("score", 99.999, 99.99)) == "score is at least 99.99, 0.009 short of the 99.999 demanded"
    assert str(Shortfall("validity", 90.0, 66.666666)) == "validity is at least 66.66, 23.34 short of the 90 demanded"
    assert str(Shortfall("validity", 90.0, None)) == "validity is not measured; 90 is demanded"
