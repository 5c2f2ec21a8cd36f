"""Where each dollar came from: a fold over the records of a log, in whole cents.

Cash has no colour, so the question "how much of what a supplier receives is its own money?" has an answer only by
convention. Three stand side by side:

- *pro rata*: a firm's cash is a mix; what it pays carries the origins of the mix in proportion (largest remainder, ties
  in order of the origin's name);
- *FIFO*: a firm's cash is a queue; what it pays is the oldest of it;
- *contract by contract*: an outlay is matched with the receipts that its own contract is tied to, whatever pots the
  money lay in between (see `Tied`).

An origin is `external` (customers and the outside world), `opening` (cash that the world opened with), or the name of
the firm that last paid the money out as finance: equity, a stake bought, a backstop, a loan. Whatever a supplier pays
out as finance is *own money* from then on, wherever it had it from. Firms named `external` or `opening` would be
mistaken for these two.
"""

import datetime
from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal, NamedTuple

from attrs import frozen

from events import catalogue as c
from events.accounts import CASH
from events.postings import Posting
from events.problems import AccountingBroken
from events.record import Record
from events.terms import ComputeCommitment
from events.units import PPM, USD, divide, portion, split

EXTERNAL = "external"
OPENING = "opening"

Convention = Literal["pro_rata", "fifo"]
Origins = dict[str, int]


# --- the headline ---------------------------------------------------------------------------------------------------


@frozen
class MonthOfReceipts:
    """What a supplier received in a month for chips serving a lab, and how much was its own money, in cents."""

    month: str
    receipts_cents: int
    pro_rata_cents: int
    fifo_cents: int
    contract_cents: int
    external_cents: int


@frozen
class Circularity:
    """
    Own money of a supplier in its receipts for chips serving a lab, over all paths.

    Attributes:
        receipts_cents: cash received for chips serving the lab, over the whole log.
        own_cents, own_ppm: the supplier's own money in it, by convention (`pro_rata`, `fifo`, `contract`); all three
            are measured against the same `receipts_cents`.
        external_share_ppm: money of customers and of the outside world in it, pro rata.
        tied_receipts_cents: the receipts from the first outlay on, which the contract convention matches with.
        outlays_cents: what the supplier paid out as finance to the lab and to hosts serving it.
        round_trip_days: days from an own cent's paying out to its coming back, under FIFO, mean by amount; -1 if none.
        loop_multiplier_ppm: orders from one dollar of others, 1 / (1 - s) with s pro rata; -1 where all is own money.
        by_month: months with receipts, in order.
    """

    supplier: str
    lab: str
    receipts_cents: int
    own_cents: dict[str, int]
    own_ppm: dict[str, int]
    external_share_ppm: int
    tied_receipts_cents: int
    outlays_cents: int
    round_trip_days: int
    loop_multiplier_ppm: int
    by_month: tuple[MonthOfReceipts, ...]


def circularity(records: Iterable[Record], supplier: str, lab: str, outside: Collection[str]) -> Circularity:
    """
    The circle between a supplier and a lab, by three conventions.

    Args:
        records: a log from its first record on.
        supplier: the maker whose receipts are looked at.
        lab: the lab that the chips serve, whoever buys them.
        outside: the account holders outside the circle, as genesis names them.

    Raises:
        AccountingBroken: a firm of the circle pays cash that it does not have.
    """
    provenance, tied = Provenance(outside), Tied(supplier, lab)
    for record in records:
        provenance.apply(record)
        tied.apply(record)
    mixed = provenance.receipts_by_origin(supplier, lab)
    queued = provenance.receipts_by_origin(supplier, lab, "fifo")
    own = {"pro_rata": mixed.get(supplier, 0), "fifo": queued.get(supplier, 0), "contract": tied.own_cents}
    receipts = sum(mixed.values())
    return Circularity(
        supplier=supplier,
        lab=lab,
        receipts_cents=receipts,
        own_cents=own,
        own_ppm={convention: share_ppm(cents, receipts) for convention, cents in own.items()},
        external_share_ppm=share_ppm(mixed.get(EXTERNAL, 0), receipts),
        tied_receipts_cents=tied.receipts_cents,
        outlays_cents=tied.outlays_cents,
        round_trip_days=provenance.round_trip_days(supplier, lab),
        loop_multiplier_ppm=loop_multiplier_ppm(own["pro_rata"], receipts),
        by_month=_by_month(provenance, tied),
    )


