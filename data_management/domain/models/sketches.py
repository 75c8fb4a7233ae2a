"""How many different values were there, over files that are not read together: HyperLogLog (Flajolet et al., 2007)."""

import math
from typing import Final

from pydantic.dataclasses import dataclass

from data_management.errors import InvalidInput

STORED_PRECISION: Final = 7
"""128 registers: 128 characters, and a relative standard error of 9 %."""
_BASE: Final = ord("0")
_Q: Final = 54
"""A register holds at most `_Q` + 1."""


@dataclass(frozen=True)
class DistinctSketch:
    """What can be merged of a column's values without keeping them: one character per register, in ASCII order.

    A register is the highest number, over the values of its bucket, of leading zeros of the 64-bit hash, plus one; the
    lowest bits of the hash name the bucket. `tag` says which hash of which type: sketches of two tags do not merge.
    """

    tag: str
    registers: str

    @classmethod
    def of(cls, tag: str, ranks: list[int]) -> "DistinctSketch":
        """From the registers as numbers; a power of two of them."""
        return cls(tag, "".join(chr(_BASE + min(rank, _Q + 1)) for rank in ranks))

    @property
    def error(self) -> float:
        """The relative standard error of `estimate`."""
        return 1.04 / math.sqrt(len(self.registers))

    @property
    def estimate(self) -> float:
        """Ertl's improved raw estimator (arXiv 1702.01284), which needs no correction at either end."""
        size = len(self.registers)
        counts = [0] * (_Q + 2)
        for register in self.registers:
            counts[ord(register) - _BASE] += 1
        z = 0.0
        for rank in range(_Q, 0, -1):
            z = 0.5 * (z + counts[rank])
        z += size * _sigma(counts[0] / size)
        return 0.0 if math.isinf(z) else size * size / (2 * math.log(2) * z)

    def folded(self, precision: int = STORED_PRECISION) -> "DistinctSketch":
        """With fewer registers, of 2 ** `precision` buckets: what would have come of counting so from the start."""
        size = 1 << precision
        return DistinctSketch(
            self.tag, "".join(max(self.registers[bucket::size]) for bucket in range(min(size, len(self.registers))))
        )

    def merged(self, other: "DistinctSketch") -> "DistinctSketch":
        """That of the values of both; `InvalidInput` where they are of two kinds."""
        if self.tag != other.tag or len(self.registers) != len(other.registers):
            raise InvalidInput("sketches of two kinds cannot be merged; compare their tags first")
        return DistinctSketch(self.tag, "".join(map(max, self.registers, other.registers)))


def _sigma(x: float) -> float:
    if x == 1.0:
        return math.inf
    y, z, before = 1.0, x, -1.0
    while z != before:
        x *= x
        before = z
        z += x * y
        y += y
    return z
