"""An account holder that decides nothing: the world, the public, a tenant that always pays."""

from attrs import frozen

from agents.firm import Firm


@frozen(kw_only=True)
class Policy:
    """Nothing but a remark."""

    remark: str = ""


class Passive(Firm):
    """Holds accounts, pays its bills while it can, and wants nothing."""

    Policy = Policy
