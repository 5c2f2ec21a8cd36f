"""A cloud that hosts labs: orders systems ahead of what its commitments will ask for."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.briefing import Briefing, Commitment
from agents.decisions import CancelOrder, Decision, OrderGpus
from agents.firm import Firm
from agents.plans import ONE, YearGeneration, generation_in
from events.units import divide

KW_PER_GW = 1_000_000
SMALLEST_ORDER_KW = 1_000


@frozen(kw_only=True)
class Policy:
    """
    How a host builds.

    It orders `lead_days` ahead and accepts `build_days` after delivery. `shell_per_gw` is buildings and power, paid
    with the order; `operating_cost` is cash cost over compute revenue. It stops ordering when its cash less what it
    has on order would fall below `minimum_cash`.
    """

    buys: tuple[YearGeneration, ...]
    lead_days: int = field(default=180, validator=ge(0))
    build_days: int = field(default=90, validator=ge(0))
    days_to_pay: int = field(default=45, validator=ge(0))
    shell_per_gw_cents: int = field(default=0, validator=ge(0))
    operating_cost_ppm: int = field(default=0, validator=[ge(0), le(ONE)])
    minimum_cash_cents: int = field(default=0, validator=ge(0))


class Cloud(Firm):
    """Keeps its capacity on the ramp of each commitment, as far as its own money goes."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """One order a commitment that will lack capacity at the horizon, in order of signing."""
        if seen.in_estate:
            return []
        generation = generation_in(self.policy.buys, seen.month[0])
        free = self.free_cents(seen)
        orders = cancel_orphans(seen)
        for commitment in seen.sells:
            kw = lacking_kw(commitment)
            cost = divide(kw * self.cost_per_gw_cents(seen, generation), KW_PER_GW)
            if kw < SMALLEST_ORDER_KW or cost > free:
                continue
            free -= cost
            orders.append(self._order(commitment, generation, kw))
        return orders

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
    """Power that the ramp will ask for at the horizon and nobody has ordered yet; none for a buyer in an estate."""
    if commitment.buyer_in_estate:
        return 0
    ramp_kw = divide(commitment.ahead_cents * 12 * KW_PER_GW, commitment.price_per_gw_year_cents)
    return max(0, ramp_kw - commitment.accepted_kw - commitment.coming_kw)
