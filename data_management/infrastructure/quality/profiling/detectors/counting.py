"""How many values of each column the detectors match. Values stay here; counts leave."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from data_management.domain.models import Detection
from data_management.domain.services import detectors_for
from data_management.infrastructure.quality.profiling.columns import ProfiledColumn
from data_management.infrastructure.quality.profiling.detectors import forms, numbers, phones
from data_management.infrastructure.quality.profiling.sampling import Sample

Detector = Callable[[Any], bool]

_MOST: Final = 300
"""Different values of a column that are tried: 300 of 300 speak for 98.7 % at least."""
_FIRST: Final = 40
"""A detector that matches none of so many is not asked again."""
_SECRETS: Final = 1_000
"""Different values that are searched for secrets, of which one is too many."""

_TEXT: Final[Mapping[str, Detector]] = {
    "email": forms.email,
    "high_entropy": forms.high_entropy,
    "password": forms.password,
    "person_name": forms.person_name,
    "address": forms.address,
    "ip_address": forms.ip_address,
    "version": forms.version,
    "mac_address": forms.mac_address,
    "coordinate": forms.coordinates,
    "iban": numbers.iban,
    "phone_international": phones.phone_international,
    "national_id:us_ssn_dashed": numbers.us_ssn_dashed,
    "national_id:gb_nino": numbers.gb_nino,
}
_DIGITS: Final[Mapping[str, Detector]] = {
    "credit_card": numbers.credit_card,
    "birth_date": forms.birth_date,
    "phone_national": phones.phone_national,
    "national_id:us_ssn": numbers.us_ssn,
    "national_id:document": numbers.document,
    "card_code": numbers.card_code,
}
"""Of texts and of integers."""


def detections_of(sample: Sample, columns: Sequence[ProfiledColumn]) -> tuple[Detection, ...]:
    """What the detectors say of the columns that have values."""
    return tuple(
        _detection(column, sample.values[column.name])
        for column in columns
        if column.name in sample.values and len(sample.values[column.name])
    )


def _detection(column: ProfiledColumn, values: npt.NDArray[Any]) -> Detection:
    several = _different(values, _SECRETS if column.is_text else _MOST)
    if column.is_integer or column.is_moment:
        several = [str(value) for value in several]
    tried = several[:: max(1, len(several) // _MOST)][:_MOST]
    asked = detectors_for(column.name)
    matches = {
        name: count for name, detector in _detectors(column) if name in asked and (count := _count(detector, tried))
    }
    if column.is_text and (secrets := sum(map(forms.secret, several))):
        matches["secret"] = min(secrets, len(tried))
    return Detection(column.name, len(tried), tuple(matches.items()))


def _detectors(column: ProfiledColumn) -> Iterator[tuple[str, Detector]]:
    if column.is_text:
        yield from _TEXT.items()
    if column.is_text or column.is_integer:
        yield from _DIGITS.items()
        if numbers.has_stdnum():
            for name in numbers.NATIONAL_IDS:
                yield f"national_id:{name}", numbers.national_id(name)
    elif column.is_moment:
        yield "birth_date", forms.birth_date
    elif column.is_number:
        yield "coordinate", forms.coordinate


def _count(detector: Detector, values: Sequence[Any]) -> int:
    first = sum(map(detector, values[:_FIRST]))
    return first + sum(map(detector, values[_FIRST:])) if first else 0


def _different(values: npt.NDArray[Any], most: int) -> list[Any]:
    """Up to `most` different values, from all over the sample."""
    step = max(1, len(values) // (4 * most))
    unique = list(dict.fromkeys(values[::step].tolist()))
    if values.dtype == np.object_:
        unique = [value.strip() for value in unique if value.strip()]
    return unique[:: max(1, len(unique) // most)][:most]
