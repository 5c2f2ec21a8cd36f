"""Credit: the base rate, and what shocks leave of lenders' appetite."""

from agents.plans import rate_in
from model.economy import Economy
from model.market.demand import left_ppm
from model.market.demand import months_since as _months_since


def credit_ppm(economy: Economy) -> int:
    """What the credit shocks leave of lenders' appetite."""
    return left_ppm(economy, "credit")


def base_rate_ppm(economy: Economy) -> int:
    """The base rate of this year, moved by shocks to it (their depth is then an addition, in ppm)."""
    rate = rate_in(economy.scenario.credit.base_rate, economy.month[0])
    for shock in economy.scenario.shocks.values():
        if shock.touches == "base_rate" and _months_since(economy, shock) >= 0:
            rate += shock.depth_ppm
    return max(0, rate)
