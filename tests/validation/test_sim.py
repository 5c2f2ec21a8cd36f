"""
Godley and Lavoie's model SIM, played by toy agents on our own journal and read off our own statements.

Source: Godley and Lavoie, Monetary Economics (2007), chapter 3. The book solves a period as one equation; here nobody
does. Each agent answers what it has just received: producers pay wages out of sales, households pay tax on wages and
spend 0.6 of what is left (and once a period 0.4 of the wealth they began with), until a period's next purchase would
be less than a cent. The rounds sum to the book's multiplier. One unit of the book is 1,000,000.00 USD. Tax and
consumption are rounded to whole cents, halves to even, on the sums of the period so far (on each round alone the last
cent would go round for ever), so a period is off by a few cents, some 1e-8 of a unit each.
"""

import pytest

from events import catalogue as c
from events.identities import imbalance
from events.journal import Journal
from events.record import Record
from events.statements import FlowMatrix, balance_sheet, flow_matrix, income_statement
from events.units import portion

UNIT = 100_000_000  # cents
OF_INCOME, OF_WEALTH, TAX = 600_000, 400_000, 200_000  # ppm
SPENDING_CENTS = 20 * UNIT

GOVERNMENT, PRODUCTION, HOUSEHOLDS = "government", "production", "households"
LAST = 100  # by then what is left of the way to the steady state is below the book's four decimals


