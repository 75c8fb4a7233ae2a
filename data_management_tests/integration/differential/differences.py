"""The differences between our results and those of GX's pandas engine that are meant, each with its reason.

The test fails for any other. One that no longer occurs in a long run is stale, and the test says so.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from great_expectations import expectations as gxe

from data_management_tests.integration.differential.compare import Comparison, Verdict, same, same_multiset
from data_management_tests.integration.differential.expectations import Case
from data_management_tests.integration.differential.reference import error_of, reference
from data_management_tests.integration.differential.tables import KINDS

_LARGEST = 2**63 - 1
_EXACT = 2**53
_FLOAT32 = 1e-5


@dataclass(frozen=True)
class Accepted:
    """A difference that is meant; `applies` to as few cases as can be."""

    name: str
    reason: str
    applies: Callable[[Case, Comparison], bool]


def accepted(case: Case, comparison: Comparison) -> Accepted | None:
    return next((difference for difference in ACCEPTED if difference.applies(case, comparison)), None)


def _raises(*parts: str, kinds: tuple[str, ...] = ()) -> Callable[[Case, Comparison], bool]:
    """GX raises with one of these in its message, where columns of these kinds take part; and we have an answer."""

    def applies(case: Case, comparison: Comparison) -> bool:
        if comparison.verdict is not Verdict.WE_CAN or (kinds and not set(kinds) & set(case.kinds)):
            return False
        message = str(comparison.differences[0].theirs)
        return any(part in message for part in parts)

    return applies


def _has_no_values(case: Case, comparison: Comparison) -> bool:
    """In one of the columns that are looked at, among the rows that the condition leaves."""
    if comparison.verdict is not Verdict.WE_CAN:
        return False
    return any(_filled(case, name) == 0 for name in case.frame.columns[: len(case.kinds)])


def _filled(case: Case, name: str) -> float | None:
    """The share of values that are not missing, as GX counts it; None if it cannot."""
    share = gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(
        column=name, row_condition=case.kwargs.get("row_condition")
    )
    result = reference(case.frame, share)
    return None if error_of(result) else float(result["result"]["observed_value"])


def _is(case: Case, *parts: str) -> bool:
    return any(part in case.expectation.expectation_type for part in parts)


def _differs(comparison: Comparison, *places: str) -> bool:
    return comparison.verdict is Verdict.DIFFERS and set(comparison.where) <= set(places)


def _at(comparison: Comparison, place: str) -> tuple[Any, Any] | None:
    return next(((found.theirs, found.ours) for found in comparison.differences if found.where == place), None)


def _overflows(case: Case, comparison: Comparison) -> bool:
    observed = _at(comparison, "observed_value")
    if observed is None or not _is(case, "column_sum_") or not _differs(comparison, "observed_value", "success"):
        return False
    theirs, ours = observed
    return isinstance(ours, int) and abs(ours) > _LARGEST and (int(theirs) - ours) % 2**64 == 0


def _float32(case: Case, comparison: Comparison) -> bool:
    if "float32" not in case.kinds or not _differs(comparison, "observed_value"):
        return False
    observed = _at(comparison, "observed_value")
    return observed is not None and math.isclose(*observed, rel_tol=_FLOAT32)


def _zone_dropped(case: Case, comparison: Comparison) -> bool:
    if not any(KINDS[kind].zone for kind in case.kinds) or not _differs(
        comparison, "observed_value", "partial_unexpected_list"
    ):
        return False
    return all(same_multiset(_naive(found.theirs), _naive(found.ours)) for found in comparison.differences)


def _naive(value: Any) -> Any:
    """With moments in UTC, without saying so."""
    if isinstance(value, list | tuple):
        return [_naive(item) for item in value]
    if not isinstance(value, str) or "-" not in value:
        return value
    moment = pd.Timestamp(value)
    return moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)


def _moments_found(case: Case, comparison: Comparison) -> bool:
    if not _is(case, "most_common") or not case.kinds[0].startswith("datetime"):
        return False
    observed = _at(comparison, "observed_value")
    same_observed = observed is None or same(_naive(list(observed[0])), _naive(list(observed[1])))
    return (
        _differs(comparison, "success", "observed_value")
        and _at(comparison, "success") == (False, True)
        and same_observed
    )


def _exact_bounds(case: Case, comparison: Comparison) -> bool:
    return (
        _is(case, "_max_", "_min_", "values_to_be_between")
        and case.scale > _EXACT
        and "int" in f"{case.kinds}{case.frame.dtypes.iloc[0]}"
    )


def _in_order(case: Case, comparison: Comparison) -> bool:
    return _is(case, "_increasing", "_decreasing") and comparison.verdict is Verdict.DIFFERS


def _infinities(case: Case) -> bool:
    return bool(case.kwargs.get("strictly")) and case.frame.iloc[:, 0].isin([math.inf, -math.inf]).sum() > 1


def _several_missing(case: Case, comparison: Comparison) -> bool:
    """In one of the rows at least two columns miss values, each in its dtype's own way."""
    if not _is(case, "within_record") or len({str(case.frame.dtypes.iloc[at]) for at in range(len(case.kinds))}) == 1:
        return False
    looked_at = case.frame.iloc[:, : len(case.kinds)]
    return bool((looked_at.isna().sum(axis=1) > 1).any())


