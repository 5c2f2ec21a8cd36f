"""Investors: the funds behind a private issuer, with a yearly appetite spent in quarters."""

from attrs import field, frozen
from attrs.validators import ge

from agents.briefing import Briefing
from agents.decisions import Decision, OfferEquity
from agents.firm import Firm
from agents.plans import ONE, YearRate, rate_in
from events.schedules import amount_in
from events.terms import YearAmount
from events.units import FirmId, divide, portion


@frozen(kw_only=True)
class Policy:
    """
    How much, and at which price.

    `appetite` is new money a year. It falls by `shortfall_response` of any shortfall of demand against plan. The
    price is run-rate revenue times `multiples`, in a drought `drought_multiple` of that.
    """

    issuer: FirmId
    appetite: tuple[YearAmount, ...]
    multiples: tuple[YearRate, ...]
    shortfall_response_ppm: int = field(default=250_000, validator=ge(0))
    drought_multiple_ppm: int = field(default=400_000, validator=ge(0))


class Investor(Firm):
    """Offers a quarter's worth of its appetite at each quarter's end; what is not taken is gone."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """An offer at a price a share, or none."""
        if not seen.quarter_end:
            return []
        amount = self.appetite_cents(seen)
        price = self.price_cents(seen)
        if amount <= 0 or price <= 0:
            return []
        return [OfferEquity(investor=self.firm, issuer=self.policy.issuer, amount_cents=amount, price_cents=price)]

    def appetite_cents(self, seen: Briefing) -> int:
        """A quarter of the year's appetite, less what a shortfall of demand and a drought take of it."""
        quarter = 3 * amount_in(self.policy.appetite, seen.first_month, seen.month)
        shortfall = max(0, ONE - seen.demand_ppm)
        kept = max(0, ONE - portion(shortfall, self.policy.shortfall_response_ppm))
        return portion(portion(quarter, kept), seen.drought_ppm)

    def price_cents(self, seen: Briefing) -> int:
        """Run-rate revenue times the multiple, over the shares there are, in cents a share."""
        multiple = rate_in(self.policy.multiples, seen.month[0])
        if seen.drought_ppm < ONE:
            multiple = portion(multiple, self.policy.drought_multiple_ppm)
        worth = portion(seen.revenue_year_cents, multiple)
        return divide(worth, seen.shares_outstanding) if seen.shares_outstanding else 0
