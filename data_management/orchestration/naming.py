"""Names for Dagster: letters, digits and underscores, short; the originals stand in metadata."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

_LONGEST = 60
VERDICT = "verdict"
SCHEMA = "schema"
_OURS = (VERDICT, SCHEMA)
_PLAIN = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_BEARABLE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def slug(name: str) -> str:
    """`name` where Dagster can bear it, else what can be kept of it with a short hash that keeps it unique."""
    if _PLAIN.fullmatch(name) and len(name) <= _LONGEST:
        return name
    return _hashed(name)


def prefix_parts(prefix: str | Sequence[str]) -> tuple[str, ...]:
    """The parts of a key prefix; a string is split at ``/``. One that Dagster cannot bear in lineage is slugged, as names of datasets are."""
    parts = prefix.split("/") if isinstance(prefix, str) else prefix
    return tuple(part if _BEARABLE.fullmatch(part) else slug(part) for part in parts if part)


def joined(parts: Sequence[str]) -> str:
    """One name for several parts, which no other parts give: ``__`` stands between them alone."""
    return "__".join(_without_joint(part) for part in parts)


def check_names(rules: Sequence[str]) -> dict[str, str]:
    """Rule name → check name, unique among them; a dot (``column.required``) becomes two underscores."""
    plain = {rule: rule.replace(".", "__") for rule in rules}
    taken = Counter(plain.values())
    return {
        rule: name if slug(name) == name and taken[name] == 1 and name not in _OURS else _hashed(rule)
        for rule, name in plain.items()
    }


def _without_joint(part: str) -> str:
    name = slug(part)
    return _hashed(part) if "__" in name or name.startswith("_") or name.endswith("_") else name


def _hashed(name: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9]+", "_", name)[: _LONGEST - 9].strip("_")
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{kept}_{digest}" if kept else f"d_{digest}"
