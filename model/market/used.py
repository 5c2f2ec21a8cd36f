"""What used systems are worth: the rent that they will still earn, which falls as technology moves on."""

from events.units import PPM, divide, portion
from model.economy import Economy
from model.market.valuation import LIFE_MONTHS

LIFE_DAYS = LIFE_MONTHS * 365 // 12

IMPACT = 1  # each part of the market sold at once takes as much again off the price
MOST_PPM = 600_000  # beyond which somebody would keep them: Ramey and Shapiro, Journal of Political Economy 109 (2001)


def price_cents(economy: Economy, generation: str, kw: int, age_days: int) -> int:
    """
    What so much power of used systems would fetch in an orderly sale, in cents: rent times what is left of its life.

    Args:
        generation: of the systems ("" for a mixture): all earn the one spot price of a gigawatt-year, and nobody pays
            more for used ones than new ones of the same generation cost.
        kw: power.
        age_days: since delivery; after the useful life of `LIFE_MONTHS` they are worth nothing.

    Returns:
        Cents, at least 0: the spot rent, year after year at the trend of the market.
    """
    spot = economy.scenario.compute
    rent = economy.books.market.compute_cents or spot.price_per_gw_year_cents
    left_days = max(0, LIFE_DAYS - age_days)
    yearly = divide(kw * rent, 1_000_000)
    total = 0
    while left_days > 0:
        days = min(left_days, 365)
        total += divide(yearly * days, 365)
        yearly = portion(yearly, max(0, PPM + spot.trend_ppm))
        left_days -= days
    new = economy.scenario.generations.get(generation)
    return min(total, divide(kw * new.price_per_gw_cents, 1_000_000)) if new else total


def fire_sale_cents(orderly_cents: int, sold_kw: int, market_kw: int, discount_ppm: int) -> int:
    """
    What systems fetch in haste: less a discount, which is larger the more of the market is sold at once.

    By hand: 1 GW of a market of 20 GW at a discount of 20 % goes at 25 % below its worth: 20 %, and 5 % for its size.

    Args:
        orderly_cents: what they would fetch without haste.
        sold_kw, market_kw: power sold, and power there is.
        discount_ppm: of a small sale; Pulvino, Journal of Finance 53 (1998): a fifth, of which 9 for immediacy alone.

    Returns:
        Cents, at least 40 % of the orderly price.
    """
    size = divide(sold_kw * PPM, market_kw) if market_kw > 0 else PPM
    discount = min(MOST_PPM, discount_ppm + IMPACT * size)
    return portion(orderly_cents, PPM - discount)