class Sim:
    """The three sectors; the government alone may owe cash, which is the money that households hold."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.journal = Journal(lambda line, date, closes: None, outside=(GOVERNMENT,))
        self.balances_after: dict[int, dict[tuple[str, str, str], int]] = {1: {}}
        self.period = 1
        self.bills = 0

    def play(self, period: int) -> None:
        """Government orders once; then each round's wages pay for the next round's consumption."""
        self.period = period
        wealth = self.journal.books.ledger.cash_cents(HOUSEHOLDS)
        self.bill(GOVERNMENT, PRODUCTION, "government expenditures", SPENDING_CENTS)
        sold, wages, taxed, consumed = SPENDING_CENTS, 0, 0, 0
        while sold:
            self.bill(PRODUCTION, HOUSEHOLDS, "wages", sold)
            wages += sold
            taxed += self.tax(sold, portion(wages, TAX) - taxed)
            sold = self.consume(portion(wages - taxed, OF_INCOME) + portion(wealth, OF_WEALTH) - consumed)
            consumed += sold
        self.balances_after[period] = dict(self.journal.books.ledger.balances)

    def bill(self, buyer: str, seller: str, purpose: str, cents: int) -> int:
        claim = self.claim()
        self.record(c.CostsBilled(
            claim=claim, firm=buyer, supplier=seller, account="Expenses:Running", purpose=purpose, amount_cents=cents,
            due_day=0,
        ))  # fmt: skip
        return self.pay(claim, buyer, seller, cents)

    def tax(self, wages: int, cents: int) -> int:
        if cents <= 0:
            return 0
        claim = self.claim()
        self.record(c.RevenueShared(
            claim=claim, contract="tax", payer=HOUSEHOLDS, payee=GOVERNMENT, revenue_cents=wages, amount_cents=cents,
            due_day=0,
        ))  # fmt: skip
        return self.pay(claim, HOUSEHOLDS, GOVERNMENT, cents)

    def consume(self, cents: int) -> int:
        if cents <= 0:
            return 0
        self.record(c.CustomersServed(lab=PRODUCTION, customer=HOUSEHOLDS, amount_cents=cents))
        return cents

    def pay(self, claim: str, debtor: str, creditor: str, cents: int) -> int:
        self.record(c.ClaimPaid(claim=claim, debtor=debtor, creditor=creditor, amount_cents=cents))
        return cents

    def claim(self) -> str:
        self.bills += 1
        return f"sim/{self.bills}"

    def record(self, event: c.Event) -> None:
        self.records.append(self.journal.record(event, self.days[0], cause=None, actor="scenario"))

    @property
    def days(self) -> tuple[str, str]:
        return days_of(self.period)


def days_of(period: int) -> tuple[str, str]:
    """Periods are years."""
    return f"{2000 + period}-01-01", f"{2000 + period}-12-31"


@pytest.fixture(scope="module")
def sim() -> Sim:
    """The economy of the book: nothing at all in period 1, government spending from period 2 on."""
    economy = Sim()
    for period in range(2, LAST + 1):
        economy.play(period)
    return economy


def row(sim: Sim, period: int) -> list[float]:
    """Y, T, YD, C, change in H, H of a period, in units of the book, all of them read off statements."""
    households = income_statement(sim.records, HOUSEHOLDS, *days_of(period))
    wages = households.income_cents["Income:Receipts"]
    taxes, consumption = (households.expenses_cents.get(f"Expenses:{of}", 0) for of in ("RevenueShare", "Spending"))
    held, held_before = (wealth(sim, p) for p in (period, period - 1))
    cents = [wages, taxes, wages - taxes, consumption, held - held_before, held]
    return [value / UNIT for value in cents]


def wealth(sim: Sim, period: int) -> int:
    return balance_sheet(sim.balances_after[period], HOUSEHOLDS).net_worth_cents


@pytest.mark.parametrize(
    ("period", "of_the_book"),
    [
        # period        Y        T       YD        C  change in H   H
        (2, [38.4615, 7.6923, 30.7692, 18.4615, 12.3077, 12.3077]),
        (3, [47.9290, 9.5858, 38.3432, 27.9290, 10.4142, 22.7219]),
        (4, [55.9399, 11.1880, 44.7519, 35.9399, 8.8120, 31.5339]),
        (5, [62.7184, 12.5437, 50.1747, 42.7184, 7.4563, 38.9902]),
        (LAST, [100, 20, 80, 80, 0, 80]),
    ],
)
def test_the_periods_of_the_book_come_out_to_its_four_decimals(sim: Sim, period: int, of_the_book: list[float]) -> None:
    """
    Income, tax, disposable income, consumption, change in wealth, wealth.
    """
    assert [round(value, 4) for value in row(sim, period)] == of_the_book


def test_the_steady_state_is_that_of_the_closed_form(sim: Sim) -> None:
    """
    Y* = G / tax rate; H* = (1 - a1) / a2 of YD* = Y* - G. What is left of the way shrinks by 2/13 a period.
    """
    ppm = 1_000_000
    income = SPENDING_CENTS * ppm // TAX
    held = (income - SPENDING_CENTS) * (ppm - OF_INCOME) // OF_WEALTH
    on_the_way = 80 * UNIT * (11 / 13) ** (LAST - 1)

    assert (income, held) == (100 * UNIT, 80 * UNIT)
    assert held - wealth(sim, LAST) == pytest.approx(on_the_way, abs=200)  # cents: 99 periods of rounding
    assert row(sim, LAST)[0] * UNIT == pytest.approx(income, abs=on_the_way + 200)


def test_the_matrix_is_that_of_the_book(sim: Sim) -> None:
    """
    Consumption, government expenditures, wages, taxes and the change in money; every row and column sums to zero.
    """
    matrix = flow_matrix(sim.records, *days_of(3))

    assert in_units(matrix) == {
        "CustomersServed": {HOUSEHOLDS: -27.9290, PRODUCTION: 27.9290},
        "CostsBilled: government expenditures": {GOVERNMENT: -20, PRODUCTION: 20},
        "CostsBilled: wages": {HOUSEHOLDS: 47.9290, PRODUCTION: -47.9290},
        "RevenueShared": {GOVERNMENT: 9.5858, HOUSEHOLDS: -9.5858},
        "Change in cash": {GOVERNMENT: 10.4142, HOUSEHOLDS: -10.4142},
    }


def in_units(matrix: FlowMatrix) -> dict[str, dict[str, float]]:
    return {name: {sector: round(cents / UNIT, 4) for sector, cents in r.items()} for name, r in matrix.rows.items()}


def test_in_every_period_the_matrix_sums_to_zero_and_what_the_government_owes_is_what_households_hold(sim: Sim) -> None:
    for period in (2, 3, 50, LAST):
        matrix = flow_matrix(sim.records, *days_of(period))
        balances = sim.balances_after[period]

        assert [sum(r.values()) for r in matrix.rows.values()] == [0] * 5
        assert [sum(matrix.column(sector).values()) for sector in matrix.sectors] == [0] * 3
        assert (
            balance_sheet(balances, GOVERNMENT).net_worth_cents == -balance_sheet(balances, HOUSEHOLDS).net_worth_cents
        )
        assert balance_sheet(balances, PRODUCTION).net_worth_cents == 0


def test_every_record_balances(sim: Sim) -> None:
    """
    Thousands of them: each firm's dollars, cash over all firms, every claim.
    """
    assert len(sim.records) > 10_000
    assert [broken for record in sim.records if (broken := imbalance(record.post))] == []
