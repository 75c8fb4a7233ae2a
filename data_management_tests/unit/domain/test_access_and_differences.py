from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_management.domain.models import (
    ApiKey,
    AssetCounts,
    DataQualityScore,
    Permission,
    PresentedKey,
    Principal,
    Role,
    RuleTotals,
    ScoreDifference,
)
from data_management.domain.models.access import sha256_of
from data_management.domain.services import DataValidationService
from data_management_tests.examples import in_range, not_null, row_count

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "s" * 43
KEY = ApiKey("0" * 16, "k", Role.READER, sha256_of(SECRET), NOW, "user/ann", expires_at=NOW + timedelta(days=1))


def test_a_role_may_all_that_the_one_before_may_and_none_sees_samples() -> None:
    allowed = [{each for each in Permission if Principal("p", role).may(each)} for role in Role]
    assert allowed[0] < allowed[1] < allowed[2]
    assert not any(Permission.SAMPLES in each for each in allowed)
    assert Principal("p", Role.READER, samples=True).may(Permission.SAMPLES)


def test_a_key_opens_with_its_secret_while_it_is_in_force() -> None:
    assert KEY.opens(SECRET, NOW)
    assert not KEY.opens(SECRET[:-1] + "t", NOW)
    assert not KEY.opens(SECRET, NOW + timedelta(days=1))
    assert not replace(KEY, revoked_at=NOW).opens(SECRET, NOW)


@given(st.text())
def test_only_a_key_is_read_as_one(text: str) -> None:
    found = PresentedKey.parse(text)
    assert found is None or str(found) == text
    assert PresentedKey.parse(f"dmk_{'a' * 16}_{SECRET}") == PresentedKey("a" * 16, SECRET)
    assert PresentedKey.parse(f"dmk_{'a' * 16}_{SECRET}\n") is None


RULES = (not_null(), in_range(), row_count())
COUNTS = st.tuples(st.integers(0, 50), st.integers(1, 50))


@given(st.lists(COUNTS, min_size=6, max_size=6), st.sets(st.integers(0, 2)))
def test_what_rules_contribute_sums_to_the_difference(counts: list[tuple[int, int]], missing: set[int]) -> None:
    def score(drawn: list[tuple[int, int]], left_out: set[int]) -> DataQualityScore:
        totals = [
            RuleTotals(rule.name, bad + good, bad, passed=1)
            for number, (rule, (bad, good)) in enumerate(zip(RULES, drawn, strict=True))
            if number not in left_out
        ]
        return DataValidationService().assess_dataset(RULES, totals, AssetCounts(accepted=1)).score

    later, earlier = score(counts[:3], missing), score(counts[3:], set())
    difference = ScoreDifference.between(later, earlier)
    if later.value is None:
        assert difference == ScoreDifference(None)
    else:
        assert difference.value == later.value - earlier.value  # type: ignore[operator]
        assert sum(each.points for each in difference.contributions) == pytest.approx(difference.value, abs=1e-9)
        gains = [abs(each.points) for each in difference.contributions]
        assert gains == sorted(gains, reverse=True)
