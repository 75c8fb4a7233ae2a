"""GX's pandas engine is the reference: for every type of expectation, our results on random tables are compared with its.

``DIFFERENTIAL_EXAMPLES=300`` makes the long run; ``benchmarks/differential.py`` prints what it found.
"""

import os

import pytest

from data_management_tests.integration.differential.differences import ACCEPTED
from data_management_tests.integration.differential.expectations import NAMES, RECIPES
from data_management_tests.integration.differential.tally import TALLIES, survey

_EXAMPLES = int(os.environ.get("DIFFERENTIAL_EXAMPLES", "20"))
_LONG = 200


def test_every_type_that_can_run_on_a_table_in_memory_is_compared() -> None:
    assert set(NAMES) == set(RECIPES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_same_as_the_pandas_engine(name: str) -> None:
    def check(wrong: str | None) -> None:
        assert wrong is None, wrong

    tally = survey(name, _EXAMPLES, check=check, shrink=True)

    assert tally.cases >= min(_EXAMPLES, 20)


@pytest.mark.skipif(_EXAMPLES < _LONG, reason="few cases do not show which differences still occur")
def test_every_listed_difference_occurs() -> None:
    if set(TALLIES) != set(NAMES):
        pytest.skip("not all types have run in this process")
    occurring = {name for tally in TALLIES.values() for name in tally.accepted}

    assert {difference.name for difference in ACCEPTED} == occurring
