import pytest

from data_management.domain.models import (
    AssetCounts,
    Check,
    Dimension,
    OnFail,
    Operator,
    QualityGate,
    RuleTotals,
    ScorePolicy,
    Severity,
    Threshold,
    Unit,
    Verdict,
)
from data_management.domain.services import DataValidationService
from data_management_tests.examples import aggregate_check, in_range, not_null, row_count, rows_check, text_rule

service = DataValidationService()


def test_a_row_level_rule_scores_its_share_of_good_rows_not_its_success() -> None:
    rule = in_range()
    tolerant = Check.of(rule, success=True, evaluated=200, unexpected=10)
    assert service.assess([rule], [tolerant], 200).score.value == pytest.approx(95.0)


def test_an_aggregate_rule_scores_all_or_nothing() -> None:
    rule = row_count()
    assert service.assess([rule], [aggregate_check(rule, success=True)], 5).score.value == 100.0
    assert service.assess([rule], [aggregate_check(rule, success=False)], 5).score.value == 0.0


def test_without_rules_there_is_no_score_and_the_verdict_is_pass() -> None:
    assessment = service.assess([], [], 10)
    assert (assessment.score.value, assessment.score.lower, assessment.score.upper) == (None, None, None)
    assert assessment.verdict is Verdict.PASS


def test_a_rule_that_found_nothing_to_evaluate_is_not_measured() -> None:
    rule = in_range()
    score = service.assess([rule], [rows_check(rule, 0, evaluated=0)], 10).score
    assert (score.value, score.coverage) == (None, 0.0)


def test_weights_follow_severity_and_dimensions_weigh_alike() -> None:
    critical, warning, other = not_null("a"), not_null("b", Severity.WARNING), in_range("c")
    checks = [rows_check(critical, 10), rows_check(warning, 50), rows_check(other, 0)]
    score = service.assess([critical, warning, other], checks, 100).score
    completeness = 100 * (5 * 0.9 + 2 * 0.5) / 7
    assert score.dimension_values()["completeness"] == pytest.approx(completeness)
    assert score.value == pytest.approx((completeness + 100) / 2)


def test_the_contract_may_weigh_dimensions_otherwise() -> None:
    first, second = not_null(), in_range()
    policy = ScorePolicy(dimension_weights=((Dimension.COMPLETENESS, 3.0),))
    score = service.assess([first, second], [rows_check(first, 100), rows_check(second, 0)], 100, policy).score
    assert score.value == pytest.approx(25.0)


def test_an_errored_rule_is_left_out_above_and_counts_nothing_below() -> None:
    good, errored = not_null("a"), not_null("b")
    score = service.assess([good, errored], [rows_check(good, 0), Check.failed_to_run(errored, "no column b")], 9).score
    assert (score.lower, score.value, score.upper, score.coverage) == (50.0, 100.0, 100.0, 0.5)


def test_a_rule_that_cannot_be_run_lowers_coverage_and_nothing_else() -> None:
    good, text = not_null(), text_rule()
    score = service.assess([good, text], [rows_check(good, 0)], 100).score
    assert (score.lower, score.value) == (100.0, 100.0)
    assert score.coverage == pytest.approx(5 / 6)


def test_a_rule_that_cannot_be_run_is_shown_and_neither_passes_nor_fails() -> None:
    assessment = service.assess([text_rule()], [], 100)
    (check,) = assessment.checks
    assert (check.success, check.errored, check.error) == (None, False, "not run: a text rule is for people")
    assert assessment.verdict is Verdict.PASS
    assert RuleTotals.of(check).is_empty


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [(Severity.CRITICAL, Verdict.FAIL), (Severity.WARNING, Verdict.WARN), (Severity.INFO, Verdict.WARN)],
)
def test_the_verdict_follows_the_severity_of_what_failed_or_errored(severity: Severity, verdict: Verdict) -> None:
    rule = not_null(severity=severity)
    assert service.assess([rule], [rows_check(rule, 1)], 100).verdict is verdict
    assert service.assess([rule], [Check.failed_to_run(rule, "boom")], 100).verdict is verdict


def test_the_reasons_name_the_rule_and_the_rows() -> None:
    rule = not_null()
    assert service.assess([rule], [rows_check(rule, 7)], 100).reasons == ("rule 'id.required' failed: 7 of 100 rows",)


def test_a_gate_looks_at_the_lower_bound() -> None:
    good, errored = not_null("a"), not_null("b", Severity.WARNING)
    checks = [rows_check(good, 0), Check.failed_to_run(errored, "no column b")]
    policy = ScorePolicy(gate=QualityGate(min_score=90))
    assessment = service.assess([good, errored], checks, 100, policy)
    assert assessment.score.value == 100.0
    assert assessment.verdict is Verdict.FAIL
    assert assessment.reasons[0].startswith("score is at least ")
    assert assessment.reasons[0].endswith(", below the contract's minimum 90")


