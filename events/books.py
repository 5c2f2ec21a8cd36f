"""What the events add up to, all of it together: `apply(record)` folds one more, `replay(records)` folds them all.

`apply` neither refuses nor looks around: what it is given has happened. Everything here follows from the log alone.
"""

import datetime
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from attrs import define, field, frozen

from events import capacity, obligations, property, stakes
from events import catalogue as c
from events.accounts import PROPERTY
from events.capacity import Capacity
from events.earnings import Earnings
from events.ledger import Ledger
from events.minimums import Deferral
from events.obligations import Obligations
from events.property import Property
from events.record import Record
from events.stakes import Stakes
from events.terms import DataCentreLease, Terms, parties
from events.units import PPM, portion

Fold = Callable[["Books", Record, Any], None]


@define
class Signed:
    """A contract in force, or what became of it: live, ended, rejected, assumed."""

    contract: str
    status: str
    terms: Terms
    seq: int
    state: str = "live"
    tripped_seq: int | None = None  # the covenant that is tripped now
    refused_seq: int | None = None  # the first draw that was refused
    deferrals: list[Deferral] = field(factory=list)
    pledged: dict[str, int] = field(factory=dict)  # GPUs pledged for it, by generation


@define
class Firm:
    """A firm as the log knows it."""

    firm: str
    trade: str
    owner: str
    guarantor: str
    seq: int
    defaulted_seq: int | None = None  # of the latest filing
    defaulted_day: int = -1
    in_estate: bool = False
    paused_seq: int | None = None  # since when it cannot pay for what it should build


@define
class Freed:
    """Power that a rejected contract has set free, and what of it is let again."""

    seller: str
    kw: int
    price_per_gw_year_cents: int
    date: str
    seq: int
    let_kw: int = 0
    impaired: bool = False  # what stood for it was tested, and written down


@frozen
class Offer:
    """What an investor has on the table for an issuer this quarter."""

    investor: str
    amount_cents: int
    price_cents: int
    date: str
    seq: int


@define
class Market:
    """The latest prices and observations, each with the record that set it."""

    share_cents: dict[str, int] = field(factory=dict)
    share_seq: int = -1
    trailing: dict[str, list[int]] = field(factory=dict)
    value_cents: dict[str, int] = field(factory=dict)
    news_ppm: dict[str, int] = field(factory=dict)  # what announcements so far have made of a value of one
    round_cents: dict[str, int] = field(factory=dict)
    compute_cents: int = 0
    utilisation_ppm: int = 0
    expected_cents: dict[str, int] = field(factory=dict)
    demanded_cents: dict[str, int] = field(factory=dict)
    served_cents: dict[str, int] = field(factory=dict)
    demand_seq: dict[str, int] = field(factory=dict)
    by_month: dict[str, list[list[int]]] = field(factory=dict)  # expected, demanded, served, year-month as yyyymm
    shocks: dict[str, int] = field(factory=dict)
    freed: dict[str, Freed] = field(factory=dict)
    offers: dict[str, Offer] = field(factory=dict)
    taken: dict[str, tuple[str, int]] = field(factory=dict)  # by buyer: month, compute used under commitments


@define
class Disappointment:
    """A receipt that a firm had counted on and did not get; `sort` is promise, round or demand."""

    seq: int
    day: int
    cents: int
    sort: str


