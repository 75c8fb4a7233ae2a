"""From column names, detectors' counts and the contract to what is personal or secret.

Precision first: a column that is masked without need is a nuisance, and a masked look-alike teaches people to switch masking off.
So values alone decide only where they match far more often than chance; names alone only where values do not contradict.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.domain.models import (
    Category,
    Classification,
    ClassifiedBy,
    ColumnSpec,
    Detection,
    Sensitivity,
)
from data_management.domain.services.hints import contradicted, hinted, names_card_code, names_password

_Z: Final = 1.96
"""95 %."""
_NAME_CONFIDENCE: Final = 0.5
"""What a telling name adds to what the values leave open."""


@dataclass(frozen=True)
class Evidence:
    """What a detector's count must be to mean `category`.

    `alone`: the least share (by Wilson's lower bound) that convinces without a telling name; None: none does. `hinted`: the least
    share beside a telling name. `chance` of what merely looks alike matches: one in ten numbers passes Luhn's check.
    """

    detector: str
    category: Category
    alone: float | None
    hinted: float
    chance: float = 0.0


def _national(code: str, alone: float | None, hinted: float, chance: float) -> Evidence:
    return Evidence(f"national_id:{code}", Category.NATIONAL_ID, alone, hinted, chance)


EVIDENCE: Final = (
    Evidence("secret", Category.SECRET, 0.0, 0.0),
    Evidence("high_entropy", Category.SECRET, None, 0.5),
    Evidence("password", Category.SECRET, None, 0.9),
    Evidence("card_code", Category.SECRET, None, 0.9),
    Evidence("email", Category.EMAIL, 0.2, 0.05),
    Evidence("iban", Category.IBAN, 0.3, 0.1, 0.01),
    Evidence("credit_card", Category.CREDIT_CARD, 0.5, 0.25, 0.1),
    _national("us_ssn_dashed", 0.5, 0.3, 0.0),
    _national("us_ssn", None, 0.5, 0.9),
    _national("gb_nino", 0.6, 0.3, 0.01),
    _national("gb_nhs", 0.9, 0.5, 0.1),
    _national("de_idnr", 0.9, 0.5, 0.1),
    _national("fr_nir", 0.5, 0.2, 0.01),
    _national("es_dni", 0.5, 0.3, 0.05),
    _national("it_codicefiscale", 0.3, 0.1, 0.0),
    _national("nl_bsn", 0.9, 0.5, 0.1),
    _national("be_nn", 0.5, 0.2, 0.01),
    _national("pl_pesel", 0.7, 0.3, 0.05),
    _national("br_cpf", 0.6, 0.2, 0.01),
    _national("in_aadhaar", 0.9, 0.5, 0.1),
    _national("se_personnummer", 0.7, 0.3, 0.05),
    _national("ch_ahv", 0.6, 0.3, 0.1),
    _national("es_nie", 0.5, 0.3, 0.05),
    _national("fi_hetu", 0.5, 0.2, 0.02),
    _national("no_fodselsnummer", 0.6, 0.2, 0.01),
    _national("at_vnr", 0.7, 0.3, 0.05),
    _national("cn_ric", 0.6, 0.2, 0.01),
    _national("in_pan", None, 0.5, 0.2),
    _national("document", None, 0.8, 0.5),
    Evidence("phone_international", Category.PHONE, 0.5, 0.2),
    Evidence("phone_national", Category.PHONE, None, 0.5, 0.3),
    Evidence("ip_address", Category.IP_ADDRESS, 0.7, 0.3),
    Evidence("mac_address", Category.MAC_ADDRESS, 0.5, 0.2),
    Evidence("birth_date", Category.DATE_OF_BIRTH, None, 0.7, 0.5),
    Evidence("person_name", Category.PERSON_NAME, None, 0.7, 0.5),
    Evidence("address", Category.ADDRESS, None, 0.4, 0.2),
    Evidence("coordinate", Category.GEOLOCATION, None, 0.8, 0.5),
)

_SENSITIVITY: Final[Mapping[Category, Sensitivity]] = {
    Category.SECRET: Sensitivity.RESTRICTED,
    Category.NATIONAL_ID: Sensitivity.RESTRICTED,
    Category.CREDIT_CARD: Sensitivity.RESTRICTED,
    Category.IBAN: Sensitivity.RESTRICTED,
    Category.GEOLOCATION: Sensitivity.INTERNAL,
}
"""Confidential, but for these. A place is nobody's until it stands beside a person."""

_OF_PERSONS: Final = frozenset(Category) - {Category.GEOLOCATION, Category.SECRET}
_VERSIONS: Final = 0.5


class DataClassificationService:
    """Pure: values in, values out."""

    def classify(
        self,
        columns: Sequence[str],
        detections: Iterable[Detection] = (),
        specs: Iterable[ColumnSpec] = (),
        known: Iterable[Classification] = (),
    ) -> tuple[Classification, ...]:
        """Those columns that are classified, in their order.

        The contract wins. What an earlier file of the dataset was found to be (`known`) stays, although this one may be too small to
        show it; where both say something, the surer one stands.
        """
        detected = {detection.column: detection for detection in detections}
        stated = {spec.name: spec for spec in specs}
        before = {each.column: each for each in known if each.source is not ClassifiedBy.CONTRACT}
        found: list[Classification] = []
        for column in columns:
            guesses = [_guess(column, detected.get(column, Detection(column, 0))), before.get(column)]
            guess = max((g for g in guesses if g is not None), key=lambda g: g.confidence, default=None)
            level = Sensitivity.of_contract(stated[column].classification) if column in stated else None
            if level is not None:
                found.append(_stated(column, level, stated[column].classification or "", guess))
            elif guess is not None:
                found.append(guess)
        return _beside_persons(found)


def detectors_for(column: str) -> frozenset[str]:
    """The detectors that can say anything of a column of this name."""
    hints = hinted(column)
    return frozenset(e.detector for e in EVIDENCE if e.alone is not None or e.category in hints) | {"version"}


def private_columns(specs: Iterable[ColumnSpec], classifications: Iterable[Classification]) -> frozenset[str]:
    """The one decision on whose values nothing is told: by the contract where it says so, else by what was found."""
    stated = {spec.name: level for spec in specs if (level := Sensitivity.of_contract(spec.classification))}
    found = {each.column for each in classifications if each.sensitivity.is_private and each.column not in stated}
    return frozenset(found | {name for name, level in stated.items() if level.is_private})


def shown_columns(
    specs: Iterable[ColumnSpec], classifications: Iterable[Classification], *, samples: bool = False
) -> frozenset[str]:
    """The columns of which values may be shown: those that the contract calls public, and with `samples` all it declares, but private ones."""
    specs = tuple(specs)
    private = private_columns(specs, classifications)
    public = {
        spec.name for spec in specs if samples or Sensitivity.of_contract(spec.classification) is Sensitivity.PUBLIC
    }
    return frozenset(public - private)


def wilson_lower_bound(matched: int, tried: int) -> float:
    """The least share that `matched` of `tried` speak for, at 95 % (Wilson, 1927): 3 of 3 are 44 %, 100 of 100 are 96 %."""
    if not tried:
        return 0.0
    share, square = matched / tried, _Z * _Z
    centre = share + square / (2 * tried)
    margin = _Z * math.sqrt(share * (1 - share) / tried + square / (4 * tried * tried))
    return max(0.0, (centre - margin) / (1 + square / tried))


def _guess(column: str, detection: Detection) -> Classification | None:
    hints = hinted(column)
    found = [
        guess for evidence in EVIDENCE if (guess := _convinced(column, detection, evidence, evidence.category in hints))
    ]
    return max(found, key=lambda guess: guess.confidence, default=None)


def _convinced(column: str, detection: Detection, evidence: Evidence, telling: bool) -> Classification | None:
    matched, tried = detection.matched(evidence.detector), detection.tried
    if not matched or contradicted(column, evidence.category):
        return None
    if evidence.detector == "password" and not names_password(column):
        return None
    if evidence.detector == "card_code" and not names_card_code(column):
        return None
    if evidence.category is Category.IP_ADDRESS and not telling and detection.rate("version") >= _VERSIONS:
        return None
    lower = wilson_lower_bound(matched, tried)
    by_values = evidence.alone is not None and lower >= evidence.alone
    if not by_values and not (telling and detection.rate(evidence.detector) >= evidence.hinted):
        return None
    certain = max(0.0, (lower - evidence.chance) / (1 - evidence.chance))
    if evidence.detector == "secret":
        certain = max(certain, 0.9)  # a form that nothing else has: one is enough
    elif evidence.alone is None:
        certain *= 0.5  # the values only do not contradict
    confidence = 1 - (1 - certain) * (1 - _NAME_CONFIDENCE) if telling else certain
    what = evidence.detector.replace("_", " ").replace("national id:", "national id ")
    reason = f"{matched} of {tried} values have the form of {what}" + (", and the name says so" if telling else "")
    source = ClassifiedBy.VALUES if not telling else ClassifiedBy.NAME_AND_VALUES
    return Classification(
        column=column,
        category=evidence.category,
        sensitivity=_SENSITIVITY.get(evidence.category, Sensitivity.CONFIDENTIAL),
        confidence=round(confidence, 3),
        reason=reason,
        source=ClassifiedBy.NAME if telling and evidence.alone is None else source,
    )


def _stated(column: str, level: Sensitivity, word: str, guess: Classification | None) -> Classification:
    reason = f"the contract says {word.strip()}"
    if guess is not None and guess.sensitivity.is_private and not level.is_private:
        reason += f", although {guess.reason}"
    return Classification(
        column=column,
        category=guess.category if guess else None,
        sensitivity=level,
        confidence=1.0,
        reason=reason,
        source=ClassifiedBy.CONTRACT,
    )


def _beside_persons(found: Sequence[Classification]) -> tuple[Classification, ...]:
    """Places are confidential in a table that says whose they are."""
    persons = any(each.category in _OF_PERSONS for each in found)
    return tuple(
        (
            replace(each, sensitivity=Sensitivity.CONFIDENTIAL)
            if persons and each.category is Category.GEOLOCATION and each.source is not ClassifiedBy.CONTRACT
            else each
        )
        for each in found
    )
