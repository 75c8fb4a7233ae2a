"""The properties of the score that DESIGN promises, over checks that Hypothesis invents."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from data_management.domain.models import (
    AssetCounts,
    Check,
    Dimension,
    Expectation,
    Rule,
    RuleTotals,
    ScorePolicy,
    Severity,
    Verdict,
)
from data_management.domain.services import DataValidationService

service = DataValidationService()


@st.composite
def ruled_checks(draw: st.DrawFn) -> tuple[list[Rule], list[Check]]:
    rules, checks = [], []
    for number in range(draw(st.integers(1, 8))):
        rule = Rule(
            name=f"rule {number}",
            expectations=(Expectation("expect_column_values_to_not_be_null", {"column": "c"}),),
            dimension=draw(st.sampled_from(list(Dimension))),
            severity=draw(st.sampled_from(list(Severity))),
            weight=draw(st.none() | st.floats(0.01, 100)),
        )
        rules.append(rule)
        checks.append(draw(check_of(rule)))
    return rules, checks


@st.composite
def check_of(draw: st.DrawFn, rule: Rule) -> Check:
    match draw(st.sampled_from(["rows", "aggregate", "errored"])):
        case "rows":
            evaluated = draw(st.integers(0, 10_000))
            unexpected = draw(st.integers(0, evaluated))
            return Check.of(rule, success=unexpected == 0, evaluated=evaluated, unexpected=unexpected)
        case "aggregate":
            return Check.of(rule, success=draw(st.booleans()))
        case _:
            return Check.failed_to_run(rule, "boom")


@given(ruled_checks())
def test_every_figure_is_bounded_and_the_bounds_are_in_order(case: tuple[list[Rule], list[Check]]) -> None:
    score = service.assess(*case, 100).score
    assert 0 <= score.coverage <= 1
    if score.lower is not None:
        assert 0 <= score.lower <= 100
    if score.value is not None:
        assert score.lower is not None
        assert score.upper is not None
        assert score.lower <= score.value + 1e-9
        assert score.value <= score.upper <= 100


@given(ruled_checks(), st.data())
def test_one_more_bad_row_never_raises_a_score_or_improves_a_verdict(
    case: tuple[list[Rule], list[Check]], data: st.DataObject
) -> None:
    rules, checks = case
    rows = [number for number, check in enumerate(checks) if (check.evaluated or 0) > (check.unexpected or 0)]
    if not rows:
        return
    number = data.draw(st.sampled_from(rows))
    worse = list(checks)
    worse[number] = replace(checks[number], unexpected=(checks[number].unexpected or 0) + 1, success=False)
    before, after = service.assess(rules, checks, 100), service.assess(rules, worse, 100)
    assert (after.score.value or 0) <= (before.score.value or 0) + 1e-9
    assert (after.score.lower or 0) <= (before.score.lower or 0) + 1e-9
    assert after.verdict.rank >= before.verdict.rank


@given(ruled_checks(), st.data())
def test_an_error_in_the_place_of_an_outcome_never_raises_the_lower_bound_or_the_verdict(
    case: tuple[list[Rule], list[Check]], data: st.DataObject
) -> None:
    rules, checks = case
    number = data.draw(st.sampled_from(range(len(checks))))
    if checks[number].evaluated == 0:
        return  # nothing was measured there; an error is news
    worse = list(checks)
    worse[number] = Check.failed_to_run(rules[number], "boom")
    before, after = service.assess(rules, checks, 100), service.assess(rules, worse, 100)
    assert after.score.lower is not None
    assert after.score.lower <= (before.score.lower or 0) + 1e-9
    assert after.verdict.rank >= before.verdict.rank


@given(ruled_checks(), st.randoms())
def test_the_order_of_rules_and_checks_does_not_matter(case: tuple[list[Rule], list[Check]], random: object) -> None:
    rules, checks = case
    pairs = list(zip(rules, checks, strict=True))
    random.shuffle(pairs)  # type: ignore[attr-defined]
    shuffled = [rule for rule, _ in pairs], [check for _, check in pairs]
    one, other = service.assess(rules, checks, 100), service.assess(*shuffled, 100)
    assert one.verdict is other.verdict
    assert abs((one.score.value or 0) - (other.score.value or 0)) < 1e-9
    assert abs((one.score.lower or 0) - (other.score.lower or 0)) < 1e-9


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=20))
def test_a_dataset_of_files_scores_as_the_merged_file_would(files: list[tuple[int, int]]) -> None:
    rule = Rule("r", (Expectation("expect_column_values_to_not_be_null", {"column": "c"}),), Dimension.COMPLETENESS)
    checks = [Check.of(rule, success=bad == 0, evaluated=bad + good, unexpected=bad) for bad, good in files]
    totals = RuleTotals(rule="r")
    for check in checks:
        totals = totals.plus(RuleTotals.of(check))
    evaluated, unexpected = sum(b + g for b, g in files), sum(b for b, _ in files)
    merged = Check.of(rule, success=unexpected == 0, evaluated=evaluated, unexpected=unexpected)
    dataset = service.assess_dataset([rule], [totals], AssetCounts(accepted=len(files)))
    assert dataset.score.value == service.assess([rule], [merged], evaluated).score.value


@given(ruled_checks())
def test_doubling_every_row_leaves_row_level_scores_as_they_are(case: tuple[list[Rule], list[Check]]) -> None:
    rules, checks = case
    doubled = [
        (
            replace(check, evaluated=2 * check.evaluated, unexpected=2 * (check.unexpected or 0))
            if check.evaluated is not None
            else check
        )
        for check in checks
    ]
    assert service.assess(rules, checks, 100).score == service.assess(rules, doubled, 200).score


@given(ruled_checks())
def test_losses_sum_to_what_is_missing(case: tuple[list[Rule], list[Check]]) -> None:
    score = service.assess(*case, 100).score
    if score.value is not None:
        assert abs(sum(score.losses().values()) - (100.0 - score.value)) < 1e-6
        assert all(points > 0 for points in score.losses().values())


@given(ruled_checks())
def test_contributions_sum_to_the_score(case: tuple[list[Rule], list[Check]]) -> None:
    score = service.assess(*case, 100).score
    assert abs(sum(score.contributions().values()) - (score.value or 0)) < 1e-6


@given(ruled_checks(), st.integers(1, 50), st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_a_bad_file_beside_never_improves_score_or_verdict(
    case: tuple[list[Rule], list[Check]], accepted: int, quarantined: int, rejected: int, one_more_rejected: bool
) -> None:
    rules, checks = case
    totals = [RuleTotals.of(check) for check in checks]
    policy = ScorePolicy(max_quarantined=20)
    before = AssetCounts(accepted=accepted, quarantined=quarantined, rejected=rejected)
    after = replace(
        before,
        quarantined=quarantined + (0 if one_more_rejected else 1),
        rejected=rejected + (1 if one_more_rejected else 0),
    )
    one = service.assess_dataset(rules, totals, before, policy)
    other = service.assess_dataset(rules, totals, after, policy)
    assert other.score.value == one.score.value
    assert (other.score.lower or 0) <= (one.score.lower or 0) + 1e-9
    assert other.verdict.rank >= one.verdict.rank
    assert other.verdict is not Verdict.PASS


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=10), st.data())
def test_what_is_added_to_totals_can_be_taken_out_again(files: list[tuple[int, int]], data: st.DataObject) -> None:
    rule = Rule("r", (Expectation("expect_column_values_to_not_be_null", {"column": "c"}),), Dimension.COMPLETENESS)
    parts = [
        RuleTotals.of(Check.of(rule, success=bad == 0, evaluated=bad + good, unexpected=bad)) for bad, good in files
    ]
    gone = data.draw(st.sampled_from(parts))
    total = RuleTotals(rule="r", evaluated=0, unexpected=0)
    for part in parts:
        total = total.plus(part)
    rest = RuleTotals(rule="r", evaluated=0, unexpected=0)
    parts.remove(gone)
    for part in parts:
        rest = rest.plus(part)
    assert total.plus(gone, sign=-1) == rest
