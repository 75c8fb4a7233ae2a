"""What `slaProperties` promise of time: how often data comes, how late, and by when."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import open_data_contract_standard.model as odcs

from data_management.domain.models import ServiceLevels
from data_management.infrastructure.contracts.custom_properties import number
from data_management.infrastructure.contracts.problems import Place, quoted

_FREQUENCY: Final = "frequency"
_LATENCY: Final = "latency"
_AVAILABLE: Final = "timeofavailability"
_NAMES: Final = {"frequency": _FREQUENCY, "fy": _FREQUENCY, "latency": _LATENCY, "ly": _LATENCY, _AVAILABLE: _AVAILABLE}
"""In lower case, with the standard's abbreviations; others (retention, price …) are of no matter here."""

_SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "wk", "week", "weeks"), 7 * 86400.0),
    **dict.fromkeys(("mo", "month", "months"), 31 * 86400.0),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), 366 * 86400.0),
}
"""A month and a year are the longest there are, so that none is late before its time."""
_UNITS: Final = ("s", "min", "h", "d", "w", "month", "y")

_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?\s*(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?", re.ASCII)
_CRON: Final = re.compile(r"[0-9A-Za-z*,/#?-]{1,100}( +[0-9A-Za-z*,/#?-]{1,100}){4}", re.ASCII)


def service_levels_of(place: Place, contract: odcs.OpenDataContractStandard, dataset: str) -> ServiceLevels:
    """Those of one schema object: what names no element is of all of them; the first that says something decides."""
    seconds: dict[str, float] = {}
    deadline: str | None = None
    for at, stated in _of_object(place, contract, dataset):
        name = _NAMES.get((stated.property or "").strip().lower(), "")
        if name == _AVAILABLE:
            deadline = deadline or _daily(at.at("value"), stated.value)
        elif name and name not in seconds:
            length = _length(at, stated)
            if length is not None:
                seconds[name] = length
            deadline = deadline or _schedule(at, stated)
    return ServiceLevels(seconds.get(_FREQUENCY), seconds.get(_LATENCY), deadline)


def _of_object(
    place: Place, contract: odcs.OpenDataContractStandard, dataset: str
) -> Iterator[tuple[Place, odcs.ServiceLevelAgreementProperty]]:
    for index, stated in enumerate(contract.slaProperties or ()):
        elements = _elements(stated.element or contract.slaDefaultElement)
        if not elements or any(each == dataset or each.startswith(f"{dataset}.") for each in elements):
            yield place.at("slaProperties", index), stated


def _elements(stated: str | None) -> Sequence[str]:
    return [element.strip() for element in (stated or "").split(",") if element.strip()]


def _length(place: Place, stated: odcs.ServiceLevelAgreementProperty) -> float | None:
    value = number(stated.value)
    if value is None or value <= 0:
        place.at("value").wrong(
            f"the {stated.property} {quoted(stated.value)} is no length of time", "write a number above 0, and its unit"
        )
        return None
    unit = (stated.unit or "d").strip().lower()
    if unit not in _SECONDS:
        place.at("unit").wrong(
            f"the unit {quoted(stated.unit)} of {stated.property} is not known", f"use one of {', '.join(_UNITS)}"
        )
        return None
    return value * _SECONDS[unit]


def _daily(place: Place, value: object) -> str | None:
    """A cron expression in UTC for a time of day, which may have an offset: ``09:00-08:00``."""
    found = _TIME.fullmatch(str(value).strip())
    if found is None:
        place.wrong(f"{quoted(value)} is no time of day", 'write it as "09:00" (UTC) or "09:00-08:00"')
        return None
    minutes = int(found[1]) * 60 + int(found[2])
    offset = found[3] or "Z"
    if offset != "Z":
        digits = offset[1:].replace(":", "")
        ahead = int(digits[:2]) * 60 + int(digits[2:])
        minutes -= ahead if offset[0] == "+" else -ahead
    hour, minute = divmod(minutes % (24 * 60), 60)
    return f"{minute} {hour} * * *"


def _schedule(place: Place, stated: odcs.ServiceLevelAgreementProperty) -> str | None:
    """When it is looked at, so that data must be there; other schedulers than cron speak languages of their own."""
    if (stated.scheduler or "").strip().lower() != "cron" or not stated.schedule:
        return None
    cron = stated.schedule.strip()
    if not _CRON.fullmatch(cron):
        place.at("schedule").wrong(
            f"{quoted(stated.schedule)} is no cron expression", "write its five fields, for instance '0 9 * * *'"
        )
        return None
    return cron
