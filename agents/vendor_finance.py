"""A maker as banker: when its order book is thin and its cash allows, it finances customers who lack money."""

from attrs import field, frozen
from attrs.validators import ge

from agents.briefing import Briefing
from agents.decisions import Decision, OfferFinance
from events.units import PPM, divide


@frozen(kw_only=True)
class VendorFinance:
    """
    When a maker finances its customers, and with how much.

    It looks at the end of a quarter. `cover` is what is on order over a year's planned output; below `cover_target`,
    and with cash beyond `minimum_cash`, it takes stakes in labs and neoclouds that were short of money in the last
    quarter, up to `quarter` each time. `on` 0 switches it off.
    """

    on: int = field(default=0, validator=ge(0))
    cover_target_ppm: int = field(default=PPM, validator=ge(0))
    minimum_cash_cents: int = field(default=0, validator=ge(0))
    quarter_cents: int = field(default=0, validator=ge(0))


def offers(seen: Briefing, rules: VendorFinance, output_kw: int) -> list[Decision]:
    """Stakes in those who lack money, the neediest first, as far as this quarter's limit and cash go."""
    if not rules.on or not seen.quarter_end or not output_kw or seen.in_estate:
        return []
    cover = divide(seen.waiting_kw * PPM, output_kw)
    if cover >= rules.cover_target_ppm:
        return []
    left = min(rules.quarter_cents, seen.cash_cents - seen.due_cents - rules.minimum_cash_cents)
    made: list[Decision] = []
    for need in seen.needy:
        cents = min(left, need.lacking_cents)
        if cents > 0:
            left -= cents
            made.append(OfferFinance(maker=seen.firm, customer=need.customer, amount_cents=cents, cover_ppm=cover))
    return made
