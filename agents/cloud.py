"""A cloud that hosts labs: orders systems ahead of what its commitments will ask for."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing, Commitment
from agents.decisions import (
    CancelOrder,
    Decision,
    DrawRevolver,
    OrderGpus,
    PauseBuilding,
    RepayRevolver,
    ResumeBuilding,
)
from agents.firm import Firm
from agents.plans import ONE, YearGeneration, generation_in
from events.units import divide, portion

KW_PER_GW = 1_000_000
SMALLEST_ORDER_KW = 1_000


@frozen(kw_only=True)
class Policy:
    """
    How a host builds.

    It orders `lead_days` ahead and accepts `build_days` after delivery. `shell_per_gw` is buildings and power, paid
    with the order; `operating_cost` is cash cost over compute revenue. It orders as long as its cash less what it has
    on order stays above `minimum_cash`, and draws on its revolving facilities for what lacks.
    """

    buys: tuple[YearGeneration, ...]
    lead_days: int = field(default=180, validator=ge(0))
    build_days: int = field(default=90, validator=ge(0))
    days_to_pay: int = field(default=45, validator=ge(0))
    shell_per_gw_cents: int = field(default=0, validator=ge(0))
    operating_cost_ppm: int = field(default=0, validator=[ge(0), le(ONE)])
    minimum_cash_cents: int = field(default=0, validator=ge(0))


class Cloud(Firm):
    """Keeps its capacity on the ramp of each commitment, as far as its own money goes and what it can borrow."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """
        One order a commitment that will lack capacity at the horizon, in order of signing, as far as cash on hand goes;
        what lacks is borrowed for the next month, and where nobody lends it, building stops.
        """
        if seen.in_estate:
            return []
        generation = generation_in(self.policy.buys, seen.month[0])
        price = self.cost_per_gw_cents(seen, generation)
        free = self.free_cents(seen)
        orders = cancel_orphans(seen)
        short: tuple[Commitment, int] | None = None
        lacking = 0
        for commitment in seen.sells:
            wanted = lacking_kw(commitment)
            kw = min(wanted, max(0, free) * KW_PER_GW // price) if price else wanted
            if kw >= SMALLEST_ORDER_KW:
                free -= divide(kw * price, KW_PER_GW)
                orders.append(self._order(commitment, generation, kw))
            else:
                kw = 0
            if wanted - kw >= SMALLEST_ORDER_KW:
                short = short or (commitment, wanted - kw)
                lacking += divide((wanted - kw) * price, KW_PER_GW)
        return [*orders, *self._find_money(seen, short, lacking, free)]

    def _repay(self, seen: Briefing, spare: int) -> list[Decision]:
        """What is neither kept nor on order goes back to the market at a quarter's end."""
        lines = [loan for loan in seen.facilities if loan.revolving and loan.outstanding_cents]
        if not lines or spare <= 0 or not seen.quarter_end:
            return []
        cents = min(spare, lines[0].outstanding_cents)
        return [RepayRevolver(borrower=self.firm, contract=lines[0].contract, amount_cents=cents)]

    def _find_money(
        self, seen: Briefing, short: tuple[Commitment, int] | None, lacking: int, spare: int
    ) -> list[Decision]:
        if short is None:
            resumed = [ResumeBuilding(firm=self.firm, contract=seen.sells[0].contract)] if seen.paused else []
            return [*resumed, *self._repay(seen, spare)]
        commitment, kw = short
        decisions: list[Decision] = []
        lines = [loan for loan in seen.facilities if loan.revolving and loan.undrawn_cents]
        if lines:
            drawn = min(lacking, lines[0].undrawn_cents)
            decisions.append(DrawRevolver(borrower=self.firm, contract=lines[0].contract, amount_cents=drawn))
        if not any(loan.open for loan in lines):
            decisions.append(
                PauseBuilding(firm=self.firm, contract=commitment.contract, kw=kw, lacking_cents=lacking)
            )
        return decisions

    def free_cents(self, seen: Briefing) -> int:
        """What it may still commit."""
        return seen.cash_cents - seen.due_cents - seen.on_order_cents - self.policy.minimum_cash_cents

    def cost_per_gw_cents(self, seen: Briefing, generation: str) -> int:
        """Chips and shell of a gigawatt."""
        return seen.generation_price_cents[generation] + self.policy.shell_per_gw_cents

    def _order(self, commitment: Commitment, generation: str, kw: int) -> OrderGpus:
        return OrderGpus(
            buyer=self.firm, generation=generation, kw=kw, serves=commitment.contract, lead_days=self.policy.lead_days
        )


def cancel_orphans(seen: Briefing) -> list[Decision]:
    """Take back what was ordered for contracts that are no longer in force."""
    return [CancelOrder(buyer=seen.firm, order=order, reason="its contract is gone") for order in seen.orphans]


def lacking_kw(commitment: Commitment) -> int:
    """
    Power that the ramp will ask for at the horizon and nobody has ordered yet; none for a buyer in an estate, or one
    that has not paid.
    """
    if commitment.buyer_in_estate or commitment.buyer_overdue:
        return 0
    ahead = portion(commitment.ahead_cents, commitment.used_ppm)
    ramp_kw = divide(ahead * 12 * KW_PER_GW, commitment.price_per_gw_year_cents)
    return max(0, ramp_kw - commitment.accepted_kw - commitment.coming_kw)