def _by_month(provenance: "Provenance", tied: "Tied") -> tuple[MonthOfReceipts, ...]:
    supplier = tied.supplier
    mixed = provenance.by_month(supplier, tied.lab)
    queued = provenance.by_month(supplier, tied.lab, "fifo")
    return tuple(
        MonthOfReceipts(
            month=month,
            receipts_cents=sum(origins.values()),
            pro_rata_cents=origins.get(supplier, 0),
            fifo_cents=queued[month].get(supplier, 0),
            contract_cents=tied.own_by_month.get(month, 0),
            external_cents=origins.get(EXTERNAL, 0),
        )
        for month, origins in mixed.items()
    )


def share_ppm(part_cents: int, whole_cents: int) -> int:
    """A part of a whole in parts per million; 0 of nothing."""
    return divide(part_cents * PPM, whole_cents) if whole_cents else 0


def loop_multiplier_ppm(own_cents: int, receipts_cents: int) -> int:
    """
    Orders from one dollar of others when the share s = own / receipts of what is paid returns: 1 / (1 - s).

    In parts per million: 1,000,000 without a loop, 1,400,000 for 10 in 35; -1 where all is own money and the sum has
    no end.
    """
    if not receipts_cents:
        return PPM
    others = receipts_cents - own_cents
    return divide(receipts_cents * PPM, others) if others else -1


def payback(records: Iterable[Record], investor: str, investee: str, gross_margin_ppm: int) -> str:
    """
    The date since when a stake has paid for itself in chips: profit on them exceeds what was paid for the stake.

    Profit is the gross margin of cash received, from the first outlay on, for chips that serve the investee or that it
    buys. Outlays are tranches, rounds and shares bought, whoever sold them; loans and backstops are no stake. A later
    outlay can undo a payback; what is returned is the crossing that lasted.

    Args:
        records: a log from its first record on.
        gross_margin_ppm: gross profit by revenue, in parts per million.

    Returns:
        An ISO date; "" where outlays are not exceeded at the end, or there were none.
    """
    payments = Payments()
    outlays = receipts = 0
    since = ""
    for record in records:
        for payment in payments.of(record):
            if payment.is_outlay_of(investor) and payment.meaning.stake == investee:
                outlays += payment.cents
            elif outlays and _from_chips(payment, investor, investee):
                receipts += payment.cents
            else:
                continue
            paid_back = portion(receipts, gross_margin_ppm) > outlays
            since = (since or record.date) if paid_back else ""
    return since


def _from_chips(payment: "Payment", maker: str, firm: str) -> bool:
    sale = payment.meaning.sale
    return sale is not None and sale.maker == maker and firm in (sale.buyer, sale.lab)


# --- pro rata and FIFO ----------------------------------------------------------------------------------------------


class Lot(NamedTuple):
    """Cents of one origin. `day` is the ordinal of the day it was paid out as finance; 0 for other money."""

    origin: str
    cents: int
    day: int