@define
class Books:
    """Everything that follows from the records so far."""

    ledger: Ledger = field(factory=Ledger)
    obligations: Obligations = field(factory=Obligations)
    capacity: Capacity = field(factory=Capacity)
    property: Property = field(factory=Property)
    stakes: Stakes = field(factory=Stakes)
    earnings: Earnings = field(factory=Earnings)
    market: Market = field(factory=Market)
    firms: dict[str, Firm] = field(factory=dict)
    boxes: dict[str, list[str]] = field(factory=dict)  # by owner
    contracts: dict[str, Signed] = field(factory=dict)
    by_party: dict[str, list[Signed]] = field(factory=dict)
    disappointments: dict[str, list[Disappointment]] = field(factory=dict)
    rescues: dict[str, int] = field(factory=dict)
    opens: str = ""
    date: str = ""
    seq: int = -1
    ended: bool = False

    def last_day(self) -> int:
        """The day of the latest record, counted from the opening."""
        return _days_between(self.opens, self.date) if self.opens else 0

    def of(self, firm: str) -> list[Signed]:
        """The contracts that name a firm, in the order of signing."""
        return self.by_party.get(firm, [])

    def apply(self, record: Record) -> None:
        """One more record."""
        self.ledger.post(record.post)
        self.follow(record, record.event, type(record.event))

    def follow(self, record: Record, event: Any, kind: type[c.Event]) -> None:
        """All but the balances, for a caller that has those already; `event` is of that kind, or its twin."""
        self.seq, self.date = record.seq, record.date
        if not self.opens:
            self.opens = record.date
        for fold in FOLDS.get(kind, ()):
            fold(self, record, event)


def replay(records: Iterable[Record]) -> Books:
    """The books that these records add up to."""
    books = Books()
    for record in records:
        books.apply(record)
    return books


def _founded(books: Books, record: Record, event: c.FirmFounded) -> None:
    books.firms[event.firm] = Firm(event.firm, event.trade, event.owner, event.guarantor, record.seq)
    if event.owner:
        books.boxes.setdefault(event.owner, []).append(event.firm)


def _signed(books: Books, record: Record, event: c.ContractSigned) -> None:
    signed = Signed(event.contract, event.status, event.terms, record.seq)
    books.contracts[event.contract] = signed
    if isinstance(event.terms, DataCentreLease) and event.terms.serves:
        books.capacity.energised_kw.setdefault(event.terms.serves, 0)
    for firm in parties(event.terms):
        books.by_party.setdefault(firm, []).append(signed)


def _ended(books: Books, record: Record, event: c.ContractEnded) -> None:
    signed = books.contracts[event.contract]
    if signed.state != "rejected":
        signed.state = "ended"


def _rejected(books: Books, record: Record, event: c.ContractRejected) -> None:
    signed = books.contracts[event.contract]
    signed.state = "rejected"
    price = getattr(signed.terms, "price_per_gw_year_cents", 0)
    books.market.freed[event.contract] = Freed(event.counterparty, event.freed_kw, price, record.date, record.seq)
    _disappoint(books, record, event.counterparty, event.amount_cents, "promise")


def _assumed(books: Books, record: Record, event: c.ContractAssumed) -> None:
    books.contracts[event.contract].state = "assumed"


def _defaulted(books: Books, record: Record, event: c.Defaulted) -> None:
    firm = books.firms[event.firm]
    firm.in_estate = True
    firm.defaulted_seq = record.seq
    firm.defaulted_day = _days_between(books.opens, record.date)


def _estate_closed(books: Books, record: Record, event: c.EstateClosed) -> None:
    books.firms[event.firm].in_estate = False


def _market_closed(books: Books, record: Record, event: c.MarketClosed) -> None:
    market = books.market
    market.share_seq = record.seq
    for issuer, cents in event.prices:
        market.share_cents[issuer] = cents
        market.trailing.setdefault(issuer, []).append(cents)
        del market.trailing[issuer][:-KEPT_DAYS]


KEPT_DAYS = 65  # trading days of prices kept for averaging windows: a quarter


def _news(books: Books, record: Record, event: c.NewsPriced) -> None:
    news = books.market.news_ppm
    news[event.issuer] = portion(news.get(event.issuer, PPM), PPM + event.move_ppm)
    if event.issuer in books.market.value_cents:
        books.market.value_cents[event.issuer] = portion(books.market.value_cents[event.issuer], PPM + event.move_ppm)


def _values(books: Books, record: Record, event: c.FundamentalsRevised) -> None:
    books.market.value_cents.update(event.values)


def _rented(books: Books, record: Record, event: c.ComputeRented) -> None:
    if event.contract:
        books.market.freed[event.contract].let_kw = event.kw


