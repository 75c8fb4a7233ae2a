"""The differences between our results and those of GX's pandas engine that are meant, each with its reason.

The test fails for any other. One that no longer occurs in a long run is stale, and the test says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from data_management_tests.integration.differential.compare import Comparison, Verdict
from data_management_tests.integration.differential.expectations import Case


@dataclass(frozen=True)
class Accepted:
    """`where`: the places in the result that may differ, when `applies`; none other may."""

    name: str
    reason: str
    applies: Callable[[Case, Comparison], bool]


ACCEPTED: tuple[Accepted, ...] = (
    Accepted(
        "we can",
        "GX's pandas engine raises where the question has an answer (no LIKE on pandas, a missing Decimal in a mean).",
        lambda _, comparison: comparison.verdict is Verdict.WE_CAN,
    ),
)


def accepted(case: Case, comparison: Comparison) -> Accepted | None:
    return next((difference for difference in ACCEPTED if difference.applies(case, comparison)), None)