class Mix:
    """Cash without order: what is taken has the origins of the whole, in proportion."""

    __slots__ = ("held_cents", "origins")

    def __init__(self) -> None:
        self.held_cents = 0
        self.origins: Origins = {}

    def put(self, lots: Iterable[Lot]) -> None:
        """Cash comes in."""
        for origin, cents, _ in lots:
            self.held_cents += cents
            self.origins[origin] = self.origins.get(origin, 0) + cents

    def take(self, cents: int) -> list[Lot]:
        """Cash goes out; at most what is held."""
        names = sorted(self.origins)
        held = [self.origins[name] for name in names]
        taken = held if cents == self.held_cents else split(cents, held)
        self.held_cents -= cents
        self.origins = {name: had - out for name, had, out in zip(names, held, taken, strict=True) if had > out}
        return [Lot(name, out, 0) for name, out in zip(names, taken, strict=True) if out]


class Queue:
    """Cash in the order of its coming: the oldest goes first. Neighbours of one origin and day are one lot."""

    __slots__ = ("held_cents", "lots")

    def __init__(self) -> None:
        self.held_cents = 0
        self.lots: deque[Lot] = deque()

    @property
    def origins(self) -> Origins:
        """Cents by origin."""
        return _add_up(self.lots)

    def put(self, lots: Iterable[Lot]) -> None:
        """Cash comes in, behind what is there."""
        for lot in lots:
            self.held_cents += lot.cents
            last = self.lots[-1] if self.lots else None
            if last and last.origin == lot.origin and last.day == lot.day:
                self.lots[-1] = Lot(lot.origin, last.cents + lot.cents, lot.day)
            else:
                self.lots.append(lot)

    def take(self, cents: int) -> list[Lot]:
        """
        Cash goes out; at most what is held.

        One payment happens at one instant, so lots of one origin and day in it become one: otherwise every payment
        would cut the lots finer, and the queues would grow with the log.
        """
        self.held_cents -= cents
        taken: dict[tuple[str, int], int] = {}
        while cents:
            origin, had, day = self.lots.popleft()
            out = min(had, cents)
            cents -= out
            taken[origin, day] = taken.get((origin, day), 0) + out
            if had > out:
                self.lots.appendleft(Lot(origin, had - out, day))
        return [Lot(origin, out, day) for (origin, day), out in taken.items()]


Purse = Mix | Queue
PURSES: dict[Convention, type[Mix] | type[Queue]] = {"pro_rata": Mix, "fifo": Queue}


def _add_up(lots: Iterable[Lot]) -> Origins:
    sums: Origins = {}
    for origin, cents, _ in lots:
        sums[origin] = sums.get(origin, 0) + cents
    return sums


