"""Files of which it is known what is true: some columns keep a rule always, others only nearly, or only for a while."""

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Draw = Callable[[random.Random, int, int], Any]
"""A value from a file's generator, the file's number and the row's."""


@dataclass
class Stream:
    """A dataset that keeps delivering: columns are drawn anew for each file, by one recipe each."""

    recipes: dict[str, Draw]
    seed: int
    rows: int
    files: list[Path] = field(default_factory=list)

    def write(self, folder: Path, number: int) -> Path:
        chance = random.Random(f"{self.seed}:{number}")
        path = folder / f"{number:04}.csv"
        rows = max(1, round(self.rows * chance.uniform(0.8, 1.2)))
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(self.recipes)
            for row in range(rows):
                writer.writerow([draw(chance, number, row) for draw in self.recipes.values()])
        return path

    def deliver(self, folder: Path, numbers: range) -> list[Path]:
        folder.mkdir(exist_ok=True)
        return [self.write(folder, number) for number in numbers]


def streams(count: int, rows: int, seed: int = 0) -> Iterator[Stream]:
    """Datasets of six to ten columns, half of them of the unruly kinds."""
    chance = random.Random(seed)
    for number in range(count):
        wanted = {name: make(chance) for name, make in chance.sample(sorted(KINDS.items()), chance.randint(6, 10))}
        yield Stream(wanted, seed * 1000 + number, rows)


def _sometimes_missing(draw: Draw, share: float) -> Draw:
    return lambda chance, file, row: "" if chance.random() < share else draw(chance, file, row)


def _words(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices("abcdefghijklmnoprstu", k=chance.randint(3, 9))) for _ in range(count)]


def _few_even(chance: random.Random) -> Draw:
    words = _words(chance, chance.randint(2, 12))
    return lambda c, file, row: c.choice(words)


def _few_skewed(chance: random.Random) -> Draw:
    words = _words(chance, 30)
    weights = [1 / (place + 1) ** 2 for place in range(30)]
    return lambda c, file, row: c.choices(words, weights)[0]


def _many_words(chance: random.Random) -> Draw:
    words = _words(chance, 400)
    return lambda c, file, row: c.choice(words)


def _growing_set(chance: random.Random) -> Draw:
    words = _words(chance, 40)
    return lambda c, file, row: c.choice(words[: 3 + file])


def _measurement(chance: random.Random) -> Draw:
    mean, spread = chance.uniform(-50, 500), chance.uniform(1, 50)
    return lambda c, file, row: round(c.gauss(mean, spread), 2)


def _drifting(chance: random.Random) -> Draw:
    step = chance.uniform(0.2, 3)
    return lambda c, file, row: round(c.gauss(20 + step * file, 2), 2)


def _amount(chance: random.Random) -> Draw:
    spread = chance.uniform(0.5, 1.2)
    return lambda c, file, row: round(c.lognormvariate(3, spread), 2)


def _heavy(chance: random.Random) -> Draw:
    return lambda c, file, row: round(c.paretovariate(1.3), 3)


def _share(chance: random.Random) -> Draw:
    return lambda c, file, row: round(c.random(), 3)


def _count(chance: random.Random) -> Draw:
    rate = chance.uniform(0.5, 6)
    return lambda c, file, row: int(c.expovariate(1 / rate))


def _rating(chance: random.Random) -> Draw:
    return lambda c, file, row: c.randint(1, 5)


def _sequence(chance: random.Random) -> Draw:
    return lambda c, file, row: file * 1_000_000 + row


def _code(chance: random.Random) -> Draw:
    return lambda c, file, row: f"{c.choice('ABC')}{c.choice('XYZ')}-{c.randint(0, 9999):04}"


def _growing_code(chance: random.Random) -> Draw:
    return lambda c, file, row: f"INV{c.randint(1, 10 ** c.randint(1, 6))}"


def _mixed_code(chance: random.Random) -> Draw:
    rare = chance.choice([0.0005, 0.003])
    return lambda c, file, row: f"old {row}" if c.random() < rare else f"K{c.randint(100, 999)}"


def _nearly_unique(chance: random.Random) -> Draw:
    return lambda c, file, row: f"T{c.randint(0, 9_999_999):07}"


def _day(chance: random.Random) -> Draw:
    return lambda c, file, row: (date(2024, 1, 1) + timedelta(days=file)).isoformat()


def _any_day(chance: random.Random) -> Draw:
    return lambda c, file, row: (date(2015, 1, 1) + timedelta(days=c.randint(0, 3000))).isoformat()


def _title(chance: random.Random) -> Draw:
    return lambda c, file, row: " ".join(c.choices(("big", "red", "old", "tin", "box", "lid"), k=c.randint(1, 6)))


def _constant_for_now(chance: random.Random) -> Draw:
    return lambda c, file, row: "v1" if file < 6 else "v2"


def _whole_for_now(chance: random.Random) -> Draw:
    return lambda c, file, row: c.randint(1, 9) if c.random() > 0.0005 else "2.5"


KINDS: dict[str, Callable[[random.Random], Draw]] = {
    "state": _few_even,
    "channel": _few_skewed,
    "topic": _many_words,
    "campaign": _growing_set,
    "temperature": _measurement,
    "level": _drifting,
    "amount": _amount,
    "load": _heavy,
    "share": _share,
    "items": _count,
    "rating": _rating,
    "order_id": _sequence,
    "article": _code,
    "invoice": _growing_code,
    "label": _mixed_code,
    "ticket": _nearly_unique,
    "business_day": _day,
    "signed": _any_day,
    "headline": _title,
    "release": _constant_for_now,
    "score": _whole_for_now,
    "note": lambda chance: _sometimes_missing(_few_even(chance), 0.3),
    "remark": lambda chance: _sometimes_missing(_code(chance), 0.01),
    "rarely_missing": lambda chance: _sometimes_missing(_measurement(chance), 0.001),
}
