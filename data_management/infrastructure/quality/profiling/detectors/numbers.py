"""Numbers that carry their own proof: payment cards, bank accounts, national ids. `python-stdnum` knows the rules."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module, util
from typing import Any, Final

_CARD = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)
"""Visa, Mastercard (two ranges), American Express, Diners, Discover, JCB, UnionPay."""
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_NINO = re.compile(r"(?![DFIQUV])[A-Z](?![DFIQUVO])[A-Z]\d{6}[A-D]")
_SSN = re.compile(r"(?!000|666|9)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}")
_DOCUMENT = re.compile(r"(?=.*\d)[A-Z0-9]{5,20}")
_SEPARATORS = str.maketrans("", "", " -./\u00a0")

NATIONAL_IDS: Final = {
    "gb_nhs": ("gb.nhs", r"\d{10}"),
    "de_idnr": ("de.idnr", r"\d{11}"),
    "fr_nir": ("fr.nir", r"[12]\d{4}[\dAB]{2}\d{8}"),
    "es_dni": ("es.dni", r"\d{8}[A-Z]"),
    "it_codicefiscale": ("it.codicefiscale", r"[A-Z]{6}\w{2}[A-Z]\w{2}[A-Z]\w{3}[A-Z]"),
    "nl_bsn": ("nl.bsn", r"\d{8,9}"),
    "be_nn": ("be.nn", r"\d{11}"),
    "pl_pesel": ("pl.pesel", r"\d{11}"),
    "br_cpf": ("br.cpf", r"\d{11}"),
    "in_aadhaar": ("in_.aadhaar", r"[2-9]\d{11}"),
    "se_personnummer": ("se.personnummer", r"\d{10}|\d{12}|\d{6}[-+]\d{4}|\d{8}-\d{4}"),
    "ch_ahv": ("ch.ssn", r"756\d{10}"),
    "es_nie": ("es.nie", r"[XYZ]\d{7}[A-Z]"),
    "fi_hetu": ("fi.hetu", r"\d{6}[+A-FU-Y]?\d{3}[0-9A-Y]"),
    "no_fodselsnummer": ("no.fodselsnummer", r"\d{11}"),
    "at_vnr": ("at.vnr", r"\d{10}"),
    "cn_ric": ("cn.ric", r"[1-8]\d{16}[\dX]"),
    "in_pan": ("in_.pan", r"[A-Z]{5}\d{4}[A-Z]"),
}
"""Detector → module of stdnum, and what a candidate looks like without separators (a cheap look before the dear one)."""


@cache
def has_stdnum() -> bool:
    return util.find_spec("stdnum") is not None


@lru_cache(maxsize=4096)
def compact(value: str) -> str:
    return value.translate(_SEPARATORS).upper()


def credit_card(value: str) -> bool:
    digits = compact(value)
    return 13 <= len(digits) <= 19 and _CARD.fullmatch(digits) is not None and luhn(digits)  # noqa: PLR2004


def luhn(digits: str) -> bool:
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(n - 9 * (n > 9) for n in doubled)) % 10 == 0  # noqa: PLR2004


def iban(value: str) -> bool:
    candidate = compact(value)
    if not _IBAN.fullmatch(candidate):
        return False
    if has_stdnum():
        return _is_valid("iban", candidate)
    return int("".join(str(int(c, 36)) for c in candidate[4:] + candidate[:4])) % 97 == 1


def us_ssn(value: str) -> bool:
    return _SSN.fullmatch(value) is not None


def us_ssn_dashed(value: str) -> bool:
    return value[3:4] == "-" and us_ssn(value)


def gb_nino(value: str) -> bool:
    return _NINO.fullmatch(compact(value)) is not None


def document(value: str) -> bool:
    """Digits, perhaps with letters; of a column that is called so, nothing more is asked."""
    return _DOCUMENT.fullmatch(compact(value)) is not None


def card_code(value: str) -> bool:
    return value.isdigit() and 3 <= len(value) <= 4  # noqa: PLR2004


def national_id(name: str) -> Callable[[str], bool]:
    """The detector of this name in `NATIONAL_IDS`."""
    module, form = NATIONAL_IDS[name]
    candidate = re.compile(form)

    def detector(value: str) -> bool:
        return candidate.fullmatch(compact(value)) is not None and _is_valid(module, value)

    return detector


def _is_valid(module: str, value: str) -> bool:
    """Some of stdnum's modules fail on what they have no table entry for, such as the place of birth in a Chinese id."""
    try:
        return bool(_module(module).is_valid(value))
    except Exception:  # noqa: BLE001  whatever it is, a file must not be rejected for it
        return False


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")
