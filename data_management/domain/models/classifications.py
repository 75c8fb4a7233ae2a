"""What kind of personal or secret data a column holds, and how sure that is."""

from enum import StrEnum

from pydantic.dataclasses import dataclass


class Sensitivity(StrEnum):
    """Columns above ``internal`` are private: nothing of their values is told."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"

    @classmethod
    def of_contract(cls, level: str | None) -> "Sensitivity | None":
        """What a contract's ``classification`` means; None for none. A word that we do not know is meant to protect."""
        word = (level or "").strip().lower()
        if not word:
            return None
        return next((known for known in cls if known.value == word), cls.CONFIDENTIAL)

    @property
    def is_private(self) -> bool:
        return self in (Sensitivity.CONFIDENTIAL, Sensitivity.RESTRICTED)


class Category(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    PERSON_NAME = "person_name"
    ADDRESS = "address"
    DATE_OF_BIRTH = "date_of_birth"
    NATIONAL_ID = "national_id"
    IBAN = "iban"
    CREDIT_CARD = "credit_card"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    GEOLOCATION = "geolocation"
    SECRET = "secret"


class ClassifiedBy(StrEnum):
    CONTRACT = "contract"
    NAME = "name"
    """By the column's name, which its values do not contradict."""
    VALUES = "values"
    NAME_AND_VALUES = "name and values"


@dataclass(frozen=True)
class Detection:
    """How many of `tried` different values of a column each detector took for its own; never the values."""

    column: str
    tried: int
    matches: tuple[tuple[str, int], ...] = ()
    """Detectors that matched at all."""

    def matched(self, detector: str) -> int:
        return dict(self.matches).get(detector, 0)

    def rate(self, detector: str) -> float:
        return self.matched(detector) / self.tried if self.tried else 0.0


@dataclass(frozen=True)
class Classification:
    """`category` is None where the contract says a level and nothing else was found; `confidence` is in [0, 1]."""

    column: str
    category: Category | None
    sensitivity: Sensitivity
    confidence: float
    reason: str
    source: ClassifiedBy
