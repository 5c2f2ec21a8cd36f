"""Yearly amounts spread over months, and loans over payments: whole cents, adding up exactly."""

from functools import lru_cache

from events.terms import YearAmount
from events.units import PPM, divide, split

Month = tuple[int, int]


@lru_cache(maxsize=512)
def by_month(plan: tuple[YearAmount, ...], first: Month) -> dict[Month, int]:
    """
    Cents of each month from `first` to the last year of the plan.

    Args:
        plan: yearly amounts in order of year, shape (years,). The year of `first` holds what is left of it.
        first: (year, month) that the first year's amount begins with.

    Returns:
        Cents by (year, month); the months of a year sum to its amount. Between the middles of the years the monthly
        rate moves in a straight line, so that no January jumps.
    """
    spans = [(row.year, _months_of(row.year, first)) for row in plan if row.year >= first[0]]
    amounts = [row.amount_cents for row in plan if row.year >= first[0]]
    middles = [(_index(year, months[0]) + _index(year, months[-1]), months) for year, months in spans]
    rates = [divide(cents * 12, len(months)) for cents, (_, months) in zip(amounts, spans, strict=True)]
    out: dict[Month, int] = {}
    for cents, (year, months) in zip(amounts, spans, strict=True):
        weights = [_rate(2 * _index(year, month), [m for m, _ in middles], rates) for month in months]
        shares = split(cents, weights) if sum(weights) else [0] * len(months)
        out.update({(year, month): share for month, share in zip(months, shares, strict=True)})
    return out


def amount_in(plan: tuple[YearAmount, ...], first: Month, month: Month) -> int:
    """Cents of one month: before the plan nothing, after it as in its last month."""
    months = by_month(plan, first)
    if month in months:
        return months[month]
    return months[max(months)] if months and month > max(months) else 0


def _months_of(year: int, first: Month) -> list[int]:
    return list(range(first[1] if year == first[0] else 1, 13))


def _index(year: int, month: int) -> int:
    return 12 * year + month - 1


def _rate(at: int, middles: list[int], rates: list[int]) -> int:
    """The rate at a point, straight lines between middles, level before the first and beyond the last."""
    if at <= middles[0]:
        return rates[0]
    for left, right, low, high in zip(middles, middles[1:], rates, rates[1:], strict=False):
        if at <= right:
            return low + divide((high - low) * (at - left), right - left)
    return rates[-1]


MONTHLY = 12 * PPM  # a yearly rate in parts per million over this is the rate of a month


def level_payments(principal_cents: int, yearly_rate_ppm: int, payments: int) -> tuple[int, ...]:
    """
    Monthly payments that pay a loan off, all alike but for the last, which takes up what rounding has left.

    The level payment is P r / (1 - (1 + r)^-n) with r a twelfth of the yearly rate, and each month's interest is r
    times what is left; both to the nearest cent, halves to even, without a float on the way.

    Returns:
        Cents, shape (payments,). They sum to the principal and the interest of every month. A loan of fewer cents than
        it has payments is paid off early; the rest of its payments are 0.

    Raises:
        ValueError: a negative principal or rate, or no payment.

    Source: the level-payment loan of any textbook of finance; checked by hand on 1,000,000.00 at 12 % over 12 months.
    """
    if principal_cents < 0 or yearly_rate_ppm < 0 or payments < 1:
        raise ValueError(
            f"{payments} payments of {principal_cents} cents at {yearly_rate_ppm} ppm; "
            "at least one, and neither of the others negative, is allowed"
        )
    level = _level_cents(principal_cents, yearly_rate_ppm, payments)
    left, paid = principal_cents, []
    for number in range(1, payments + 1):
        left += divide(left * yearly_rate_ppm, MONTHLY)
        paid.append(left if number == payments else min(level, left))
        left -= paid[-1]
    return tuple(paid)


def _level_cents(principal_cents: int, yearly_rate_ppm: int, payments: int) -> int:
    if not yearly_rate_ppm:
        return divide(principal_cents, payments)
    grown, flat = (MONTHLY + yearly_rate_ppm) ** payments, MONTHLY**payments
    return divide(principal_cents * yearly_rate_ppm * grown, MONTHLY * (grown - flat))
