"""Pointblank with Polars: the file read into a frame and interrogated, without extracts of what failed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.quality.contenders.polars_frame import read
from benchmarks.quality.rules import Answer, Answers, Rule

_COUNTED = {"not_null", "unique", "in_set", "between", "regex", "length", "greater"}


def prepare(rules: tuple[Rule, ...], data_format: str) -> Callable[[Path], Answers]:
    import pointblank as pb  # noqa: F401  counted as import, not as validation

    def validate(path: Path) -> Answers:
        plan = plan_of(rules, read(path, data_format))
        checked = plan.interrogate(collect_extracts=False, collect_tbl_checked=False)
        return {rule.name: _answer(rule, step) for rule, step in _steps(rules, checked.validation_info)}

    return validate


def plan_of(rules: tuple[Rule, ...], frame: Any) -> Any:
    import pointblank as pb

    plan = pb.Validate(data=frame)
    for rule in rules:
        plan = _with_step(plan, rule)
    return plan


def _with_step(plan: Any, rule: Rule) -> Any:
    import pointblank as pb

    match rule.kind:
        case "not_null":
            return plan.col_vals_not_null(rule.column)
        case "unique":
            return plan.rows_distinct(columns_subset=list(rule.columns))
        case "in_set":
            return plan.col_vals_in_set(rule.column, set=[*rule.values, None])
        case "between":
            return plan.col_vals_between(rule.column, left=rule.low, right=rule.high, na_pass=True)
        case "regex":
            return plan.col_vals_regex(rule.column, pattern=rule.pattern, na_pass=True)
        case "length":
            return plan.col_vals_str_len(rule.column, min_val=rule.low, max_val=rule.high, na_pass=True)
        case "mean":
            return plan.col_avg_ge(rule.column, value=rule.low).col_avg_le(rule.column, value=rule.high)
        case "rows":
            return plan.row_count_match(count=rule.low)
        case "greater":
            left, right = rule.columns
            return plan.col_vals_gt(left, value=pb.col(right), na_pass=True)
        case _:
            raise ValueError(rule.kind)


def _steps(rules: tuple[Rule, ...], steps: list[Any]) -> list[tuple[Rule, list[Any]]]:
    """The steps in the order of the plan; a mean has two."""
    following = iter(steps)
    return [(rule, [next(following) for _ in range(2 if rule.kind == "mean" else 1)]) for rule in rules]


def _answer(rule: Rule, steps: list[Any]) -> Answer:
    if any(step.eval_error for step in steps):
        raise RuntimeError(f"Pointblank did not evaluate {rule.name}")
    return Answer(
        success=all(step.all_passed for step in steps), failed=steps[0].n_failed if rule.kind in _COUNTED else None
    )
