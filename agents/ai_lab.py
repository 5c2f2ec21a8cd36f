"""An AI lab: sells to customers, rents compute, raises what its runway lacks."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing
from agents.decisions import CutCosts, Decision, RentCompute, SeekEquity, SellShares
from agents.firm import Firm
from agents.plans import ONE, YearRate, rate_in
from events.schedules import Month, amount_in
from events.terms import YearAmount
from events.units import FirmId, divide, portion


@frozen(kw_only=True)
class Policy:
    """
    What a lab plans, and when it acts.

    `plan` is revenue expected by year; `running_costs` are a share of planned revenue; `compute_need` is what the
    plan needs in compute, of which `follows_demand` moves with realised demand. What commitments do not cover is
    rented on demand from `rents_from`. After `patience_quarters` of demand below `shortfall_below` of plan, running
    costs are cut by `cost_cut`. It seeks money when cash is below `cash_target_quarters` of expected outflow, and
    sells `stake_sale` of each listed stake a month when cash is below `sells_stakes_below_quarters` of it.
    `revenue_share` is what it expects to pay away of revenue.
    """

    plan: tuple[YearAmount, ...]
    running_costs: tuple[YearRate, ...]
    compute_need: tuple[YearAmount, ...]
    follows_demand_ppm: int = field(default=500_000, validator=[ge(0), le(ONE)])
    rents_from: FirmId
    revenue_share_ppm: int = field(default=0, validator=[ge(0), le(ONE)])
    cash_target_quarters: int = field(default=3, validator=ge(0))
    cost_cut_ppm: int = field(default=250_000, validator=[ge(0), le(ONE)])
    shortfall_below_ppm: int = field(default=900_000, validator=[ge(0), le(ONE)])
    patience_quarters: int = field(default=2, validator=ge(1))
    days_to_pay: int = field(default=30, validator=ge(0))
    sells_stakes_below_quarters: int = field(default=2, validator=ge(0))
    stake_sale_ppm: int = field(default=250_000, validator=[ge(0), le(ONE)])


class AiLab(Firm):
    """Rents the compute that its commitments lack, cuts costs when demand disappoints, and looks after its runway."""

    Policy = Policy
    _short_quarters = 0
    _spent_ppm = ONE

    def decide(self, seen: Briefing) -> list[Decision]:
        """In order: the compute of this month, the costs of the next, the money of the coming quarters."""
        return [*self._rent(seen), *self._cut(seen), *self._sell_stakes(seen), *self._raise(seen)]

    def need_cents(self, month: Month, first: Month, demand_ppm: int) -> int:
        """Compute needed in a month: training as planned, serving as demand has it."""
        planned = amount_in(self.policy.compute_need, first, month)
        follows = self.policy.follows_demand_ppm
        return portion(planned, ONE - follows + portion(follows, demand_ppm))

    def outflow_quarter_cents(self, seen: Briefing) -> int:
        """What a coming quarter will cost beyond what it brings, as far as commitments and plans say."""
        revenue = 3 * portion(self._planned(seen), seen.demand_ppm)
        running = 3 * self.running_cents(seen.month, seen.first_month)
        bills = 3 * sum(max(c.minimum_cents, c.ahead_cents) for c in seen.buys)
        compute = max(bills, 3 * self.need_cents(seen.month, seen.first_month, seen.demand_ppm))
        return running + compute + portion(revenue, self.policy.revenue_share_ppm) - revenue

    def running_cents(self, month: Month, first: Month) -> int:
        """Running costs of a month, as planned and as cut."""
        planned = portion(amount_in(self.policy.plan, first, month), rate_in(self.policy.running_costs, month[0]))
        return portion(planned, self._spent_ppm)

    def _planned(self, seen: Briefing) -> int:
        return amount_in(self.policy.plan, seen.first_month, seen.month)

    def _rent(self, seen: Briefing) -> list[Decision]:
        lacking = self.need_cents(seen.month, seen.first_month, seen.demand_ppm) - seen.taken_cents
        if lacking <= 0 or not self.policy.rents_from:
            return []
        return [RentCompute(buyer=self.firm, seller=self.policy.rents_from, amount_cents=lacking)]

    def _cut(self, seen: Briefing) -> list[Decision]:
        if not seen.quarter_end:
            return []
        short = seen.demand_ppm < self.policy.shortfall_below_ppm
        self._short_quarters = self._short_quarters + 1 if short else 0
        to_ppm = ONE - self.policy.cost_cut_ppm if self._short_quarters >= self.policy.patience_quarters else ONE
        if to_ppm == self._spent_ppm:
            return []
        self._spent_ppm = to_ppm
        return [CutCosts(firm=self.firm, to_ppm=to_ppm)]

    def _sell_stakes(self, seen: Briefing) -> list[Decision]:
        if seen.cash_cents >= self.policy.sells_stakes_below_quarters * self.outflow_quarter_cents(seen):
            return []
        wanted = ((stake, portion(stake.shares, self.policy.stake_sale_ppm) or stake.shares) for stake in seen.stakes)
        return [SellShares(holder=self.firm, issuer=stake.issuer, shares=shares) for stake, shares in wanted if shares]

    def _raise(self, seen: Briefing) -> list[Decision]:
        if not seen.quarter_end:
            return []
        target = self.policy.cash_target_quarters * max(0, self.outflow_quarter_cents(seen))
        gap = target - seen.cash_cents + seen.due_cents
        return [SeekEquity(issuer=self.firm, amount_cents=gap)] if gap > 0 else []


def quarters_of_runway_ppm(cash_cents: int, outflow_quarter_cents: int) -> int:
    """Quarters that cash lasts at an outflow, in millionths; -1 where nothing flows out."""
    return divide(cash_cents * ONE, outflow_quarter_cents) if outflow_quarter_cents > 0 else -1