def _billed(books: Books, record: Record, event: c.ComputeBilled) -> None:
    month, taken = books.market.taken.get(event.buyer, ("", 0))
    so_far = taken if month == record.date[:7] else 0
    books.market.taken[event.buyer] = (record.date[:7], so_far + event.taken_cents)


def _offered(books: Books, record: Record, event: c.AppetiteSet) -> None:
    books.market.offers[event.issuer] = Offer(
        event.investor, event.amount_cents, event.price_cents, record.date, record.seq
    )


def _drawn(books: Books, record: Record, event: c.LoanDrawn) -> None:
    advance = getattr(books.contracts[event.contract].terms, "advance_ppm", 0)
    books.property.financed(event.borrower, event.amount_cents, advance)
    books.contracts[event.contract].refused_seq = None
    if event.gpus:
        pledged = books.contracts[event.contract].pledged
        pledged[event.generation] = pledged.get(event.generation, 0) + event.gpus


def _pledged(books: Books, record: Record, event: c.CollateralPledged) -> None:
    pledged = books.contracts[event.contract].pledged
    pledged[event.generation] = pledged.get(event.generation, 0) + event.gpus


def _collateral_sold(books: Books, record: Record, event: c.CollateralSold) -> None:
    books.contracts[event.contract].pledged[event.generation] -= event.gpus
    left = books.ledger.balance(event.borrower, PROPERTY)
    books.property.keep(event.borrower, left, left + event.book_cents)
    for contract, kw in event.freed:
        if contract in books.market.freed:
            freed = books.market.freed[contract]
            freed.kw -= kw
            freed.let_kw = min(freed.let_kw, freed.kw)


def _deferred(books: Books, record: Record, event: c.CommitmentDeferred) -> None:
    books.contracts[event.contract].deferrals.append(Deferral(event.start, event.months, event.part_ppm))


def _rescued(books: Books, record: Record, event: c.Rescued) -> None:
    books.rescues[event.firm] = books.rescues.get(event.firm, 0) + 1
    books.market.round_cents[event.firm] = event.price_cents


def _paused(books: Books, record: Record, event: c.BuildingPaused) -> None:
    books.firms[event.firm].paused_seq = record.seq
    _disappoint(books, record, event.firm, event.lacking_cents, "round")


def _resumed(books: Books, record: Record, event: c.BuildingResumed) -> None:
    books.firms[event.firm].paused_seq = None


def _month_closed(books: Books, record: Record, event: c.MonthClosed) -> None:
    books.earnings.close(books.ledger, list(books.firms))


def _impaired(books: Books, record: Record, event: c.PropertyImpaired) -> None:
    left = books.ledger.balance(event.firm, PROPERTY)
    books.property.write_down(event.firm, event.contract, event.amount_cents, left, record.date)
    books.market.freed[event.contract].impaired = True


def _released(books: Books, record: Record, event: c.PledgeReleased) -> None:
    books.contracts[event.contract].pledged[event.generation] -= event.gpus


def _tripped(books: Books, record: Record, event: c.CovenantTripped) -> None:
    books.contracts[event.contract].tripped_seq = record.seq


def _covenant_met(books: Books, record: Record, event: c.CovenantMet) -> None:
    books.contracts[event.contract].tripped_seq = None


def _round(books: Books, record: Record, event: c.RoundClosed) -> None:
    books.market.round_cents[event.issuer] = event.price_cents
    books.market.offers.pop(event.issuer, None)
    _disappoint(books, record, event.issuer, event.wanted_cents - event.amount_cents, "round")


def _declined(books: Books, record: Record, event: c.OfferDeclined) -> None:
    if event.asked == "draw" and books.contracts[record.corr].refused_seq is None:
        books.contracts[record.corr].refused_seq = record.seq
    _disappoint(books, record, event.firm, event.amount_cents, "round")


def _missed(books: Books, record: Record, event: c.PaymentMissed) -> None:
    _disappoint(books, record, event.creditor, event.amount_cents, "promise")


