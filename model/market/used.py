"""What used systems are worth: the rent that they will still earn, which falls as technology moves on."""

from events.units import PPM, divide, portion
from model.economy import Economy
from model.market.valuation import LIFE_MONTHS


def price_cents(economy: Economy, generation: str, kw: int, age_days: int) -> int:
    """
    What so much power of used systems would fetch in an orderly sale, in cents: rent times what is left of its life.

    Args:
        generation: of the systems; where nothing better is known all earn the one spot price of a gigawatt-year.
        kw: power.
        age_days: since delivery; after the useful life of `LIFE_MONTHS` they are worth nothing.

    Returns:
        Cents, at least 0: the spot rent, year after year at the trend of the market.
    """
    spot = economy.scenario.compute
    rent = economy.books.market.compute_cents or spot.price_per_gw_year_cents
    left_days = max(0, LIFE_MONTHS * 365 // 12 - age_days)
    yearly = divide(kw * rent, 1_000_000)
    total = 0
    while left_days > 0:
        days = min(left_days, 365)
        total += divide(yearly * days, 365)
        yearly = portion(yearly, max(0, PPM + spot.trend_ppm))
        left_days -= days
    return total
