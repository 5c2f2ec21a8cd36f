"""What a firm sees when it decides: its own books, its contracts, the prices, and what it expected. Nothing else.

A briefing is a value. It is cut from the books and the firm's own policy, so `decide` can be tested with a briefing
and no world behind it.
"""

from attrs import field, frozen

from events.books import Books
from events.schedules import Month, amount_in
from events.terms import ComputeCommitment, TermLoan
from events.units import divide


@frozen(kw_only=True)
class Commitment:
    """One compute commitment, as either side of it sees it."""

    contract: str
    seller: str
    buyer: str
    price_per_gw_year_cents: int
    minimum_cents: int  # of this month, at full delivery
    ahead_cents: int  # of the month at the planning horizon of the seller
    accepted_kw: int
    coming_kw: int
    buyer_in_estate: bool = False
    buyer_overdue: bool = False  # owes the seller a bill that it has missed
    used_ppm: int = 1_000_000  # what the buyer takes, where it need not pay for the rest


@frozen(kw_only=True)
class Facility:
    """A loan as its borrower sees it."""

    contract: str
    outstanding_cents: int
    undrawn_cents: int
    advance_ppm: int
    available: bool
    revolving: bool
    service_cents: int  # principal and interest of a quarter, roughly
    days_left: int  # to maturity
    open: bool = True  # whether its lender would pay out today


@frozen(kw_only=True)
class Stake:
    """Shares of a listed issuer that the firm holds."""

    issuer: str
    shares: int
    price_cents: int


@frozen(kw_only=True)
class Due:
    """A bill of the coming month."""

    claim: str
    channel: str
    creditor: str
    amount_cents: int
    due_day: int
    times_stretched: int = 0


@frozen(kw_only=True)
class Need:
    """A customer of a maker that lacked so much money in the last quarter."""

    customer: str
    lacking_cents: int


@frozen(kw_only=True)
class BoxView:
    """A box as its owner sees it: what it has, and what it needs before it could sweep."""

    box: str
    cash_cents: int
    due_cents: int
    facilities: tuple[Facility, ...] = ()


@frozen(kw_only=True)
class Briefing:
    """Everything a firm may base a month's decisions on."""

    firm: str
    day: int
    month: Month
    first_month: Month
    quarter_end: bool
    in_estate: bool = False
    cash_cents: int = 0
    due_cents: int = 0  # bills open today
    overdue_cents: int = 0
    receivable_cents: int = 0
    on_order_cents: int = 0  # systems ordered and not yet delivered
    price_cents: int = 0  # own share or last round
    shares_outstanding: int = 0
    demand_ppm: int = 1_000_000  # last quarter's demand over what was expected of it, of the lab in question
    efficiency_ppm: int = 1_000_000  # what serving takes of compute, against what was planned
    revenue_year_cents: int = 0  # the lab's last month, times twelve
    spent_share_ppm: int = 1_000_000  # running costs as cut so far
    expected_cents: int = 0  # a customer: what its lab expects of it this month
    shock_ppm: int = 1_000_000  # what shocks leave of it
    drought_ppm: int = 1_000_000  # what shocks leave of investors' appetite
    credit_ppm: int = 1_000_000  # what shocks leave of lenders' appetite
    dues_ahead: tuple[Due, ...] = ()  # of the next 31 days, in the order in which the firm would pay them
    needy: tuple[Need, ...] = ()  # a maker: customers short of money, the neediest first
    paused: bool = False  # it has stopped building for want of money
    orphans: tuple[str, ...] = ()  # own orders, not in work, that serve a contract no longer in force
    sells: tuple[Commitment, ...] = ()
    buys: tuple[Commitment, ...] = ()
    facilities: tuple[Facility, ...] = ()
    stakes: tuple[Stake, ...] = ()
    boxes: tuple[BoxView, ...] = ()
    generation_price_cents: dict[str, int] = field(factory=dict)
    bills_ahead_cents: tuple[int, ...] = ()  # minimums of the commitments it buys, month by month for a year
    taken_cents: int = 0  # compute this lab has used under its commitments this month
    credit_cents: int = 0  # cloud credits left, at face value
    owner_free_cents: int = 0  # a box: what its owner could put in
    waiting_kw: int = 0  # a maker: orders not yet delivered
    ordered_month_kw: int = 0  # a maker: ordered of it in a month, mean of the last half year


def commitments(
    books: Books, firm: str, month: Month, ahead: Month, first: Month
) -> tuple[list[Commitment], list[Commitment]]:
    """The commitments that a firm sells and those that it buys, in order of signing."""
    sells: list[Commitment] = []
    buys: list[Commitment] = []
    for signed in books.of(firm):
        terms = signed.terms
        if not isinstance(terms, ComputeCommitment) or signed.state not in ("live", "assumed"):
            continue
        seen = Commitment(
            contract=signed.contract,
            seller=terms.seller,
            buyer=terms.buyer,
            price_per_gw_year_cents=terms.price_per_gw_year_cents,
            minimum_cents=amount_in(terms.minimums, first, month),
            ahead_cents=amount_in(terms.minimums, first, ahead),
            accepted_kw=books.capacity.accepted_kw.get(signed.contract, 0),
            coming_kw=books.capacity.coming_kw.get(signed.contract, 0),
            buyer_in_estate=books.firms[terms.buyer].in_estate,
            buyer_overdue=any(
                claim.missed_seq is not None and claim.creditor == terms.seller
                for claim in books.obligations.of(terms.buyer)
            ),
        )
        (sells if terms.seller == firm else buys).append(seen)
    return sells, buys


def facilities(books: Books, firm: str, day: int) -> list[Facility]:
    """The loans of a borrower, in order of signing."""
    seen = []
    for signed in books.of(firm):
        terms = signed.terms
        if not isinstance(terms, TermLoan) or terms.borrower != firm or signed.state == "ended":
            continue
        outstanding = books.ledger.units(terms.lender, f"LOAN:{signed.contract}")
        undrawn = books.ledger.units(firm, f"COMMIT:{signed.contract}")
        instalment = divide(outstanding, terms.instalments) if terms.instalments else 0
        interest = divide(outstanding * (terms.margin_ppm + 40_000), 4_000_000)
        seen.append(
            Facility(
                contract=signed.contract,
                outstanding_cents=outstanding,
                undrawn_cents=undrawn,
                advance_ppm=terms.advance_ppm,
                available=day <= terms.available_until_day and signed.tripped_seq is None,
                revolving=terms.revolving == 1,
                service_cents=instalment + interest,
                days_left=terms.maturity_day - day,
            )
        )
    return seen
