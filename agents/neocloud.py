"""A debt-financed cloud: a parent that decides for its borrowing boxes, and the boxes themselves."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing
from agents.cloud import KW_PER_GW, SMALLEST_ORDER_KW, cancel_orphans, lacking_kw
from agents.decisions import Decision, DrawRevolver, FundBox, OrderGpus, SeekEquity, SweepBox
from agents.firm import Firm
from agents.plans import ONE, YearGeneration, generation_in
from events.units import divide, portion


@frozen(kw_only=True)
class Policy:
    """
    How a parent looks after its boxes.

    It keeps `minimum_cash` for itself and puts the rest where a box lacks it. `fixed_costs` a year (leases, staff) do
    not follow revenue. It sells new shares when its cash is below `equity_target_quarters` of those costs and what
    matures, its own and its boxes', within `refinances_ahead_days`.
    """

    minimum_cash_cents: int = field(default=0, validator=ge(0))
    fixed_costs_cents: int = field(default=0, validator=ge(0))
    days_to_pay: int = field(default=30, validator=ge(0))
    equity_target_quarters: int = field(default=2, validator=ge(0))
    refinances_ahead_days: int = field(default=540, validator=ge(0))


class Neocloud(Firm):
    """Moves cash between its boxes and itself, and asks the public for more when that is not enough."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """Fill the boxes that lack cash for their bills, then look after its own."""
        if seen.in_estate:
            return []
        free = max(0, seen.cash_cents - seen.due_cents - self.policy.minimum_cash_cents)
        decisions: list[Decision] = []
        lacking = 0
        for box in seen.boxes:
            need = max(0, box.due_cents - box.cash_cents)
            given = min(need, free)
            free -= given
            lacking += need - given
            if given:
                decisions.append(FundBox(owner=self.firm, box=box.box, amount_cents=given))
        return [*decisions, *self._draw(seen, lacking), *self._raise(seen, lacking)]

    def _draw(self, seen: Briefing, lacking: int) -> list[Decision]:
        gap = lacking + self.policy.minimum_cash_cents + seen.due_cents - seen.cash_cents
        for facility in seen.facilities:
            if gap > 0 and facility.revolving and facility.available and facility.undrawn_cents:
                drawn = min(gap, facility.undrawn_cents)
                return [DrawRevolver(borrower=self.firm, contract=facility.contract, amount_cents=drawn)]
        return []

    def maturing_cents(self, seen: Briefing) -> int:
        """Principal that falls due at a maturity soon enough to be refinanced now."""
        loans = [*seen.facilities, *(loan for box in seen.boxes for loan in box.facilities)]
        return sum(loan.outstanding_cents for loan in loans if loan.days_left <= self.policy.refinances_ahead_days)

    def _raise(self, seen: Briefing, lacking: int) -> list[Decision]:
        target = self.policy.equity_target_quarters * divide(self.policy.fixed_costs_cents, 4) + self.maturing_cents(
            seen
        )
        gap = lacking + target + self.policy.minimum_cash_cents + seen.due_cents - seen.cash_cents
        if not seen.quarter_end or gap <= 0:
            return []
        return [SeekEquity(issuer=self.firm, amount_cents=gap)]


@frozen(kw_only=True)
class BoxPolicy:
    """
    How a borrowing box builds and pays.

    `fit_out_per_gw` is what it pays beside the chips; `operating_cost` is cash cost over the full revenue of what it
    has installed, of which `fixed` goes on when a customer stops paying. `reserve_quarters` of debt service stay in
    the box before anything is swept.
    """

    buys: tuple[YearGeneration, ...]
    lead_days: int = field(default=120, validator=ge(0))
    build_days: int = field(default=60, validator=ge(0))
    days_to_pay: int = field(default=45, validator=ge(0))
    fit_out_per_gw_cents: int = field(default=0, validator=ge(0))
    operating_cost_ppm: int = field(default=380_000, validator=[ge(0), le(ONE)])
    fixed_ppm: int = field(default=800_000, validator=[ge(0), le(ONE)])
    reserve_quarters: int = field(default=1, validator=ge(0))


class Box(Firm):
    """Orders what its facilities, its cash and its parent can pay; lets go of what is left over."""

    Policy = BoxPolicy

    def decide(self, seen: Briefing) -> list[Decision]:
        """New systems first, then the sweep at a quarter's end."""
        if seen.in_estate:
            return []
        return [*self._order(seen), *self._sweep(seen)]

    def _order(self, seen: Briefing) -> list[Decision]:
        generation = generation_in(self.policy.buys, seen.month[0])
        price = seen.generation_price_cents[generation] + self.policy.fit_out_per_gw_cents
        means = self.means_cents(seen)
        orders = cancel_orphans(seen)
        for commitment in seen.sells:
            affordable = means * KW_PER_GW // price
            kw = min(lacking_kw(commitment), max(0, affordable))
            if kw >= SMALLEST_ORDER_KW:
                means -= divide(kw * price, KW_PER_GW)
                orders.append(
                    OrderGpus(
                        buyer=self.firm, generation=generation, kw=kw, serves=commitment.contract,
                        lead_days=self.policy.lead_days,
                    )
                )  # fmt: skip
        return orders

    def means_cents(self, seen: Briefing) -> int:
        """Cost of systems that what it can draw, with its own and its owner's money beside it, would cover."""
        undrawn = sum(f.undrawn_cents for f in seen.facilities if f.open and f.available and not f.revolving)
        own = max(0, seen.cash_cents + seen.owner_free_cents - seen.due_cents)
        advance = max((f.advance_ppm for f in seen.facilities if f.available), default=0)
        if not undrawn or not advance:
            return own - seen.on_order_cents
        by_debt = divide(undrawn * ONE, advance)
        by_equity = divide(own * ONE, ONE - advance) if advance < ONE else by_debt
        return min(by_debt, by_equity) - seen.on_order_cents

    def _sweep(self, seen: Briefing) -> list[Decision]:
        if not seen.quarter_end or seen.overdue_cents:
            return []
        reserve = self.policy.reserve_quarters * sum(f.service_cents for f in seen.facilities)
        surplus = seen.cash_cents - seen.due_cents - portion(seen.on_order_cents, ONE // 4) - reserve
        owner = self.owner
        return [SweepBox(box=self.firm, owner=owner, amount_cents=surplus)] if surplus > 0 and owner else []

    owner = ""
