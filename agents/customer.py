"""Customers: groups who pay a lab from outside the circle. All money that is not circular begins here."""

from attrs import field, frozen
from attrs.validators import ge, gt, le

from agents.briefing import Briefing
from agents.decisions import Decision, Spend
from agents.firm import Firm
from agents.plans import ONE
from events.units import FirmId, portion


@frozen(kw_only=True)
class Policy:
    """
    A group of customers of one lab: its part of the lab's planned revenue, and how its demand wobbles.

    `noise` is the standard deviation of a month's news about demand, `persistence` how much of it is left a month on.
    """

    lab: FirmId
    share_ppm: int = field(validator=[gt(0), le(ONE)])
    noise_ppm: int = field(default=0, validator=[ge(0), le(ONE)])
    persistence_ppm: int = field(default=800_000, validator=[ge(0), le(999_999)])


class Customer(Firm):
    """Spends what the lab expects of it, as moods and shocks have it."""

    Policy = Policy

    def decide(self, seen: Briefing) -> list[Decision]:
        """What to spend this month: expectation, times the group's own mood, times what shocks leave."""
        mood = ONE + self._mood_ppm
        demanded = portion(portion(seen.expected_cents, max(0, mood)), seen.shock_ppm)
        return [Spend(customer=self.firm, lab=self.policy.lab, demanded_cents=demanded)]

    _mood_ppm = 0

    def hear(self, news_ppm: int) -> None:
        """A month's news moves the mood, which fades back to none."""
        self._mood_ppm = portion(self._mood_ppm, self.policy.persistence_ppm) + news_ppm
