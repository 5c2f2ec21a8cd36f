"""Whole-number units and the few divisions that are allowed.

Everything that changes hands is an integer. Suffixes of names say which: `_cents` US cents (credits: cents of face
value), `_ppm` parts per million for every rate and ratio, `_kw` kilowatts, `_day` whole days since the world opened;
`shares` and `gpus` are counts.
"""

from typing import NewType

FirmId = NewType("FirmId", str)
ContractId = NewType("ContractId", str)
GenerationId = NewType("GenerationId", str)

PPM = 1_000_000
USD = "USD"

# What one posting and one balance may hold. Ten trillion dollars in one posting is beyond any deal on earth; the
# balance bound is what a reader with 64-bit integers can hold.
MAX_POSTING = 10**15 - 1
MAX_BALANCE = 2**63 - 1

KW_PER_GW = 1_000_000
KW_PER_MW = 1_000


def divide(numerator: int, denominator: int) -> int:
    """The nearest integer, halves to even; `denominator` is positive."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def portion(amount: int, rate_ppm: int) -> int:
    """`rate_ppm` of `amount`, to the nearest unit, halves to even."""
    return divide(amount * rate_ppm, PPM)


def split(amount: int, weights: list[int]) -> list[int]:
    """
    Shares of `amount` in proportion to `weights`, by largest remainder; ties go to the earlier place.

    Args:
        amount: units to hand out, not negative.
        weights: not negative, at least one positive, shape (n,).

    Returns:
        Units, shape (n,); they sum to `amount`.

    Raises:
        ValueError: no weight is positive.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError(f"weights sum to {total}; at least one must be positive")
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in by_remainder[: amount - sum(shares)]:
        shares[i] += 1
    return shares
