"""A landlord: builds halls with power for its tenants as far as its own and its lenders' money goes."""

from attrs import field, frozen
from attrs.validators import ge, le

from agents.firm import Firm
from agents.plans import ONE


@frozen(kw_only=True)
class Policy:
    """It keeps `minimum_cash`; `operating_cost` is its cash cost over rent, where the tenant does not bear it."""

    minimum_cash_cents: int = field(default=0, validator=ge(0))
    operating_cost_ppm: int = field(default=0, validator=[ge(0), le(ONE)])


class Landlord(Firm):
    """Its leases say what to build and when; it decides only whether it can."""

    Policy = Policy

    def builds(self, cost_cents: int, means_cents: int) -> bool:
        """Whether a phase is begun: its whole cost is in sight, and the least of cash stays."""
        return cost_cents + self.policy.minimum_cash_cents <= means_cents