def test_a_gate_on_a_dimension_that_was_not_measured_is_not_met() -> None:
    rule = not_null()
    policy = ScorePolicy(gate=QualityGate(min_dimensions=((Dimension.ACCURACY, 50.0),)))
    assert service.assess([rule], [rows_check(rule, 0)], 100, policy).verdict is Verdict.FAIL


def test_a_threshold_decides_on_the_count_or_its_share_of_all_rows() -> None:
    few = not_null(threshold=Threshold(Operator.MUST_BE_LESS_THAN, (5.0,), Unit.PERCENT))
    check = rows_check(few, 9, evaluated=200)
    assert service.assess([few], [check], 200).checks[0].success is True
    assert service.assess([few], [rows_check(few, 10, evaluated=200)], 200).checks[0].success is False


def test_a_threshold_that_wants_unexpected_rows_scores_all_or_nothing() -> None:
    exactly = not_null(threshold=Threshold(Operator.MUST_BE, (3.0,)))
    assert service.assess([exactly], [rows_check(exactly, 3)], 100).score.value == 100.0
    assert service.assess([exactly], [rows_check(exactly, 0)], 100).score.value == 0.0


def test_a_threshold_without_a_number_to_compare_is_an_error() -> None:
    rule = row_count(threshold=Threshold(Operator.MUST_BE, (3.0,)))
    check = service.assess([rule], [aggregate_check(rule, success=True)], 3).checks[0]
    assert check.errored
    assert "gave no number" in (check.error or "")


def test_two_scores_subtract_into_contributions_that_sum() -> None:
    first, second = not_null(), in_range()
    before = service.assess([first, second], [rows_check(first, 20), rows_check(second, 0)], 100).score
    after = service.assess([first, second], [rows_check(first, 5), rows_check(second, 30)], 100).score
    difference = after.difference(before)
    assert sum(difference.values()) == pytest.approx((after.value or 0) - (before.value or 0))
    assert difference["id.required"] == pytest.approx(7.5)


class TestDataset:
    rules = (not_null(), in_range())
    totals = (
        RuleTotals(rule="id.required", evaluated=1000, unexpected=0, passed=10),
        RuleTotals(rule="amount.range", evaluated=1000, unexpected=100, passed=9, failed=1),
    )

    def test_row_level_rules_sum_their_rows_over_the_accepted_files(self) -> None:
        assessment = service.assess_dataset(self.rules, self.totals, AssetCounts(accepted=10))
        assert assessment.score.value == pytest.approx(95.0)
        assert assessment.verdict is Verdict.WARN

    def test_bad_files_stand_beside_the_score_and_force_the_verdict(self) -> None:
        clean = (RuleTotals(rule="id.required", evaluated=1000, unexpected=0, passed=10),)
        alone = service.assess_dataset([not_null()], clean, AssetCounts(accepted=10))
        beside = service.assess_dataset([not_null()], clean, AssetCounts(accepted=10, quarantined=4, rejected=1))
        assert (alone.verdict, beside.verdict) == (Verdict.PASS, Verdict.WARN)
        assert beside.score.value == alone.score.value == 100.0
        assert beside.score.lower == pytest.approx(100 * 10 / 15)

    @pytest.mark.parametrize(
        ("policy", "counts", "verdict"),
        [
            (ScorePolicy(max_quarantined=2), AssetCounts(accepted=9, quarantined=1, rejected=1), Verdict.WARN),
            (ScorePolicy(max_quarantined=2), AssetCounts(accepted=9, quarantined=2, rejected=1), Verdict.FAIL),
            (ScorePolicy(on_fail=OnFail.BLOCK), AssetCounts(accepted=9, rejected=1), Verdict.FAIL),
            (ScorePolicy(), AssetCounts(accepted=0, rejected=1), Verdict.FAIL),
        ],
    )
    def test_the_contract_says_how_many_bad_files_a_dataset_bears(
        self, policy: ScorePolicy, counts: AssetCounts, verdict: Verdict
    ) -> None:
        clean = (RuleTotals(rule="id.required", evaluated=10, unexpected=0, passed=max(counts.accepted, 1)),)
        assert service.assess_dataset([not_null()], clean, counts, policy).verdict is verdict

    def test_an_aggregate_rule_scores_the_share_of_files_that_passed(self) -> None:
        totals = (RuleTotals(rule="enough_rows", passed=3, failed=1),)
        score = service.assess_dataset([row_count()], totals, AssetCounts(accepted=4)).score
        assert score.value == pytest.approx(75.0)