class Provenance:
    """
    The origins of every firm's cash, pro rata and FIFO; `apply` the records of a log from its first one on.

    Outside holders mint `external` when their purse is empty, but what they received before keeps its origin: money
    that goes from a maker to a lab, to a host that is not modelled, and back to the maker is followed. What customers
    and capital calls bring in is always new. For every other firm the purse equals the balance of `Assets:Cash`.

    Args:
        outside: the account holders outside the circle, as genesis names them.
    """

    def __init__(self, outside: Collection[str]) -> None:
        self.outside = frozenset(outside)
        self._payments = Payments()
        self._purses: dict[Convention, dict[str, Purse]] = {convention: {} for convention in PURSES}
        self._receipts: dict[Convention, dict[tuple[str, str], dict[str, Origins]]] = {name: {} for name in PURSES}
        self._cent_days: dict[tuple[str, str], int] = {}

    def apply(self, record: Record) -> list[tuple["Payment", dict[Convention, list[Lot]]]]:
        """
        One more record; returns its payments, each with the lots that it carried by convention.

        Raises:
            AccountingBroken: a firm of the circle pays cash that it does not have; such a log fails its verification,
                or was not read from its beginning.
        """
        moved: list[tuple[Payment, dict[Convention, list[Lot]]]] = []
        for payment in self._payments.of(record):
            carried: dict[Convention, list[Lot]] = {}
            moved.append((payment, carried))
            for convention, purses in self._purses.items():
                lots = carried[convention] = self._draw(purses, payment, record)
                _purse(purses, payment.payee, convention).put(lots)
                if payment.meaning.sale:
                    self._receive(convention, payment.meaning.sale, lots, record.date)
        return moved

    def origins_of(self, firm: str, convention: Convention = "pro_rata") -> Origins:
        """Cents by origin in a firm's cash, in order of name."""
        purse = self._purses[convention].get(firm)
        return dict(sorted(purse.origins.items())) if purse else {}

    def receipts_by_origin(self, supplier: str, lab: str, convention: Convention = "pro_rata") -> Origins:
        """Cents by origin, in order of name, in a supplier's receipts for chips serving a lab."""
        months = self._receipts[convention].get((supplier, lab), {})
        sums = _add_up(Lot(origin, cents, 0) for origins in months.values() for origin, cents in origins.items())
        return dict(sorted(sums.items()))

    def by_month(self, supplier: str, lab: str, convention: Convention = "pro_rata") -> dict[str, Origins]:
        """The same by month (`2027-01`), months without receipts left out."""
        months = self._receipts[convention].get((supplier, lab), {})
        return {month: dict(sorted(origins.items())) for month, origins in months.items()}

    def round_trip_days(self, supplier: str, lab: str) -> int:
        """Days from a supplier's outlay to the return of the same lot, under FIFO, mean by amount; -1 if none."""
        own = self.receipts_by_origin(supplier, lab, "fifo").get(supplier, 0)
        return divide(self._cent_days[supplier, lab], own) if own else -1

    def _draw(self, purses: dict[str, Purse], payment: "Payment", record: Record) -> list[Lot]:
        cents, mark, is_new = payment.cents, payment.meaning.mark, payment.meaning.is_new
        outside = payment.payer in self.outside
        purse = None if outside and is_new else purses.get(payment.payer)
        had = min(cents, purse.held_cents) if purse else 0
        if had < cents and not outside:
            raise AccountingBroken(
                f"{payment.payer} pays {cents} cents and has {had}; only {', '.join(sorted(self.outside)) or 'nobody'} "
                "may pay more than it has; read the log from its first record, and verify it",
                where=f"{record.date}:{record.seq}",
            )
        lots = purse.take(had) if purse and had else []
        if mark:
            return [Lot(mark, cents, 0 if is_new else _ordinal(record.date))]
        return lots if had == cents else [*lots, Lot(EXTERNAL, cents - had, 0)]

    def _receive(self, convention: Convention, sale: "Sale", lots: list[Lot], date: str) -> None:
        key = (sale.maker, sale.lab)
        months = self._receipts[convention].setdefault(key, {})
        origins = months.setdefault(date[:7], {})
        for origin, cents, day in lots:
            origins[origin] = origins.get(origin, 0) + cents
            if convention == "fifo" and origin == sale.maker:
                self._cent_days[key] = self._cent_days.get(key, 0) + cents * (_ordinal(date) - day)


def _purse(purses: dict[str, Purse], firm: str, convention: Convention) -> Purse:
    purse = purses.get(firm)
    if purse is None:
        purse = purses[firm] = PURSES[convention]()
    return purse


def _ordinal(date: str) -> int:
    return datetime.date.fromisoformat(date).toordinal()


# --- contract by contract -------------------------------------------------------------------------------------------


