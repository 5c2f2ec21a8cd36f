"""
What a run's page draws, read once from its records: month by month who paid whom, and how each firm stood.

Amounts in US cents, ratios in millionths, as in the books; a month's value is that of its last day, or the sum over it
where something flows. Nothing here is kept anywhere: it follows from the log.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from attrs import define, field

from events import accounts as a
from events import catalogue as c
from events.books import Books
from events.flows import Payment, Provenance
from events.measures import health
from events.record import Record
from events.terms import TermLoan
from events.units import PPM, USD
from model.outcomes import Tale, runway_ppm

# What a balance sheet is drawn in: assets as they stand, debts below zero.
GROUPS = {
    a.CASH: "cash",
    a.PROPERTY: "systems and stock", a.INVENTORY: "systems and stock",
    a.STAKE: "stakes", a.WARRANT_ASSET: "stakes", a.SUBSIDIARY: "stakes", a.SUBSCRIPTION: "stakes",
    a.RECEIVABLE: "owed by others", a.LOAN_ASSET: "owed by others", a.PREPAID: "owed by others",
    a.PREPAID_CREDITS: "owed by others",
    a.LOAN: "loans", a.PAYABLE: "bills",
}  # fmt: skip
ASSETS = ("cash", "systems and stock", "stakes", "owed by others", "other assets")
DEBTS = ("loans", "bills", "other debts")
# What the circle shows, each with its unit.
KINDS = {
    "within the circle": "bn USD", "all cash": "bn USD", "money put in": "bn USD", "paid for chips": "bn USD",
    "own money come back": "bn USD", "systems delivered": "bn USD", "shares": "bn USD", "cloud credits": "bn USD",
}  # fmt: skip

Pair = tuple[str, str]


@define
class Tested:
    """A covenant over time: (date, found) at each quarter's end, and what it requires, at least or at most."""

    contract: str
    borrower: str
    covenant: str
    required: int
    least: bool
    found: list[tuple[str, int]] = field(factory=list)

    def headroom(self, found: int) -> int:
        """How far from its bound, in millionths of it; negative where it fails."""
        room = found - self.required if self.least else self.required - found
        return room * PPM // self.required if self.required else 0


@define
class RunFold:
    """
    `months` as YYYY-MM; `sheets` by firm and group, `runway` by firm, in quarters (millionths, -1 where cash flows in);
    `flows` by kind, pair (from, to) and number of the month; `prices` and `values` by issuer and number of the month;
    `expected`, `served` of all labs by month; `delivered` by maker and number of the month.
    """

    outside: Collection[str]
    months: list[str] = field(factory=list)
    sheets: dict[str, dict[str, list[int]]] = field(factory=dict)
    runway: dict[str, list[int]] = field(factory=dict)
    flows: dict[str, dict[Pair, dict[int, int]]] = field(factory=lambda: {kind: {} for kind in KINDS})
    prices: dict[str, dict[int, int]] = field(factory=dict)
    values: dict[str, dict[int, int]] = field(factory=dict)
    expected: dict[int, int] = field(factory=dict)
    served: dict[int, int] = field(factory=dict)
    delivered: dict[str, dict[int, int]] = field(factory=dict)
    covenants: dict[tuple[str, str], Tested] = field(factory=dict)
    books: Books = field(factory=Books)
    tale: Tale = field(factory=Tale)
    _provenance: Provenance = field(init=False)
    _month: str = ""

    def __attrs_post_init__(self) -> None:
        self._provenance = Provenance(self.outside)

    def apply(self, record: Record) -> None:
        """One more record."""
        month = record.date[:7]
        if month != self._month:
            if self._month:
                self._close()
            self._month = month
            self.months.append(month)
        self._flow(record)
        follow = _FOLDS.get(type(record.event))
        if follow is not None:
            follow(self, record.event)
        self.books.apply(record)
        self.tale.apply(record)

    def finish(self) -> None:
        """The log is over: the last month gets its values."""
        if self._month:
            self._close()
            self._month = ""

    @property
    def at(self) -> int:
        """The number of the month that is being read."""
        return len(self.months) - 1

    def move(self, kind: str, giver: str, taker: str, cents: int) -> None:
        """So much more from one to another this month."""
        if cents > 0 and giver != taker:
            by_month = self.flows[kind].setdefault((giver, taker), {})
            by_month[self.at] = by_month.get(self.at, 0) + cents

    def _flow(self, record: Record) -> None:
        for payment, carried in self._provenance.apply(record):
            if isinstance(record.event, _NOT_FLOWING):
                continue
            self.move("all cash", payment.payer, payment.payee, payment.cents)
            if payment.payer not in self.outside and payment.payee not in self.outside:
                self.move("within the circle", payment.payer, payment.payee, payment.cents)
            own = sum(lot.cents for lot in carried["pro_rata"] if lot.origin == payment.payee)
            self.move("own money come back", payment.payer, payment.payee, own)
            if kind := _purpose(payment):
                self.move(kind, payment.payer, payment.payee, payment.cents)

    def _close(self) -> None:
        """The month is over: what stands is read off the books."""
        inside = [name for name in self.books.firms if name not in self.outside]
        sheets = _sheets(self.books.ledger.balances, inside)
        before = self.at
        for firm in inside:
            rows = self.sheets.setdefault(firm, {group: [0] * before for group in (*ASSETS, *DEBTS)})
            for group, cents in sheets[firm].items():
                rows[group].append(cents)
            runway = runway_ppm(self.books, self.tale, [firm], f"{self._month}-28")
            self.runway.setdefault(firm, [-1] * before).append(runway)
        if self._month[5:] in ("03", "06", "09", "12"):
            self._test()

    def _test(self) -> None:
        """Each covenant of each loan at a quarter's end, from the books alone."""
        ledger = self.books.ledger
        for signed in self.books.contracts.values():
            terms = signed.terms
            if not isinstance(terms, TermLoan) or -ledger.balance(terms.borrower, a.LOAN) <= 0:
                continue
            if terms.borrower in self.outside:
                continue
            rules = terms.covenants
            books, borrower = self.books, terms.borrower
            cash = ledger.cash_cents(terms.guarantor or borrower)
            self._tested(signed.contract, borrower, "contracted cover", rules.contracted_cover_ppm,
                         health.contracted_cover_ppm(books, borrower))  # fmt: skip
            self._tested(signed.contract, borrower, "loan to cost", rules.loan_to_cost_ppm,
                         health.loan_to_cost_ppm(books, borrower))  # fmt: skip
            self._tested(signed.contract, borrower, "minimum liquidity", rules.minimum_liquidity_cents, cash)

    def _tested(self, contract: str, borrower: str, covenant: str, required: int, found: int) -> None:
        if not required:
            return
        key = (contract, covenant)
        if key not in self.covenants:
            self.covenants[key] = Tested(contract, borrower, covenant, required, covenant != "loan to cost")
        self.covenants[key].found.append((self.books.date, found))


