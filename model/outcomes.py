"""What a run came to, from its records and its books alone, so that a log of any age gets every outcome.

`Tale` is the fold of the records that both the outcomes and the story in the terminal are told from.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from attrs import define, field, frozen

from events import catalogue as c
from events.accounts import CASH
from events.books import Books
from events.flows import Circularity, circularity
from events.gigawatts import GigawattRow, gigawatts
from events.measures import runway_quarters_ppm
from events.postings import contract_of
from events.record import Record
from events.terms import MilestoneEquity, SharePurchase
from events.units import USD

Outcomes = dict[str, int | str]

NOT_SET = "(not set)"  # what a comparison shows for a parameter that a run's scenario leaves out
NOT_BINDING = ("announced", "conditional")
MONTHS_OF_BURN = 6
CONVENTIONS = ("pro_rata", "fifo", "contract")


@define
class Tale:
    """
    What is worth telling of a run; amounts in US cents, records in the order of the log.

    `burn` has, by firm and month, cash paid out less cash taken in, new equity and new loans apart. `prices` are those
    of a firm's last private round. `not_binding` are deals that are announced or conditional, `paid_under_them` what
    was paid to anybody under these.
    """

    shocks: list[Record] = field(factory=list)
    misses: list[Record] = field(factory=list)
    defaults: list[Record] = field(factory=list)
    covenants: list[Record] = field(factory=list)
    revenue: dict[str, int] = field(factory=dict)
    raised: dict[str, int] = field(factory=dict)
    prices: dict[str, int] = field(factory=dict)
    credit_losses: dict[str, int] = field(factory=dict)
    burn: dict[str, dict[str, int]] = field(factory=dict)
    not_binding: dict[str, int] = field(factory=dict)
    invested: set[tuple[str, str]] = field(factory=set)
    chip_bills: dict[str, tuple[str, str]] = field(factory=dict)
    chip_receipts: dict[tuple[str, str], int] = field(factory=dict)
    equity_bills: dict[str, str] = field(factory=dict)

    @property
    def paid_under_them(self) -> int:
        return sum(self.not_binding.values())

    def apply(self, record: Record) -> None:
        """One more record."""
        event = record.event
        follow = _FOLDS.get(type(event))
        if follow is not None:
            follow(self, record, event)
        if type(event) not in _NEW_MONEY and not self._is_equity(event):
            month = record.date[:7]
            for firm, account, asset, quantity in record.post:
                if account == CASH and asset == USD:
                    spent = self.burn.setdefault(firm, {})
                    spent[month] = spent.get(month, 0) - quantity

    def _is_equity(self, event: c.Event) -> bool:
        return isinstance(event, c.ClaimPaid) and event.claim in self.equity_bills

    def pay(self, claim: str, cents: int) -> None:
        """Cash has reached whoever a bill was owed to."""
        if claim in self.chip_bills:
            _add(self.chip_receipts, self.chip_bills[claim], cents)
        if claim in self.equity_bills:
            _add(self.raised, self.equity_bills[claim], cents)
        if contract_of(claim) in self.not_binding:
            self.not_binding[contract_of(claim)] += cents


def told(records: Iterable[Record]) -> Tale:
    """The tale of these records."""
    tale = Tale()
    for record in records:
        tale.apply(record)
    return tale


def outcomes(records: Sequence[Record], books: Books, outside: Collection[str]) -> Outcomes:
    """
    What a run came to, by name, in a stable order; names end in their unit, dotted names go by firm.

    Args:
        records: a log from its first record on.
        books: what the records add up to.
        outside: the account holders outside the circle, as genesis names them.

    Returns:
        Integers in the unit that the name says, counts, and texts ("" where there is nothing to name).
    """
    tale = told(records)
    return of_tale(tale, books, outside, circle(records, tale, outside))


def of_tale(tale: Tale, books: Books, outside: Collection[str], loop: Circularity | None) -> Outcomes:
    """The outcomes, for one who has the tale and the circle already."""
    inside = [firm for firm in books.firms if firm not in outside]
    found: Outcomes = {}
    found |= _first_miss(tale) | _first_default(tale)
    found |= {
        "defaults": len(tale.defaults),
        "misses": len(tale.misses),
        "covenants_tripped": len(tale.covenants),
    }
    found |= {f"default_date.{record.event.firm}": record.date for record in tale.defaults[::-1]}  # type: ignore[attr-defined]
    labs = [firm for firm in inside if books.firms[firm].trade == "ai_lab"]
    found |= {f"revenue_cents.{lab}": tale.revenue.get(lab, 0) for lab in labs}
    found |= {f"equity_raised_cents.{lab}": tale.raised.get(lab, 0) for lab in labs}
    found |= _circle(loop)
    found |= {f"credit_loss_cents.{firm}": cents for firm, cents in sorted(tale.credit_losses.items())}
    found |= {f"cash_cents.{firm}": books.ledger.cash_cents(firm) for firm in inside}
    found |= {f"net_worth_cents.{firm}": books.ledger.net_worth_cents(firm) for firm in inside}
    return found


def circle(records: Iterable[Record], tale: Tale, outside: Collection[str]) -> Circularity | None:
    """
    The circle between the maker and the lab with the largest receipts, among makers that put money into that lab.

    None where no maker did.
    """
    pairs = {pair: tale.chip_receipts.get(pair, 0) for pair in sorted(tale.invested)}
    closed = [pair for pair, cents in pairs.items() if cents > 0]
    if not closed:
        return None
    supplier, lab = max(closed, key=pairs.__getitem__)
    return circularity(records, supplier, lab, outside)


def runway_ppm(books: Books, tale: Tale, firms: Iterable[str], date: str) -> int:
    """
    Quarters that the cash of some firms together lasts, in millionths, at their net outflow of the last six months.

    Returns:
        -1 where cash flows in, new equity and new loans apart.
    """
    months = last_months(date)
    members = list(firms)
    spent = sum(tale.burn.get(firm, {}).get(month, 0) for firm in members for month in months)
    cash = sum(books.ledger.cash_cents(firm) for firm in members)
    return runway_quarters_ppm(max(0, cash) * len(months), 3 * spent)


def last_months(date: str, count: int = MONTHS_OF_BURN) -> tuple[str, ...]:
    """The months, as YYYY-MM, up to the one that an ISO date falls in."""
    last = int(date[:4]) * 12 + int(date[5:7]) - 1
    return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(last - count + 1, last + 1))


def causes(records: Sequence[Record], seq: int) -> list[Record]:
    """A record and what led to it, from the root on."""
    chain = [records[seq]]
    while (cause := chain[-1].cause) is not None:
        chain.append(records[cause])
    return chain[::-1]


def _first_miss(tale: Tale) -> Outcomes:
    first, event = _first(tale.misses)
    return {
        "first_miss_date": first.date if first else "",
        "first_miss_firm": event.debtor if event else "",
        "first_miss_contract": event.contract if event else "",
    }


def _first_default(tale: Tale) -> Outcomes:
    first, event = _first(tale.defaults)
    return {"first_default_date": first.date if first else "", "first_default_firm": event.firm if event else ""}


def _first(records: Sequence[Record]) -> tuple[Record | None, Any]:
    return (records[0], records[0].event) if records else (None, None)


def _circle(loop: Circularity | None) -> Outcomes:
    pair = f"{loop.supplier}-{loop.lab}" if loop else ""
    shares = {f"own_{name}_ppm": loop.own_ppm[name] if loop else 0 for name in CONVENTIONS}
    found: Outcomes = {"circle": pair, "chips_receipts_cents": loop.receipts_cents if loop else 0}
    return found | shares


def _add(sums: dict[Any, int], key: Any, cents: int) -> None:
    sums[key] = sums.get(key, 0) + cents


# How each kind of record goes into the tale.


def _signed(tale: Tale, record: Record, event: c.ContractSigned) -> None:
    if event.status in NOT_BINDING:
        tale.not_binding[event.contract] = 0
    if isinstance(event.terms, MilestoneEquity):
        tale.invested.add((event.terms.investor, event.terms.investee))
    elif isinstance(event.terms, SharePurchase):
        tale.invested.add((event.terms.investor, event.terms.issuer))


def _held(tale: Tale, record: Record, event: c.SharesBroughtForward) -> None:
    tale.invested.add((event.holder, event.issuer))


def _delivered(tale: Tale, record: Record, event: c.GpusDelivered) -> None:
    tale.chip_bills[event.claim] = (event.maker, event.lab)


def _tranche(tale: Tale, record: Record, event: c.TrancheCalled) -> None:
    tale.equity_bills[event.claim] = event.investee


def _paid(tale: Tale, record: Record, event: c.ClaimPaid) -> None:
    tale.pay(event.claim, event.amount_cents)


def _cleared(tale: Tale, record: Record, event: c.ClaimCleared) -> None:
    tale.pay(event.claim, event.paid_cents)
    if event.amount_cents > event.paid_cents and not event.deferred:
        _add(tale.credit_losses, event.creditor, event.amount_cents - event.paid_cents)


def _drawn(tale: Tale, record: Record, event: c.LoanDrawn) -> None:
    if event.contract in tale.not_binding:
        tale.not_binding[event.contract] += event.amount_cents


def _round(tale: Tale, record: Record, event: c.RoundClosed) -> None:
    tale.invested.add((event.investor, event.issuer))
    tale.prices[event.issuer] = event.price_cents
    _add(tale.raised, event.issuer, event.amount_cents)


def _issued(tale: Tale, record: Record, event: c.SharesIssued) -> None:
    tale.prices[event.issuer] = event.price_cents


def _served(tale: Tale, record: Record, event: c.CustomersServed) -> None:
    _add(tale.revenue, event.lab, event.amount_cents)


_NEW_MONEY = (c.RoundClosed, c.LoanDrawn, c.BalanceBroughtForward, c.RolledForward, c.LoanBroughtForward)

_FOLDS: dict[type[c.Event], Any] = {
    c.ContractSigned: _signed,
    c.SharesBroughtForward: _held,
    c.GpusDelivered: _delivered,
    c.TrancheCalled: _tranche,
    c.ClaimPaid: _paid,
    c.ClaimCleared: _cleared,
    c.LoanDrawn: _drawn,
    c.RoundClosed: _round,
    c.SharesIssued: _issued,
    c.CustomersServed: _served,
    c.ShockStruck: lambda tale, record, event: tale.shocks.append(record),
    c.PaymentMissed: lambda tale, record, event: tale.misses.append(record),
    c.Defaulted: lambda tale, record, event: tale.defaults.append(record),
    c.CovenantTripped: lambda tale, record, event: tale.covenants.append(record),
}


@frozen
class CameTo:
    """
    A log read whole: what the terminal and a comparison ask of it.

    `why` is how the first missed payment came about, from the root on; `beside` likewise the next thing that its
    debtor had counted on and did not get. `gigawatts` is every order once.
    """

    tale: Tale
    loop: Circularity | None
    outcomes: Outcomes
    why: list[Record]
    beside: list[Record]
    gigawatts: list[GigawattRow]


def came_to(records: Iterator[Record], books: Books, outside: Collection[str]) -> CameTo:
    """All of it, from the records of one log and the books that they add up to."""
    listed = list(records)
    tale = told(listed)
    loop = circle(listed, tale, outside)
    why = causes(listed, tale.misses[0].seq) if tale.misses else []
    also = tale.misses[0].event.also if tale.misses else ()  # type: ignore[attr-defined]
    beside = causes(listed, also[0]) if also and also[0] < len(listed) else []
    return CameTo(tale, loop, of_tale(tale, books, outside, loop), why, beside, gigawatts(listed))
