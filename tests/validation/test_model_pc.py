"""
Godley and Lavoie's model PC, households choosing between money and bills, on our own journal and ledger.

Source: Godley and Lavoie, Monetary Economics (2007), chapter 4; parameters of its first experiment. Toy agents as in
`test_sim.py`; the book's government and central bank are one sector here, as what one pays the other comes back.
Households hold bills of lambda_0 V + lambda_1 r V - lambda_2 YD at a period's end, as a loan to the government that is
repaid with interest in the next period. One unit of the book is 1,000,000.00 USD, amounts are whole cents.
"""

import pytest

from events import catalogue as c
from events.identities import imbalance
from events.statements import balance_sheet, flow_matrix
from events.terms import TermLoan
from events.units import divide, portion
from tests.validation.test_sim import (
    GOVERNMENT,
    HOUSEHOLDS,
    OF_INCOME,
    OF_WEALTH,
    PRODUCTION,
    SPENDING_CENTS,
    TAX,
    UNIT,
    Sim,
    days_of,
    wealth,
)

LAST = 140  # by then what is left of the way to the steady state is below the book's four decimals
LAMBDA_0, LAMBDA_1, LAMBDA_2 = 635_000, 5, 10_000  # ppm, plain, ppm


class Pc(Sim):
    """The three sectors with bills at a rate in ppm; `bills_held` and `disposable` are cents by period."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self.rate = rate
        self.bills_held: dict[int, int] = {1: 0}
        self.disposable: dict[int, int] = {}

    def play(self, period: int) -> None:
        """Last period's bills are repaid with interest; then the rounds of SIM, and the new bills."""
        self.period = period
        before = self.bills_held[period - 1]
        self.repay(period - 1, before)
        had = self.journal.books.ledger.cash_cents(HOUSEHOLDS)
        interest = self.pay_interest(period - 1, portion(before, self.rate))
        taxed = self.tax(interest, portion(interest, TAX)) if interest else 0
        self.bill(GOVERNMENT, PRODUCTION, "government expenditures", SPENDING_CENTS)
        sold, wages, consumed = SPENDING_CENTS, 0, 0
        while sold:
            self.bill(PRODUCTION, HOUSEHOLDS, "wages", sold)
            wages += sold
            taxed += self.tax(sold, portion(wages + interest, TAX) - taxed)
            income = wages + interest - taxed
            sold = self.consume(portion(income, OF_INCOME) + portion(had, OF_WEALTH) - consumed)
            consumed += sold
        self.disposable[period] = income
        wanted = LAMBDA_0 + LAMBDA_1 * self.rate
        self.buy_bills(period, divide((had + income - consumed) * wanted - income * LAMBDA_2, 10**6))
        self.balances_after[period] = dict(self.journal.books.ledger.balances)

    def buy_bills(self, period: int, cents: int) -> None:
        self.bills_held[period] = cents
        terms = TermLoan(
            lender=HOUSEHOLDS,
            borrower=GOVERNMENT,
            commitment_cents=cents,
            margin_ppm=self.rate,
            fixed=1,
            maturity_day=365,
        )
        self.record(c.ContractSigned(contract=f"bills-{period}", status="binding", terms=terms))
        self.record(c.LoanDrawn(
            contract=f"bills-{period}", lender=HOUSEHOLDS, borrower=GOVERNMENT, amount_cents=cents,
            generation="", gpus=0,
        ))  # fmt: skip

    def pay_interest(self, period: int, cents: int) -> int:
        if cents:
            self.lend(c.InterestBilled, period, 2, cents)
        return cents

    def repay(self, period: int, cents: int) -> None:
        if cents:
            self.lend(c.PrincipalDue, period, 1, cents, reason="maturity")

    def lend(self, kind: type, period: int, number: int, cents: int, **more: str) -> None:
        claim = f"bills-{period}/{number}"
        self.record(kind(
            claim=claim, contract=f"bills-{period}", lender=HOUSEHOLDS, borrower=GOVERNMENT, amount_cents=cents,
            due_day=0, **more,
        ))  # fmt: skip
        self.pay(claim, GOVERNMENT, HOUSEHOLDS, cents)


def played(rate: int) -> Pc:
    economy = Pc(rate)
    for period in range(2, LAST + 1):
        economy.play(period)
    return economy


@pytest.fixture(scope="module")
def pc() -> Pc:
    """The economy of the book at 2.5 %, from nothing, until the steady state."""
    return played(25_000)


def test_the_steady_state_is_that_of_the_book(pc: Pc) -> None:
    """
    YD* = 16 / (1 - 0.8 - 0.8 x 0.025 x 0.75) = 86.4865 = V*, of which 0.75 in bills, 64.8649, and 21.6216 in money.
    """
    money = pc.journal.books.ledger.cash_cents(HOUSEHOLDS)
    found = [pc.disposable[LAST], wealth(pc, LAST), pc.bills_held[LAST], money]
    assert [round(cents / UNIT, 4) for cents in found] == [86.4865, 86.4865, 64.8649, 21.6216]


def test_a_higher_rate_raises_income_in_the_steady_state() -> None:
    """
    The book's puzzle: at 3.5 % bills are 80 % of wealth and YD* = 16 / (0.2 - 0.8 x 0.035 x 0.8) = 90.0901.
    """
    assert round(played(35_000).disposable[LAST] / UNIT, 4) == 90.0901


def test_every_period_sums_to_zero_and_the_governments_debt_is_what_households_own(pc: Pc) -> None:
    for period in (2, 3, 50, LAST):
        matrix = flow_matrix(pc.records, *days_of(period))
        balances = pc.balances_after[period]

        assert not any(sum(row.values()) for row in matrix.rows.values())
        assert not any(sum(matrix.column(sector).values()) for sector in matrix.sectors)
        owed = balance_sheet(balances, GOVERNMENT).net_worth_cents
        assert owed == -balance_sheet(balances, HOUSEHOLDS).net_worth_cents
        assert balance_sheet(balances, PRODUCTION).net_worth_cents == 0
    assert not [record.seq for record in pc.records if imbalance(record.post)]


def test_the_first_periods_follow_from_the_equations_by_hand(pc: Pc) -> None:
    """
    Period 2 is that of SIM, V = 12.3077, and bills of .76 V - .01 YD = 9.0462. Period 3: interest .2262;
    YD = .8 (Y + .2262), C = .6 YD + .4 V, Y = C + 20: YD = .8 (20 + 4.9231 + .2262) / (1 - .48) = 38.6912.
    """
    assert round(pc.bills_held[2] / UNIT, 4) == 9.0462
    assert round(pc.disposable[3] / UNIT, 3) == 38.691
