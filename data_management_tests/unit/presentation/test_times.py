"""Moments of requests."""

import pytest
from pydantic import TypeAdapter, ValidationError

from data_management.presentation.api.times import Moment


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+10:00", "1767225600", "2026-01-31"])
def test_what_is_no_moment_in_utc_is_bad_input(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(text)


def test_a_moment_is_in_utc() -> None:
    adapter = TypeAdapter(Moment)
    assert adapter.validate_python("2026-01-31T06:00:00").isoformat() == "2026-01-31T06:00:00+00:00"
    assert adapter.validate_python("2026-01-31T06:00:00+02:00").isoformat() == "2026-01-31T04:00:00+00:00"