class Tied:
    """
    Own money by the contracts themselves, blind to how cash mixes on its way.

    An *outlay* is cash that the supplier pays as finance (a tranche, a stake, a backstop, a loan) to the lab, or to a
    host that serves it on that day; it counts in full, though a host may serve others too. A host serves the lab from
    the first capacity, order or delivery for it, or compute commitment with it; a box's owner serves what its box
    serves. A *receipt* is cash that the supplier gets for chips serving the lab, whoever pays.

    Each receipt releases what was laid out **before** it and not released yet: own = min(receipt, outlays not yet
    released). Where no outlay comes after the receipts that it would have to meet, this is the plain min(cumulative
    outlays, cumulative receipts since the first outlay); it differs only in that nothing comes back before it went out.
    """

    def __init__(self, supplier: str, lab: str) -> None:
        self.supplier = supplier
        self.lab = lab
        self.outlays_cents = 0
        self.receipts_cents = 0
        self.own_cents = 0
        self.own_by_month: dict[str, int] = {}
        self._payments = Payments()
        self._fed = {lab}
        self._owners: dict[str, str] = {}

    def apply(self, record: Record) -> None:
        """One more record."""
        follow = SERVING.get(type(record.event))
        if follow is not None:
            follow(self, record.event)
        for payment in self._payments.of(record):
            if payment.is_outlay_of(self.supplier) and payment.payee in self._fed:
                self.outlays_cents += payment.cents
            elif self.outlays_cents and payment.serves(self.supplier, self.lab):
                self._release(payment.cents, record.date[:7])

    def _release(self, cents: int, month: str) -> None:
        self.receipts_cents += cents
        own = min(cents, self.outlays_cents - self.own_cents)
        self.own_cents += own
        self.own_by_month[month] = self.own_by_month.get(month, 0) + own

    def feed(self, host: str, lab: str) -> None:
        """Note that a host, and whoever owns it, serves a lab."""
        while lab == self.lab and host and host not in self._fed:
            self._fed.add(host)
            host = self._owners.get(host, "")

    def own(self, firm: str, owner: str) -> None:
        """Note who owns a firm."""
        self._owners[firm] = owner


def _serve_under(tied: Tied, event: c.ContractSigned) -> None:
    if isinstance(event.terms, ComputeCommitment):
        tied.feed(event.terms.seller, event.terms.buyer)


SERVING: dict[type[c.Event], Callable[[Tied, Any], None]] = {
    c.FirmFounded: lambda tied, event: tied.own(event.firm, event.owner),
    c.ContractSigned: _serve_under,
    c.CapacityBroughtForward: lambda tied, event: tied.feed(event.host, event.lab),
    c.CapacityAccepted: lambda tied, event: tied.feed(event.host, event.lab),
    c.GpusOrdered: lambda tied, event: tied.feed(event.buyer, event.lab),
    c.GpusDelivered: lambda tied, event: tied.feed(event.buyer, event.lab),
}


# --- what a payment is ----------------------------------------------------------------------------------------------


class Sale(NamedTuple):
    """Chips that a bill is for; `lab` is the one that they serve, whoever buys them."""

    maker: str
    buyer: str
    lab: str


class Meaning(NamedTuple):
    """
    What cash is paid for.

    `mark` is the origin that it takes on, "" where it keeps those it has; `is_new` says that what an outside holder
    pays is new money, whatever it received before; `stake` is the firm whose shares it buys; `sale` the chips.
    """

    mark: str = ""
    is_new: bool = False
    stake: str = ""
    sale: Sale | None = None


class Payment(NamedTuple):
    """Cash from one firm to another, and what it is paid for."""

    payer: str
    payee: str
    cents: int
    meaning: Meaning

    def is_outlay_of(self, firm: str) -> bool:
        """Whether a firm pays it out as finance."""
        return self.payer == self.meaning.mark == firm

    def serves(self, maker: str, lab: str) -> bool:
        """Whether a maker gets it for chips serving a lab."""
        sale = self.meaning.sale
        return sale is not None and sale.maker == maker and sale.lab == lab


PLAIN = Meaning()
DEMAND = Meaning(EXTERNAL, is_new=True)
BROUGHT = Meaning(OPENING, is_new=True)


