"""A chip maker: commits itself to its suppliers, and finances customers where that brings orders."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing
from agents.decisions import BookProduction, Decision
from agents.firm import Firm
from agents.plans import ONE, YearPower, power_in
from agents.vendor_finance import VendorFinance, offers
from events.units import portion


@frozen(kw_only=True)
class Policy:
    """
    `output` is what its lines can build for this circle in a year; `cost` is cash cost of sales over price. It commits
    itself to suppliers for `committed` of what was ordered in a month of the last half year; wafers that then find no
    order are stock, and worth nothing after `write_down_after_quarters`. `finance` says when it finances its customers.
    """

    output: tuple[YearPower, ...]
    cost_ppm: int = field(validator=[ge(0), le(ONE)])
    days_to_pay: int = field(default=30, validator=ge(0))
    committed_ppm: int = field(default=0, validator=[ge(0), le(ONE)])
    write_down_after_quarters: int = field(default=3, validator=ge(1))
    finance: VendorFinance = field(factory=VendorFinance)


class ChipMaker(Firm):
    """Books wafers a month ahead; who is served first is decided on its line, by class."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """Wafers for the coming month, as orders were in the last half year; money for customers short of it."""
        year_kw = power_in(self.policy.output, seen.month[0])
        kw = min(year_kw // 12, portion(seen.ordered_month_kw, self.policy.committed_ppm))
        booked = [BookProduction(maker=self.firm, kw=kw)] if kw else []
        return [*booked, *offers(seen, self.policy.finance, year_kw)]
