"""
The statements of a firm, and who paid whom for what, over any days of a log: whole cents, nothing estimated.

They articulate: a balance sheet's change in net worth is the income statement's net income and what owners put in or
took out; the cash flow statement ends at the balance of `Assets:Cash`; the flow matrix leaves no dollar without a
sender and a receiver. Income, liabilities and equity, credits in the ledger, are shown positive. A firm that the log
does not know has empty statements.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from attrs import frozen

from events import accounts as a
from events import catalogue as c
from events.ledger import Balances
from events.problems import AccountingBroken, Usage, safe
from events.record import Record
from events.units import USD

Lines = dict[str, int]

# What was there when the world opened: neither income nor flow of any day.
FOUNDING = (
    c.BalanceBroughtForward, c.RolledForward, c.SharesBroughtForward, c.LoanBroughtForward,
    c.PrepaymentBroughtForward, c.CapacityBroughtForward,
)  # fmt: skip


# --- balance sheet --------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class BalanceSheet:
    """
    What a firm has, owes and is left with, US cents by account, zeros left out.

    Attributes:
        assets_cents: debit balances of `Assets:*`.
        liabilities_cents, equity_cents: credit balances of `Liabilities:*` and `Equity:*`, shown positive.
        retained_cents: income less expenses since the world opened; the accounts of income are never closed into
            equity, so this is the rest of it.
    """

    firm: str
    assets_cents: Lines
    liabilities_cents: Lines
    equity_cents: Lines
    retained_cents: int

    @property
    def net_worth_cents(self) -> int:
        """Assets less liabilities; negative where the firm is insolvent by its books."""
        return sum(self.assets_cents.values()) - sum(self.liabilities_cents.values())

    @property
    def total_equity_cents(self) -> int:
        """What owners put in, and what was retained; equal to the net worth."""
        return sum(self.equity_cents.values()) + self.retained_cents


def balance_sheet(balances: Balances, firm: str) -> BalanceSheet:
    """
    A firm's balance sheet, US cents.

    Args:
        balances: by (firm, account, asset), debit positive, as `Ledger.balances` holds them on the day asked for.

    Source: ASC 210-10; FASB Concepts 8, chapter 4 (assets less liabilities are equity).
    """
    dollars = {account: cents for (who, account, asset), cents in balances.items() if who == firm and asset == USD}
    return BalanceSheet(
        firm=firm,
        assets_cents=_of(dollars, "Assets:", +1),
        liabilities_cents=_of(dollars, "Liabilities:", -1),
        equity_cents=_of(dollars, "Equity:", -1),
        retained_cents=-sum(
            cents for account, cents in dollars.items() if account.startswith(("Income:", "Expenses:"))
        ),
    )


def _of(dollars: Lines, prefix: str, sign: int) -> Lines:
    return {account: sign * cents for account, cents in sorted(dollars.items()) if account.startswith(prefix) and cents}


# --- income statement -----------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class IncomeStatement:
    """
    What a firm earned and spent over some days, US cents by account, zeros left out.

    Attributes:
        income_cents: credits less debits of `Income:*`; what reduces revenue (`Income:ContraSales`) is negative.
        expenses_cents: debits less credits of `Expenses:*`.
    """

    firm: str
    since: str
    until: str
    income_cents: Lines
    expenses_cents: Lines

    @property
    def net_income_cents(self) -> int:
        """Income less expenses."""
        return sum(self.income_cents.values()) - sum(self.expenses_cents.values())


def income_statement(records: Iterable[Record], firm: str, since: str, until: str) -> IncomeStatement:
    """
    A firm's income statement, US cents by account, accrued: when earned or incurred, whenever it is paid.

    Args:
        since, until: first and last day, ISO dates, both counted.

    Raises:
        Usage: the days cannot be meant.

    Source: ASC 220-10-45; by account, without subtotals.
    """
    _demand_days(since, until)
    moved: Lines = {}
    for record in records:
        if since <= record.date <= until:
            for who, account, asset, cents in record.post:
                if who == firm and asset == USD:
                    moved[account] = moved.get(account, 0) + cents
    return IncomeStatement(
        firm=firm,
        since=since,
        until=until,
        income_cents=_of(moved, "Income:", -1),
        expenses_cents=_of(moved, "Expenses:", +1),
    )


# --- cash flow statement --------------------------------------------------------------------------------------------

OPERATING, INVESTING, FINANCING = "operating", "investing", "financing"


class Sections(NamedTuple):
    """Where cash stands in the statement of who pays it, and of who gets it."""

    payer: str
    payee: str


# What cash is paid for, by the kind of the event that moves it or that billed it (ASC 230-10-45-10 to 17). Interest,
# dividends received and whatever is neither investing nor financing are operating. A sale to the maker is a purchase of
# property to the buyer; a box and its owner are two firms; a guarantor pays for no asset of its own.
SECTIONS: dict[type[c.Event], Sections] = {
    c.CustomersServed: Sections(OPERATING, OPERATING),
    c.OtherBusinessEarned: Sections(OPERATING, OPERATING),
    c.CostsBilled: Sections(OPERATING, OPERATING),  # property: see PROPERTY_BILLED
    c.ComputeBilled: Sections(OPERATING, OPERATING),
    c.ComputeRented: Sections(OPERATING, OPERATING),
    c.PrepaymentCalled: Sections(OPERATING, OPERATING),
    c.RevenueShared: Sections(OPERATING, OPERATING),
    c.BackstopBilled: Sections(OPERATING, OPERATING),
    c.InterestBilled: Sections(OPERATING, OPERATING),
    c.ContractRejected: Sections(OPERATING, OPERATING),  # damages
    c.GpusDelivered: Sections(INVESTING, OPERATING),
    c.LoanDrawn: Sections(INVESTING, FINANCING),
    c.PrincipalDue: Sections(FINANCING, INVESTING),
    c.EquityContributed: Sections(INVESTING, FINANCING),
    c.CapitalCalled: Sections(INVESTING, FINANCING),
    c.TrancheCalled: Sections(INVESTING, FINANCING),
    c.RoundClosed: Sections(INVESTING, FINANCING),
    c.SharesSold: Sections(INVESTING, INVESTING),
    c.CashReturned: Sections(FINANCING, OPERATING),
    c.CashSwept: Sections(FINANCING, OPERATING),
    c.SurplusTaken: Sections(OPERATING, OPERATING),
    c.RentBilled: Sections(OPERATING, OPERATING),
    c.LeaseBackBilled: Sections(OPERATING, OPERATING),
    c.ResidualMissed: Sections(OPERATING, OPERATING),
    c.JointProductSold: Sections(OPERATING, OPERATING),
    c.Rescued: Sections(INVESTING, FINANCING),
    c.CollateralSold: Sections(INVESTING, INVESTING),  # its costs come off the proceeds
    c.CollateralApplied: Sections(FINANCING, INVESTING),
    c.EstateCostsPaid: Sections(OPERATING, OPERATING),
    c.GuaranteeCalled: Sections(OPERATING, OPERATING),  # the payee's is that of the bill taken over
}
PROPERTY_BILLED = Sections(INVESTING, OPERATING)


@frozen(kw_only=True)
class CashFlowStatement:
    """
    Where a firm's cash came from and went over some days, US cents; received positive, paid negative.

    Attributes:
        opening_cents: cash at the end of the day before, and what was brought forward if the world opened since.
        operating_cents, investing_cents, financing_cents: net cash by the kind of event behind it (the kind that billed
            what was paid), in order of name, zeros left out.
        closing_cents: the balance of `Assets:Cash` at the end of the last day; opening and flows add up to it.
    """

    firm: str
    since: str
    until: str
    opening_cents: int
    operating_cents: Lines
    investing_cents: Lines
    financing_cents: Lines
    closing_cents: int

    @property
    def net_flow_cents(self) -> int:
        """All three sections together."""
        return sum(sum(lines.values()) for lines in (self.operating_cents, self.investing_cents, self.financing_cents))


def cash_flow_statement(records: Iterable[Record], firm: str, since: str, until: str) -> CashFlowStatement:
    """
    A firm's cash flow statement by the direct method, US cents; `SECTIONS` says what stands where.

    Args:
        records: a log from its first record on, since a payment is what its bill was for.
        since, until: first and last day, ISO dates, both counted.

    Raises:
        Usage: the days cannot be meant.
        AccountingBroken: a bill is paid that was never sent: the log was not read from its beginning.

    Source: ASC 230-10-45.
    """
    _demand_days(since, until)
    opening = closing = 0
    flows: dict[str, Lines] = {OPERATING: {}, INVESTING: {}, FINANCING: {}}
    for record, purpose in _purposes(record for record in records if record.date <= until):
        cents = sum(q for who, account, asset, q in record.post if who == firm and account == a.CASH and asset == USD)
        closing += cents
        if record.date < since or isinstance(record.event, FOUNDING):
            opening += cents
        elif cents:
            kind, sections = _known(purpose, record)
            _add(flows[sections.payee if cents > 0 else sections.payer], kind, cents)
    return CashFlowStatement(
        firm=firm,
        since=since,
        until=until,
        opening_cents=opening,
        operating_cents=_in_order(flows[OPERATING]),
        investing_cents=_in_order(flows[INVESTING]),
        financing_cents=_in_order(flows[FINANCING]),
        closing_cents=closing,
    )


class _Purpose(NamedTuple):
    kind: str
    sections: Sections


def _purposes(records: Iterable[Record]) -> Iterator[tuple[Record, _Purpose | None]]:
    """Each record with what cash in it is for; a payment is for what its bill was for."""
    billed: dict[str, _Purpose] = {}
    for record in records:
        event = record.event
        if isinstance(event, c.ClaimPaid | c.ClaimCleared):
            yield record, billed.get(event.claim)
            continue
        purpose = _purpose(event, billed)
        claim = getattr(event, "claim", None)
        if purpose and claim:
            billed[claim] = purpose
        yield record, purpose


def _purpose(event: c.Event, billed: Mapping[str, _Purpose]) -> _Purpose | None:
    sections = SECTIONS.get(type(event))
    if sections is None:
        return None
    if isinstance(event, c.CostsBilled) and event.account == a.PROPERTY:
        sections = PROPERTY_BILLED
    elif isinstance(event, c.GuaranteeCalled) and event.old_claim in billed:
        sections = sections._replace(payee=billed[event.old_claim].sections.payee)
    return _Purpose(type(event).__name__, sections)


def _known(purpose: _Purpose | None, record: Record) -> _Purpose:
    if purpose is None:
        found = f"a {type(record.event).__name__} at seq {record.seq} moves cash, and no bill before it says what for"
        raise AccountingBroken(f"{found}; a cash flow statement needs a log from its first record on")
    return purpose


# --- flow matrix ----------------------------------------------------------------------------------------------------

# The instruments that both sides carry at the same amount, so that their changes cancel across firms. Shares,
# prepayments and credits are carried at cost here and at value there, or not at all: to buy them is a transaction.
INSTRUMENTS = {
    a.CASH: "Change in cash",
    a.RECEIVABLE: "Change in trade credit",
    a.PAYABLE: "Change in trade credit",
    a.LOAN_ASSET: "Change in loans",
    a.LOAN: "Change in loans",
}


@frozen(kw_only=True)
class FlowMatrix:
    """
    Who paid whom for what, and how it was financed, US cents: sources of funds positive, uses negative.

    Attributes:
        sectors: the columns, in order of name.
        transactions: cents by kind of event and sector, in order of kind; bills for costs are told apart by purpose.
        changes: cents by instrument and sector. More of an asset is a use of funds (negative), more of a debt a source.
            Cash, trade credit and loans are what both sides carry at one amount.

    Every row sums to zero over the sectors, and every column over the rows. Zeros are left out.
    """

    since: str
    until: str
    sectors: tuple[str, ...]
    transactions: dict[str, Lines]
    changes: dict[str, Lines]

    @property
    def rows(self) -> dict[str, Lines]:
        """Transactions, and below them changes."""
        return self.transactions | self.changes

    def column(self, sector: str) -> Lines:
        """A sector's entries by row."""
        return {name: row[sector] for name, row in self.rows.items() if sector in row}


