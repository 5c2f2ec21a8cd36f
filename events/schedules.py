"""Yearly amounts spread over months: smooth, in whole cents, and adding up to each year exactly."""

from functools import lru_cache

from events.terms import YearAmount
from events.units import divide, split

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
