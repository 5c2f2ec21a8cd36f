"""The start-ups behind many small investments, as one pool: they spend credits first, then cash, then close."""

from attrs import field, frozen
from attrs.validators import gt

from agents.ai_lab import AiLab
from agents.ai_lab import Policy as LabPolicy
from agents.briefing import Briefing
from agents.decisions import CloseStartups, Decision, RentCompute
from events.schedules import Month
from events.units import FirmId

CLOSING = 4  # of those that are left, one in so many closes at a time


@frozen(kw_only=True)
class Policy(LabPolicy):
    """A lab's policy for all of them together; there are `count`, and they rent from each of `clouds` alike."""

    count: int = field(validator=gt(0))
    clouds: tuple[FirmId, ...]


class StartupPool(AiLab):
    """Plans, costs and needs shrink with the number that is left; what cannot be paid for closes before it defaults."""

    Policy = Policy
    _left = -1

    @property
    def left(self) -> int:
        """How many have not closed."""
        return self.policy.count if self._left < 0 else self._left

    def planned_cents(self, month: Month, first: Month) -> int:
        """Revenue planned by those that are left."""
        return super().planned_cents(month, first) * self.left // int(self.policy.count)

    def planned_need_cents(self, month: Month, first: Month) -> int:
        """Compute that those need which are left."""
        return super().planned_need_cents(month, first) * self.left // int(self.policy.count)

    def decide(self, seen: Briefing) -> list[Decision]:
        """As a lab; and at a quarter's end a part of them closes if credits, cash and sales do not last another."""
        return [*super().decide(seen), *self._close(seen)]

    def _rent(self, seen: Briefing) -> list[Decision]:
        need = self.need_cents(seen.month, seen.first_month, self.serving_ppm(seen)) - seen.taken_cents
        part = need // len(self.policy.clouds) if self.policy.clouds else 0
        if part <= 0:
            return []
        return [RentCompute(buyer=self.firm, seller=cloud, amount_cents=part) for cloud in self.policy.clouds]

    def _close(self, seen: Briefing) -> list[Decision]:
        if not seen.quarter_end or self.left == 0:
            return []
        sales = seen.revenue_year_cents // 4
        if seen.cash_cents - seen.due_cents + seen.credit_cents + sales >= self.outflow_cents(seen, 1):
            return []
        closed = -(-self.left // CLOSING)
        self._left = self.left - closed
        return [CloseStartups(pool=self.firm, closed=closed, left=self._left)]