def flow_matrix(
    records: Iterable[Record], since: str, until: str, sector_of: Mapping[str, str] | None = None
) -> FlowMatrix:
    """
    The transaction-flow matrix of a world, US cents.

    A transaction counts when it is accrued; until it is paid, trade credit finances it. What moves within one firm
    (depreciation, marks to market, cost of sales) has no other side and cancels in its column before it is shown, and
    what the world opened with is no transaction.

    Args:
        since, until: first and last day, ISO dates, both counted.
        sector_of: the column that a firm stands in; any other firm has one of its own, under its name.

    Raises:
        Usage: the days cannot be meant.

    Source: Godley and Lavoie, Monetary Economics (2007), chapters 2 and 3.
    """
    _demand_days(since, until)
    sector = (lambda firm: firm) if sector_of is None else (lambda firm: sector_of.get(firm, firm))
    transactions: dict[str, Lines] = {}
    changes: dict[str, Lines] = {}
    for record in records:
        if since <= record.date <= until and not isinstance(record.event, FOUNDING):
            _enter(record, sector, transactions, changes)
    kept = _without_zeros(transactions), _without_zeros(changes)
    sectors = {name for rows in kept for row in rows.values() for name in row}
    return FlowMatrix(since=since, until=until, sectors=tuple(sorted(sectors)), transactions=kept[0], changes=kept[1])


