"""An AI lab: sells to customers, rents compute, raises what its runway lacks."""

from typing import ClassVar

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing
from agents.decisions import CutCosts, Decision, RentCompute, SeekEquity, SellShares
from agents.firm import Firm
from agents.plans import ONE, YearRate, rate_in
from agents.relief import survive
from events.schedules import Month, amount_in
from events.terms import YearAmount
from events.units import FirmId, portion


@frozen(kw_only=True)
class Policy:
    """
    What a lab plans, and when it acts.

    `plan` is revenue expected by year; `running_costs` are a share of planned revenue; `compute_need` is what the
    plan needs in compute, of which `follows_demand` moves with realised demand. What commitments do not cover is
    rented on demand from `rents_from`. After `patience_quarters` of demand below `shortfall_below` of plan, running
    costs are cut by `cost_cut`, in an estate by `estate_cost_cut`. It seeks money when cash is
    below what it will have to pay in the coming `cash_target_quarters`, and sells `stake_sale` of each listed stake a
    month when it is below that of the coming `sells_stakes_below_quarters`.
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
    estate_cost_cut_ppm: int = field(default=400_000, validator=[ge(0), le(ONE)])
    shortfall_below_ppm: int = field(default=900_000, validator=[ge(0), le(ONE)])
    patience_quarters: int = field(default=2, validator=ge(1))
    days_to_pay: int = field(default=30, validator=ge(0))
    sells_stakes_below_quarters: int = field(default=1, validator=ge(0))
    stake_sale_ppm: int = field(default=250_000, validator=[ge(0), le(ONE)])


class AiLab(Firm):
    """Rents the compute that its commitments lack, cuts costs when demand disappoints, and looks after its runway."""

    Policy: ClassVar[type] = Policy
    _short_quarters = 0
    _spent_ppm = ONE

    def decide(self, seen: Briefing) -> list[Decision]:
        """In order: the compute of this month, the costs of the next, the money of the coming quarters."""
        return [*self._rent(seen), *self._cut(seen), *self._sell_stakes(seen), *self._raise(seen)]

    def survive(self, seen: Briefing) -> list[Decision]:
        """It sells stakes by a rule of its own, long before; here it asks its creditors."""
        return survive(seen, sells=False)

    def planned_cents(self, month: Month, first: Month) -> int:
        """Revenue planned for a month."""
        return amount_in(self.policy.plan, first, month)

    def planned_need_cents(self, month: Month, first: Month) -> int:
        """Compute that the plan needs in a month."""
        return amount_in(self.policy.compute_need, first, month)

    def need_cents(self, month: Month, first: Month, serving_ppm: int, in_estate: bool = False) -> int:
        """Compute needed in a month: training as planned (none in an estate), serving as demand and efficiency are."""
        planned = self.planned_need_cents(month, first)
        follows = self.policy.follows_demand_ppm
        if in_estate:
            return portion(planned, portion(follows, serving_ppm))
        return portion(planned, ONE - follows + portion(follows, serving_ppm))

    def serving_ppm(self, seen: Briefing) -> int:
        """What serving needs of compute, against plan: as demand is, less what efficiency saves."""
        return portion(seen.demand_ppm, seen.efficiency_ppm)

    def outflow_cents(self, seen: Briefing, quarters: int) -> int:
        """All that will have to be paid in the coming quarters, if demand stays as far from plan as it is."""
        coming = months_after(seen.month, 3 * quarters)
        bills = seen.bills_ahead_cents
        return sum(self._outflow(seen, month, due) for month, due in zip(coming, bills, strict=False))

    def _outflow(self, seen: Briefing, month: Month, bills: int) -> int:
        need = self.need_cents(month, seen.first_month, self.serving_ppm(seen), seen.in_estate)
        revenue = portion(self.planned_cents(month, seen.first_month), seen.demand_ppm)
        shared = portion(revenue, self.policy.revenue_share_ppm)
        return self.running_cents(month, seen.first_month) + max(bills, need) + shared

    def running_cents(self, month: Month, first: Month) -> int:
        """Running costs of a month, as planned and as cut."""
        planned = portion(self.planned_cents(month, first), rate_in(self.policy.running_costs, month[0]))
        return portion(planned, self._spent_ppm)

    def _rent(self, seen: Briefing) -> list[Decision]:
        need = self.need_cents(seen.month, seen.first_month, self.serving_ppm(seen), seen.in_estate)
        lacking = need - seen.taken_cents
        if lacking <= 0 or not self.policy.rents_from:
            return []
        return [RentCompute(buyer=self.firm, seller=self.policy.rents_from, amount_cents=lacking)]

    def _cut(self, seen: Briefing) -> list[Decision]:
        if seen.quarter_end:
            short = seen.demand_ppm < self.policy.shortfall_below_ppm
            self._short_quarters = self._short_quarters + 1 if short else 0
        to_ppm = self._affordable_ppm(seen)
        if to_ppm == self._spent_ppm:
            return []
        self._spent_ppm = to_ppm
        return [CutCosts(firm=self.firm, to_ppm=to_ppm)]

    def _affordable_ppm(self, seen: Briefing) -> int:
        if seen.in_estate:
            return ONE - self.policy.estate_cost_cut_ppm
        return ONE - self.policy.cost_cut_ppm if self._short_quarters >= self.policy.patience_quarters else ONE

    def _sell_stakes(self, seen: Briefing) -> list[Decision]:
        if seen.cash_cents >= self.outflow_cents(seen, self.policy.sells_stakes_below_quarters):
            return []
        wanted = ((stake, portion(stake.shares, self.policy.stake_sale_ppm) or stake.shares) for stake in seen.stakes)
        return [SellShares(holder=self.firm, issuer=stake.issuer, shares=shares) for stake, shares in wanted if shares]

    def _raise(self, seen: Briefing) -> list[Decision]:
        if not seen.quarter_end:
            return []
        target = self.outflow_cents(seen, self.policy.cash_target_quarters)
        gap = target - seen.cash_cents + seen.due_cents
        return [SeekEquity(issuer=self.firm, amount_cents=gap)] if gap > 0 else []


def months_after(month: Month, count: int) -> list[Month]:
    """The months that follow one."""
    index = 12 * month[0] + month[1]
    return [((index + step) // 12, (index + step) % 12 + 1) for step in range(count)]
