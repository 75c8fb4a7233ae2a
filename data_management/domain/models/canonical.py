"""What is hashed to tell whether two declarations are the same: named fields as JSON, so that a new field changes nothing by being there."""

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from typing import Any


def declared(value: Any) -> Any:
    """JSON values of `value`; of a dataclass, the fields that differ from their defaults, by name.

    Who renames a field or changes a default changes what is hashed, or what an equal hash means: raise the version in the hashed document.
    """
    if is_dataclass(value) and not isinstance(value, type):
        each = [(field.name, getattr(value, field.name), _default(field)) for field in fields(value)]
        return {name: declared(its) for name, its, default in each if default is MISSING or its != default}
    if isinstance(value, tuple | list):
        return [declared(each) for each in value]
    return value


def canonical(value: object) -> str:
    """JSON in one way only: ASCII, sorted keys, no spaces; what JSON has no word for as `str` writes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def canonical_hash(value: object) -> str:
    """SHA-256 (hex) of `canonical`."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
