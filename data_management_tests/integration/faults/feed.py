"""A landing where files are dropped, replaced and deleted."""

import random
from collections import Counter
from pathlib import Path

from data_management.domain.models import VersionToken

STATUSES = {"good": "accepted", "bad": "quarantined", "torn": "rejected"}


class Feed:
    """Drops, replaces and deletes files, by chance; knows what must become of each."""

    def __init__(self, landing: Path, chance: random.Random) -> None:
        self._landing, self._chance = landing, chance
        self.kinds: dict[str, str] = {}
        self.versions: Counter[str] = Counter()
        self.deleted: set[str] = set()

    def drop(self, files: int) -> None:
        for _ in range(files):
            self._write(f"{len(self.versions):03}.csv")

    def disturb(self) -> None:
        if self.kinds and self._chance.random() < 0.3:
            self._write(self._chance.choice([*self.kinds]))
        if self.kinds and self._chance.random() < 0.1:
            name = self._chance.choice([*self.kinds])
            (self._landing / name).unlink()
            self.deleted.add(name)
            del self.kinds[name]

    def _write(self, name: str) -> None:
        kind = self._chance.choices(["good", "bad", "torn"], [8, 1, 1])[0]
        self.kinds[name] = kind
        self.versions[name] += 1
        amount, end = (-1 if kind == "bad" else 1.5), ('"torn' if kind == "torn" else "")
        rows = "".join(f"{row},{amount}\n" for row in range(3 + self.versions[name]))
        fresh = self._landing / f"{name}.part"
        fresh.write_text(f"id,amount\n{rows}{end}")
        fresh.rename(self._landing / name)

    @property
    def expected(self) -> dict[str, str]:
        """Name and status of what lies there."""
        return {name: STATUSES[kind] for name, kind in self.kinds.items()}

    @property
    def tokens(self) -> set[tuple[str, str]]:
        """Name and version token of what lies there."""
        status = {path.name: path.stat() for path in self._landing.glob("*.csv")}
        return {(name, VersionToken.of_file(each.st_size, each.st_mtime_ns).value) for name, each in status.items()}
