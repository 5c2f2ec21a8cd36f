"""A lender: honours what it has promised, and a conditional promise while credit is to be had."""

from attrs import field, frozen
from attrs.validators import ge

from agents.firm import Firm


@frozen(kw_only=True)
class Policy:
    """Below which credit appetite it stops conditional draws."""

    stops_below_ppm: int = field(default=500_000, validator=ge(0))


class Lender(Firm):
    """Draws come to it by contract; it decides only whether a conditional one is still on."""

    Policy = Policy

    def honours(self, status: str, credit_ppm: int) -> bool:
        """Whether a draw is paid out: a binding facility always, a conditional one while credit is to be had."""
        return status in ("binding", "closed") or credit_ppm >= self.policy.stops_below_ppm
