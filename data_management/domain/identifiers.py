"""Ids that nobody can guess."""

from secrets import token_hex


def new_ids(count: int) -> list[str]:
    """As many as are wanted, each 32 hexadecimal digits, from one call of the system: it takes longer than to make them of what it gives."""
    digits = token_hex(16 * count)
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]