def _enter(
    record: Record, sector: Callable[[str], str], transactions: dict[str, Lines], changes: dict[str, Lines]
) -> None:
    row = _row(record.event)
    for firm, account, asset, cents in record.post:
        if asset == USD:
            name = INSTRUMENTS.get(account)
            entry = transactions.setdefault(row, {}) if name is None else changes.setdefault(name, {})
            _add(entry, sector(firm), -cents)


def _row(event: c.Event) -> str:
    kind = type(event).__name__
    return f"{kind}: {event.purpose}" if isinstance(event, c.CostsBilled) else kind


def _without_zeros(rows: dict[str, Lines]) -> dict[str, Lines]:
    kept = {name: _in_order(row) for name, row in sorted(rows.items())}
    return {name: row for name, row in kept.items() if row}


# --- all of them ----------------------------------------------------------------------------------------------------


def _add(lines: Lines, name: str, cents: int) -> None:
    lines[name] = lines.get(name, 0) + cents


def _in_order(lines: Lines) -> Lines:
    return {name: cents for name, cents in sorted(lines.items()) if cents}


def _demand_days(since: str, until: str) -> None:
    for text in (since, until):
        if not _is_date(text):
            raise Usage(f"{safe(text)!r} is no day; write one as YYYY-MM-DD")
    if since > until:
        raise Usage(f"{since} is after {until}; the first day comes first")


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
