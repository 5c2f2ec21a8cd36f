"""What a firm can want. Imperatives: nothing has happened until settlement has turned one into an event."""

from attrs import frozen


class Decision:
    """Something a firm wants done in its own name."""


@frozen(kw_only=True)
class Spend(Decision):
    """A group of customers wants so much of a lab's service this month."""

    customer: str
    lab: str
    demanded_cents: int


@frozen(kw_only=True)
class OrderGpus(Decision):
    """Order systems of a generation for one contract."""

    buyer: str
    generation: str
    kw: int
    serves: str
    lead_days: int


@frozen(kw_only=True)
class PauseBuilding(Decision):
    """Stop building for a contract, for want of so much money."""

    firm: str
    contract: str
    kw: int
    lacking_cents: int


@frozen(kw_only=True)
class ResumeBuilding(Decision):
    """Build on."""

    firm: str
    contract: str


@frozen(kw_only=True)
class CancelOrder(Decision):
    """Withdraw an order that has not been delivered."""

    buyer: str
    order: str
    reason: str


@frozen(kw_only=True)
class RentCompute(Decision):
    """Rent compute on demand for this month."""

    buyer: str
    seller: str
    amount_cents: int


@frozen(kw_only=True)
class CutCosts(Decision):
    """Run on so much of planned running costs from now on."""

    firm: str
    to_ppm: int


@frozen(kw_only=True)
class SeekEquity(Decision):
    """Look for money against new shares."""

    issuer: str
    amount_cents: int


@frozen(kw_only=True)
class OfferEquity(Decision):
    """Be ready to put up to so much into an issuer, at a price a share."""

    investor: str
    issuer: str
    amount_cents: int
    price_cents: int


@frozen(kw_only=True)
class CloseStartups(Decision):
    """Let so many start-ups of a pool go."""

    pool: str
    closed: int
    left: int


@frozen(kw_only=True)
class AskRelief(Decision):
    """Ask a creditor to `stretch` a bill, to `defer` what its contract will ask for, or to `swap` it for shares."""

    debtor: str
    claim: str
    form: str


@frozen(kw_only=True)
class OfferFinance(Decision):
    """Put money into a customer that lacks it, so that it may go on ordering."""

    maker: str
    customer: str
    amount_cents: int
    cover_ppm: int


@frozen(kw_only=True)
class SellShares(Decision):
    """Sell so many shares of a listed issuer."""

    holder: str
    issuer: str
    shares: int


@frozen(kw_only=True)
class DrawRevolver(Decision):
    """Draw on a revolving facility for cash."""

    borrower: str
    contract: str
    amount_cents: int


@frozen(kw_only=True)
class RepayRevolver(Decision):
    """Pay back a part of a revolving facility before it is due."""

    borrower: str
    contract: str
    amount_cents: int


@frozen(kw_only=True)
class FundBox(Decision):
    """Put equity into a box."""

    owner: str
    box: str
    amount_cents: int


@frozen(kw_only=True)
class SweepBox(Decision):
    """Let a box pay up what it does not need."""

    box: str
    owner: str
    amount_cents: int


@frozen(kw_only=True)
class BookProduction(Decision):
    """Give the lines of a maker so much power to build this month."""

    maker: str
    kw: int