def _tranche_lapsed(books: Books, record: Record, event: c.TrancheLapsed) -> None:
    _disappoint(books, record, event.investee, event.amount_cents, "promise")


def _disappoint(books: Books, record: Record, firm: str, cents: int, sort: str) -> None:
    if cents > 0:
        row = Disappointment(record.seq, _days_between(books.opens, record.date), cents, sort)
        books.disappointments.setdefault(firm, []).append(row)


def _days_between(opens: str, date: str) -> int:
    return (datetime.date.fromisoformat(date) - datetime.date.fromisoformat(opens)).days


def _compute_price(books: Books, record: Record, event: c.ComputePriceSet) -> None:
    books.market.compute_cents = event.price_per_gw_year_cents
    books.market.utilisation_ppm = event.utilisation_ppm


def _demand(books: Books, record: Record, event: c.DemandObserved) -> None:
    market, key = books.market, f"{event.lab}/{event.customer}"
    market.expected_cents[key] = event.expected_cents
    market.demanded_cents[key] = event.demanded_cents
    market.served_cents[key] = event.served_cents
    market.demand_seq[event.lab] = record.seq
    months = market.by_month.setdefault(event.lab, [])
    month = int(record.date[:4] + record.date[5:7])
    if not months or months[-1][3] != month:
        months.append([0, 0, 0, month])
    row = months[-1]
    row[0] += event.expected_cents
    row[1] += event.demanded_cents
    row[2] += event.served_cents
    _disappoint(books, record, event.lab, event.expected_cents - event.served_cents, "demand")


def _shock(books: Books, record: Record, event: c.ShockStruck) -> None:
    books.market.shocks[event.shock] = record.seq


def _run_ended(books: Books, record: Record, event: c.RunEnded) -> None:
    books.ended = True


_OWN: dict[type[c.Event], Fold] = {
    c.FirmFounded: _founded,
    c.ContractSigned: _signed,
    c.ContractEnded: _ended,
    c.ContractRejected: _rejected,
    c.ContractAssumed: _assumed,
    c.Defaulted: _defaulted,
    c.EstateClosed: _estate_closed,
    c.NewsPriced: _news,
    c.MarketClosed: _market_closed,
    c.FundamentalsRevised: _values,
    c.RoundClosed: _round,
    c.OfferDeclined: _declined,
    c.PaymentMissed: _missed,
    c.TrancheLapsed: _tranche_lapsed,
    c.ComputePriceSet: _compute_price,
    c.ComputeRented: _rented,
    c.ComputeBilled: _billed,
    c.AppetiteSet: _offered,
    c.LoanDrawn: _drawn,
    c.PropertyImpaired: _impaired,
    c.CollateralPledged: _pledged,
    c.CommitmentDeferred: _deferred,
    c.Rescued: _rescued,
    c.BuildingPaused: _paused,
    c.BuildingResumed: _resumed,
    c.MonthClosed: _month_closed,
    c.CollateralSold: _collateral_sold,
    c.PledgeReleased: _released,
    c.CovenantTripped: _tripped,
    c.CovenantMet: _covenant_met,
    c.DemandObserved: _demand,
    c.ShockStruck: _shock,
    c.RunEnded: _run_ended,
}


def _in(part: str, fold: Callable[[Any, Record, Any], None]) -> Fold:
    of = attrgetter(part)
    return lambda books, record, event: fold(of(books), record, event)


def _folds(kind: type[c.Event]) -> tuple[Fold, ...]:
    """All that an event of a kind changes: what is owed, what runs, what it cost, who owns whom, and the rest."""
    parts = (("obligations", obligations), ("capacity", capacity), ("property", property), ("stakes", stakes))
    found = [_in(name, module.FOLDS[kind]) for name, module in parts if kind in module.FOLDS]
    return (*found, _OWN[kind]) if kind in _OWN else tuple(found)


FOLDS: dict[type[c.Event], tuple[Fold, ...]] = {kind: _folds(kind) for kind in c.CATALOGUE}