def _condition(case: Case) -> bool:
    return case.kwargs.get("row_condition") is not None


def _has_zone(case: Case) -> bool:
    return any(KINDS[kind].zone for kind in case.kinds)


ACCEPTED: tuple[Accepted, ...] = (
    Accepted(
        "a condition on pairs in a set",
        "GX's pandas engine forgets the row condition for the pairs, not for the rows: counts below zero, or an error.",
        lambda case, comparison: _is(case, "pair_values_to_be_in_set") and _condition(case),
    ),
    Accepted(
        "LIKE",
        "GX has no LIKE on pandas; it errs for every table.",
        _raises("like_pattern"),
    ),
    Accepted(
        "pandas.NA",
        "GX asks pandas' NA for its truth, and errs where a nullable column misses a value.",
        _raises("boolean value of NA", "NAType", "statistic <NA>"),
    ),
    Accepted(
        "Decimals with gaps, or against floats",
        "GX turns Decimals to floats one by one, None among them, and multiplies Decimals with floats. Here they are numbers.",
        _raises("'NoneType'", "Decimal", "Z-score", kinds=("decimal", "mixed")),
    ),
    Accepted(
        "Decimals under a condition",
        "GX puts the floats back by position, into a table from which the condition has taken rows: a wrong mean.",
        lambda case, comparison: "decimal" in case.kinds
        and _is(case, "_mean_", "_sum_", "_stdev_", "z_scores")
        and _condition(case)
        and comparison.verdict in (Verdict.DIFFERS, Verdict.WE_CAN),
    ),
    Accepted(
        "outliers among booleans",
        "NumPy does not subtract booleans; as 0 and 1 they have quartiles.",
        _raises("boolean subtract"),
    ),
    Accepted(
        "dates against moments",
        "pandas refuses to compare a date with a moment, and GX makes a date of the text 2020-01-01: here it is midnight.",
        _raises("with datetime.date", "to datetime.date", "and date", "datetime.date object", "'datetime.date'"),
    ),
    Accepted(
        "no values",
        "pandas refuses by dtype, even where no row is left to be judged.",
        _has_no_values,
    ),
    Accepted(
        "sums beyond 64 bits",
        "NumPy's sum of 64-bit integers wraps around.",
        _overflows,
    ),
    Accepted(
        "bounds beyond 2⁵³",
        "NumPy compares 64-bit integers with a bound as floats; here the comparison is exact.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS and _exact_bounds(case, comparison),
    ),
    Accepted(
        "wide and unsigned integers in order",
        "NumPy's difference of 64-bit and of unsigned integers wraps around: GX finds 0, 5, 0 increasing.",
        lambda case, comparison: _in_order(case, comparison)
        and case.kinds[0] in ("unsigned", "wide_int", "nullable_wide_int"),
    ),
    Accepted(
        "booleans in order",
        "NumPy's difference of booleans says only whether they differ: GX finds true, false increasing.",
        lambda case, comparison: _in_order(case, comparison) and case.kinds[0] in ("bool", "nullable_bool"),
    ),
    Accepted(
        "infinities in order",
        "∞ - ∞ is no number, which GX lets pass: strictly, ∞ does not follow ∞.",
        lambda case, comparison: _in_order(case, comparison) and _infinities(case),
    ),
    Accepted(
        "32-bit floats",
        "pandas computes their mean and deviation in 32 bits; here in 64.",
        _float32,
    ),
    Accepted(
        "zones in lists",
        "GX writes moments of pairs and modes in UTC without saying so; here the zone is said.",
        _zone_dropped,
    ),
    Accepted(
        "modes that are moments",
        "NumPy's moments in nanoseconds, or of columns with a zone, equal no value that can be given in a set.",
        _moments_found,
    ),
    Accepted(
        "naive values against a zone",
        "pandas finds no naive moment in a column with a zone; here it is taken as UTC.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "pair_values_to_be_in_set", "distinct_values", "values_to_be_in_set")
        and _has_zone(case),
    ),
    Accepted(
        "texts in a set of moments",
        "GX parses the texts of some sets and not of others; here an ISO text is the moment that it says.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "values_to_be_in_set", "most_common")
        and (case.kinds[0].startswith("datetime") or (case.kinds[0] in ("date", "mixed") and _is(case, "most_common"))),
    ),
    Accepted(
        "texts that are no moments",
        "GX errs where one text of a set is no moment; here it equals none.",
        _raises("Unknown string format"),
    ),
    Accepted(
        "naive bounds against a zone",
        "pandas refuses to compare them; here they are taken as UTC.",
        _raises("offset-naive", "tz-naive"),
    ),
    Accepted(
        "NA in a condition",
        "Of a nullable column pandas drops the missing rows of `!=` and `not`, of any other it keeps them; here they are kept.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and any(kind.startswith("nullable") for kind in case.kinds)
        and any(word in str(case.kwargs.get("row_condition")) for word in ("!=", "not", "NOT_", "~")),
    ),
    Accepted(
        "sets of integers beyond 2⁵³",
        "A float in a set equals more integers here than in pandas, which compares by hash.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "in_set", "contain_set", "equal_set")
        and case.scale > _EXACT,
    ),
    Accepted(
        "row sums of wide integers",
        "NumPy's sum of a row wraps around, and is compared with the total as a float; here both are exact.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "multicolumn_sum")
        and case.scale > _EXACT,
    ),
    Accepted(
        "row sums of Decimals",
        "Python's Decimals equal no float but the one that they are exactly; here a total of 0.1 is the decimal 0.1.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "multicolumn_sum")
        and "decimal" in case.kinds,
    ),
    Accepted(
        "dates beside moments in a row",
        "To Python a date equals no moment; here it is midnight.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "within_record")
        and "date" in case.kinds
        and any(kind.startswith("datetime") for kind in case.kinds),
    ),
    Accepted(
        "pairs of wide integers",
        "pandas makes floats of a row that mixes integer types, and loses digits beyond 2⁵³.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and _is(case, "pair_values_to_be_in_set")
        and case.scale > _EXACT,
    ),
    Accepted(
        "the sum of one boolean object",
        "Python's sum of one True is True in an object column; here it is 1.",
        lambda case, comparison: _is(case, "column_sum_")
        and "object_bool" in case.kinds
        and _differs(comparison, "observed_value"),
    ),
    Accepted(
        "the sum of no texts",
        "pandas' sum of a text column without values is the empty text; here it is 0.",
        lambda case, comparison: _is(case, "column_sum_")
        and _differs(comparison, "observed_value")
        and _at(comparison, "observed_value") == ("", 0),
    ),
    Accepted(
        "texts against moments in a condition",
        "pandas' query finds no moment unequal to a text; here an ISO text is the moment that it says.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS
        and case.kinds[0].startswith("datetime")
        and "2020-01-01'" in str(case.kwargs.get("row_condition")),
    ),
    Accepted(
        "kinds of missing",
        "pandas counts NaN and NaT in one row as two values, None and NaN as one; here a missing value is a missing value.",
        lambda case, comparison: comparison.verdict is Verdict.DIFFERS and _several_missing(case, comparison),
    ),
)