def run_fold(records: Iterable[Record], outside: Collection[str]) -> RunFold:
    """
    All of a log.

    Args:
        records: from the first one on.
        outside: the account holders outside the circle, as genesis names them.
    """
    fold = RunFold(outside)
    for record in records:
        fold.apply(record)
    fold.finish()
    return fold


def _sheets(balances: dict[tuple[str, str, str], int], firms: Collection[str]) -> dict[str, dict[str, int]]:
    """What each firm has and owes by group; debts as positive numbers."""
    found = {firm: dict.fromkeys((*ASSETS, *DEBTS), 0) for firm in firms}
    for (firm, account, asset), cents in balances.items():
        if asset != USD or firm not in found:
            continue
        if account.startswith("Assets:"):
            found[firm][GROUPS.get(account, "other assets")] += cents
        elif account.startswith("Liabilities:"):
            found[firm][GROUPS.get(account, "other debts")] -= cents
    return found


def _purpose(payment: Payment) -> str:
    if payment.meaning.sale is not None:
        return "paid for chips"
    return "money put in" if payment.is_outlay_of(payment.payer) else ""


# What was there when the world opened has not flowed.
_NOT_FLOWING = (c.BalanceBroughtForward, c.RolledForward, c.SharesBroughtForward, c.LoanBroughtForward)


def _delivered(fold: RunFold, event: c.GpusDelivered) -> None:
    fold.move("systems delivered", event.maker, event.buyer, event.amount_cents)
    by_month = fold.delivered.setdefault(event.maker, {})
    by_month[fold.at] = by_month.get(fold.at, 0) + event.amount_cents


def _demand(fold: RunFold, event: c.DemandObserved) -> None:
    fold.expected[fold.at] = fold.expected.get(fold.at, 0) + event.expected_cents
    fold.served[fold.at] = fold.served.get(fold.at, 0) + event.served_cents


def _closed(fold: RunFold, event: c.MarketClosed) -> None:
    for issuer, cents in event.prices:
        fold.prices.setdefault(issuer, {})[fold.at] = cents


def _valued(fold: RunFold, event: c.FundamentalsRevised) -> None:
    for issuer, cents in event.values:
        fold.values.setdefault(issuer, {})[fold.at] = cents


_FOLDS: dict[type[c.Event], Callable[[RunFold, Any], None]] = {
    c.GpusDelivered: _delivered,
    c.DemandObserved: _demand,
    c.MarketClosed: _closed,
    c.FundamentalsRevised: _valued,
    c.SharesIssued: lambda fold, event: fold.move("shares", event.issuer, event.holder, event.amount_cents),
    c.RoundClosed: lambda fold, event: fold.move("shares", event.issuer, event.investor, event.amount_cents),
    c.SharesSold: lambda fold, event: fold.move("shares", event.holder, event.buyer, event.proceeds_cents),
    c.WarrantExercised: lambda fold, event: fold.move("shares", event.issuer, event.holder, event.value_cents),
    c.Rescued: lambda fold, event: fold.move("shares", event.firm, event.rescuer, event.amount_cents),
    c.CreditsGranted: lambda fold, event: fold.move("cloud credits", event.provider, event.receiver, event.face_cents),
    c.CreditsBurned: lambda fold, event: fold.move("cloud credits", event.receiver, event.provider, event.face_cents),
}
