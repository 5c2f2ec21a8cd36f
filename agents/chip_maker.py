"""A chip maker: gives its lines work, and lets priority decide who is served first."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing
from agents.decisions import BookProduction, Decision
from agents.firm import Firm
from agents.plans import ONE, YearPower, power_in
from agents.vendor_finance import VendorFinance, offers


@frozen(kw_only=True)
class Policy:
    """
    `output` is what its lines can build for this circle in a year; `cost` is cash cost of sales over price; `finance`
    says when it finances its own customers.
    """

    output: tuple[YearPower, ...]
    cost_ppm: int = field(validator=[ge(0), le(ONE)])
    days_to_pay: int = field(default=30, validator=ge(0))
    finance: VendorFinance = field(factory=VendorFinance)


class ChipMaker(Firm):
    """Books a month of production when orders wait for it."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """A twelfth of the year's output, if somebody waits for it; money for customers who might else not wait."""
        year_kw = power_in(self.policy.output, seen.month[0])
        kw = year_kw // 12
        booked = [BookProduction(maker=self.firm, kw=kw)] if seen.waiting_kw and kw else []
        return [*booked, *offers(seen, self.policy.finance, year_kw)]
