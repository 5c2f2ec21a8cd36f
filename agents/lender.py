"""A lender: honours what it has promised; what it would lend anew, and at which spread, follows the credit market."""

from attrs import field, frozen
from attrs.validators import ge

from agents.firm import Firm
from agents.plans import ONE
from events.units import portion


@frozen(kw_only=True)
class Policy:
    """Spreads in the calm and in a full drought, and below which credit appetite it stops conditional draws."""

    spread_calm_ppm: int = field(default=29_000, validator=ge(0))
    spread_drought_ppm: int = field(default=80_000, validator=ge(0))
    stops_below_ppm: int = field(default=500_000, validator=ge(0))


class Lender(Firm):
    """Draws come to it by contract; it decides only whether a conditional one is still on."""

    Policy = Policy

    def honours(self, status: str, credit_ppm: int) -> bool:
        """Whether a draw is paid out: a binding facility always, a conditional one while credit is to be had."""
        return status in ("binding", "closed") or credit_ppm >= self.policy.stops_below_ppm

    def spread_ppm(self, credit_ppm: int) -> int:
        """The spread on new money, between the calm one and that of a full drought."""
        calm, drought = self.policy.spread_calm_ppm, self.policy.spread_drought_ppm
        return calm + portion(drought - calm, ONE - min(ONE, credit_ppm))