class Payments:
    """The payments of each record, and of what is still open the bills for chips and for finance."""

    def __init__(self) -> None:
        self._open: dict[str, Meaning] = {}

    def of(self, record: Record) -> list[Payment]:
        """The payments of one more record, read off its postings on `Assets:Cash`; most records have none."""
        follow = MEANINGS.get(type(record.event))
        meaning = PLAIN if follow is None else follow(self, record.event)
        return [Payment(*moved, meaning) for moved in transfers(record.post)]

    def owe(self, claim: str, meaning: Meaning) -> Meaning:
        """Note what a bill is for."""
        self._open[claim] = meaning
        return PLAIN

    def meet(self, claim: str) -> Meaning:
        """What a bill that is met, or cleared for good, was for."""
        return self._open.pop(claim, PLAIN)

    def pass_on(self, event: c.GuaranteeCalled) -> Meaning:
        """A guarantor takes a bill over: it is for the same chips, and finance is now the guarantor's."""
        meaning = self._open.pop(event.old_claim, PLAIN)
        if meaning is not PLAIN:
            self._open[event.claim] = meaning._replace(mark=event.guarantor if meaning.mark else "")
        return PLAIN


def transfers(post: Iterable[Posting]) -> list[tuple[str, str, int]]:
    """
    (payer, payee, cents) of a record's postings on cash.

    A firm's own lines are netted; with several payers or payees, the first payer pays the first payee until one of
    them is through, and so on in the order of the postings.
    """
    lines = [(firm, cents) for firm, account, asset, cents in post if account == CASH and asset == USD]
    if not lines:
        return []
    if len(lines) == 2 and lines[0][0] != lines[1][0]:
        (firm, cents), (other, _) = lines
        return [(other, firm, cents)] if cents > 0 else [(firm, other, -cents)]
    return _paired(lines)


def _paired(lines: list[tuple[str, int]]) -> list[tuple[str, str, int]]:
    net: dict[str, int] = {}
    for firm, cents in lines:
        net[firm] = net.get(firm, 0) + cents
    payers = deque((firm, -cents) for firm, cents in net.items() if cents < 0)
    payees = deque((firm, cents) for firm, cents in net.items() if cents > 0)
    moved = []
    while payers and payees:
        (payer, owing), (payee, due) = payers.popleft(), payees.popleft()
        cents = min(owing, due)
        moved.append((payer, payee, cents))
        if owing > cents:
            payers.appendleft((payer, owing - cents))
        if due > cents:
            payees.appendleft((payee, due - cents))
    return moved


MEANINGS: dict[type[c.Event], Callable[[Payments, Any], Meaning]] = {
    c.BalanceBroughtForward: lambda payments, event: BROUGHT,
    c.RolledForward: lambda payments, event: BROUGHT,
    c.CustomersServed: lambda payments, event: DEMAND,
    c.CapitalCalled: lambda payments, event: DEMAND,
    c.OtherBusinessEarned: lambda payments, event: DEMAND if event.amount_cents > 0 else PLAIN,
    c.GpusDelivered: lambda payments, event: payments.owe(
        event.claim, Meaning(sale=Sale(event.maker, event.buyer, event.lab))
    ),
    c.TrancheCalled: lambda payments, event: payments.owe(event.claim, Meaning(event.investor, stake=event.investee)),
    c.BackstopBilled: lambda payments, event: payments.owe(event.claim, Meaning(event.guarantor)),
    c.Rescued: lambda payments, event: Meaning(event.rescuer, stake=event.firm),
    c.ClaimSwapped: lambda payments, event: payments.meet(event.claim) and PLAIN,
    c.LeaseBackBilled: lambda payments, event: payments.owe(event.claim, Meaning(event.tenant)),
    c.JointProductSold: lambda payments, event: DEMAND,
    c.RoundClosed: lambda payments, event: Meaning(event.investor, stake=event.issuer),
    c.SharesSold: lambda payments, event: Meaning(event.buyer, stake=event.issuer),
    c.LoanDrawn: lambda payments, event: Meaning(event.lender),
    c.ClaimPaid: lambda payments, event: payments.meet(event.claim),
    c.ClaimCleared: lambda payments, event: payments.meet(event.claim),
    c.GuaranteeCalled: Payments.pass_on,
}
