"""Statements worked by hand on small logs, and statements that articulate on a whole run."""

import calendar
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import catalogue as c
from events.accounts import CASH
from events.ledger import Balances, Ledger
from events.obligations import CHANNELS
from events.postings import postings
from events.problems import AccountingBroken, Usage
from events.record import Record
from events.replay import records as records_of
from events.statements import (
    FOUNDING,
    INSTRUMENTS,
    SECTIONS,
    balance_sheet,
    cash_flow_statement,
    flow_matrix,
    income_statement,
)
from model.run import run
from model.scenario import load
from tests.every_kind import example, examples
from tests.told import Told

TINY = Path(__file__).resolve().parents[2] / "scenarios" / "tiny.yaml"
OCTOBER = ("2025-10-01", "2025-10-31")
NOVEMBER = ("2025-11-01", "2025-11-30")


class Story(Told):
    """A journal that keeps its records too, each on the day that stands in `day`."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Record] = []
        self.day = OCTOBER[0]

    def record(self, event, date=None, **place):
        record = super().record(event, date or self.day, **place)
        self.records.append(record)
        return record

    def costs(self, claim, cents, account="Expenses:Running", firm="openai", purpose="staff"):
        self.happens(
            c.CostsBilled,
            claim=claim,
            firm=firm,
            supplier="world",
            account=account,
            purpose=purpose,
            amount_cents=cents,
        )


def a_quarter() -> Story:
    """
    OpenAI opens with 100 in cash and takes 30 from customers; 20 of staff and 40 of buildings are billed in October and
    paid in November; 50 of compute are billed in November and stay unpaid. A fund puts 25 into it.
    """
    story = Story()
    story.gives_cash("openai", 100)
    story.gives_cash("fund", 60)
    story.happens(c.CustomersServed, lab="openai", customer="consumers", amount_cents=30)
    story.costs("staff/1", 20)
    story.costs("property/1", 40, account="Assets:Property", purpose="buildings")
    story.day = NOVEMBER[0]
    story.pays("staff/1", 20, creditor="world")
    story.pays("property/1", 40, creditor="world")
    story.bills("azure/1", 50)
    story.happens(c.RoundClosed, issuer="openai", investor="fund", amount_cents=25)
    story.happens(c.Depreciated, firm="openai", amount_cents=1)
    return story


# --- each statement by hand -----------------------------------------------------------------------------------------


def test_a_balance_sheet_shows_what_a_firm_has_owes_and_is_left_with():
    """
    100 + 30 - 20 - 40 + 25 = 95 in cash; 40 less 1 of wear; 50 owed. Worth 84: 100 opening, 25 paid in, 41 lost.
    """
    sheet = balance_sheet(a_quarter().books.ledger.balances, "openai")

    assert sheet.assets_cents == {"Assets:Cash": 95, "Assets:Property": 39}
    assert sheet.liabilities_cents == {"Liabilities:Payable": 50}
    assert sheet.equity_cents == {"Equity:Opening": 100, "Equity:PaidIn": 25}
    assert sheet.retained_cents == -41
    assert sheet.net_worth_cents == sheet.total_equity_cents == 84


def test_an_income_statement_counts_what_is_accrued_and_not_what_is_paid():
    """
    Staff are a cost of October, though paid in November; property is none but for its wear.
    """
    records = a_quarter().records
    october, november = (income_statement(records, "openai", *days) for days in (OCTOBER, NOVEMBER))

    assert (october.income_cents, october.expenses_cents) == ({"Income:Sales": 30}, {"Expenses:Running": 20})
    assert november.income_cents == {}
    assert november.expenses_cents == {"Expenses:Compute": 50, "Expenses:Depreciation": 1}
    assert (october.net_income_cents, november.net_income_cents) == (10, -51)


def test_what_reduces_revenue_is_negative_income():
    """
    A warrant given to a customer reduces sales (ASC 606-10-32-25).
    """
    story = Story()
    story.happens(c.WarrantIssued, contract="warrant", issuer="amd", holder="openai", shares=10)
    story.happens(
        c.WarrantEarned, contract="warrant", issuer="amd", holder="openai", shares=10, grant_value_cents=7
    )  # fmt: skip

    assert income_statement(story.records, "amd", *OCTOBER).income_cents == {"Income:ContraSales": -7}


def test_both_days_of_a_period_count():
    story = Story()
    for day in ("2025-09-30", "2025-10-01", "2025-10-31", "2025-11-01"):
        story.day = day
        story.happens(c.CustomersServed, lab="openai", customer="consumers", amount_cents=1)

    assert income_statement(story.records, "openai", *OCTOBER).net_income_cents == 2
    assert cash_flow_statement(story.records, "openai", *OCTOBER).operating_cents == {"CustomersServed": 2}
    assert flow_matrix(story.records, *OCTOBER).transactions["CustomersServed"] == {"consumers": -2, "openai": 2}


def test_cash_stands_where_the_bill_behind_it_stands():
    """
    A payment for staff is operating, one for property investing; the seller of both has operating cash.
    """
    records = a_quarter().records
    october, november = (cash_flow_statement(records, "openai", *days) for days in (OCTOBER, NOVEMBER))

    assert (october.opening_cents, october.operating_cents, october.closing_cents) == (
        100,
        {"CustomersServed": 30},
        130,
    )
    assert november.operating_cents == {"CostsBilled": -20}
    assert november.investing_cents == {"CostsBilled": -40}
    assert november.financing_cents == {"RoundClosed": 25}
    assert (november.opening_cents, november.net_flow_cents, november.closing_cents) == (130, -35, 95)
    assert cash_flow_statement(records, "world", *NOVEMBER).operating_cents == {"CostsBilled": 60}
    assert cash_flow_statement(records, "fund", *NOVEMBER).investing_cents == {"RoundClosed": -25}


@pytest.mark.parametrize(
    ("bill", "box", "bank"),
    [(c.InterestBilled, "operating", "operating"), (c.PrincipalDue, "financing", "investing")],
)
def test_interest_is_operating_and_principal_is_financing_here_and_investing_there(bill, box, bank):
    """
    ASC 230-10-45-12, 45-15 to 17.
    """
    story = lent(bill)
    story.pays("loan/1", 10, debtor="box", creditor="bank")

    assert getattr(cash_flow_statement(story.records, "box", *OCTOBER), f"{box}_cents") == {bill.__name__: -10}
    assert getattr(cash_flow_statement(story.records, "bank", *OCTOBER), f"{bank}_cents") == {bill.__name__: 10}


def lent(bill: type[c.Event]) -> Story:
    """A loan of 10 from before the opening, a box and its guarantor with 10 each, and one bill under the loan."""
    story = Story()
    for firm in ("box", "guarantor"):
        story.gives_cash(firm, 10)
    story.happens(c.LoanBroughtForward, contract="loan", lender="bank", borrower="box", amount_cents=10)
    story.happens(bill, claim="loan/1", contract="loan", lender="bank", borrower="box", amount_cents=10)
    return story


@pytest.mark.parametrize(("bill", "section"), [(c.InterestBilled, "operating"), (c.PrincipalDue, "investing")])
def test_what_a_guarantor_pays_is_to_the_lender_what_its_box_owed(bill, section):
    story = lent(bill)
    story.happens(
        c.GuaranteeCalled, old_claim="loan/1", claim="guarantee/1", contract="loan", guarantor="guarantor",
        debtor="box", lender="bank", amount_cents=10,
    )  # fmt: skip
    story.pays("guarantee/1", 10, debtor="guarantor", creditor="bank")

    to_the_lender = cash_flow_statement(story.records, "bank", *OCTOBER)
    assert getattr(to_the_lender, f"{section}_cents") == {"GuaranteeCalled": 10}
    assert cash_flow_statement(story.records, "guarantor", *OCTOBER).operating_cents == {"GuaranteeCalled": -10}


def test_the_flow_matrix_of_a_month_by_hand():
    """
    November: compute accrued and not paid is financed by trade credit; what was owed from October is paid off.
    """
    matrix = flow_matrix(a_quarter().records, *NOVEMBER, {"consumers": "outside", "world": "outside"})

    assert matrix.sectors == ("fund", "microsoft", "openai", "outside")
    assert matrix.transactions == {
        "ComputeBilled": {"microsoft": 50, "openai": -50},
        "RoundClosed": {"fund": -25, "openai": 25},
    }
    assert matrix.changes == {
        "Change in cash": {"fund": 25, "openai": 35, "outside": -60},
        "Change in trade credit": {"microsoft": -50, "openai": -10, "outside": 60},
    }
    assert matrix.column("openai") == {
        "ComputeBilled": -50, "RoundClosed": 25, "Change in cash": 35, "Change in trade credit": -10,
    }  # fmt: skip


def test_costs_stand_in_the_matrix_by_their_purpose_and_what_stays_in_a_sector_cancels():
    matrix = flow_matrix(a_quarter().records, *OCTOBER, {"consumers": "outside", "world": "outside"})
    one = flow_matrix(a_quarter().records, *OCTOBER, dict.fromkeys(("openai", "consumers", "world"), "all"))

    assert matrix.transactions["CostsBilled: staff"] == {"openai": -20, "outside": 20}
    assert matrix.transactions["CostsBilled: buildings"] == {"openai": -40, "outside": 40}
    assert one.rows == {}


def test_principal_that_falls_due_is_no_transaction_but_turns_a_loan_into_trade_credit():
    matrix = flow_matrix(lent(c.PrincipalDue).records, *OCTOBER)

    assert matrix.transactions == {}
    assert matrix.changes == {
        "Change in loans": {"bank": 10, "box": -10},
        "Change in trade credit": {"bank": -10, "box": 10},
    }


def test_what_the_world_opened_with_is_no_transaction():
    story = Story()
    story.gives_cash("openai", 100)

    assert flow_matrix(story.records, *OCTOBER).rows == {}


# --- what cannot be meant -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [("2025-10-31", "2025-10-01"), ("2025-10-1", "2025-10-31"), ("20251001", "20251031")])
@pytest.mark.parametrize("ask", [income_statement, cash_flow_statement], ids=lambda ask: ask.__name__)
def test_days_that_cannot_be_meant_are_refused(ask, days):
    with pytest.raises(Usage):
        ask([], "openai", *days)
    with pytest.raises(Usage):
        flow_matrix([], *days)


def test_a_payment_whose_bill_is_not_in_the_log_is_refused():
    """
    Anything else would have to guess what it was for.
    """
    records = a_quarter().records
    paid = next(place for place, record in enumerate(records) if isinstance(record.event, c.ClaimPaid))

    with pytest.raises(AccountingBroken, match="no bill before it says what for"):
        cash_flow_statement(records[paid:], "openai", *NOVEMBER)


# --- every kind -----------------------------------------------------------------------------------------------------


def test_every_kind_that_moves_cash_or_sends_a_bill_has_a_section():
    """
    A new kind without a line in the table fails here.
    """
    movers = {type(e) for e in examples() if any(account == CASH for _, account, *_ in postings(e))}
    settlers = {c.ClaimPaid, c.ClaimCleared}

    assert (movers | set(CHANNELS)) - settlers - set(FOUNDING) == set(SECTIONS)


OF_WHO_PAYS_AND_OF_WHO_GETS = """
    CustomersServed      operating  operating
    OtherBusinessEarned  operating  operating
    CostsBilled          operating  operating
    ComputeBilled        operating  operating
    ComputeRented        operating  operating
    PrepaymentCalled     operating  operating
    RevenueShared        operating  operating
    BackstopBilled       operating  operating
    InterestBilled       operating  operating
    ContractRejected     operating  operating
    GpusDelivered        investing  operating
    LoanDrawn            investing  financing
    PrincipalDue         financing  investing
    EquityContributed    investing  financing
    CapitalCalled        investing  financing
    TrancheCalled        investing  financing
    RoundClosed          investing  financing
    SharesSold           investing  investing
    CashReturned         financing  operating
    CashSwept            financing  operating
    GuaranteeCalled      operating  operating
"""


@pytest.mark.parametrize("line", OF_WHO_PAYS_AND_OF_WHO_GETS.strip().splitlines(), ids=lambda line: line.split()[0])
def test_cash_of_a_kind_stands_in_the_section_of_who_pays_and_of_who_gets_it(line):
    """
    ASC 230-10-45-10 to 17, kind by kind; a bill is paid on the spot.
    """
    name, payer, payee = line.split()
    event = next(e for e in examples() if type(e).__name__ == name)
    records = [as_told(0, event)]
    if type(event) in CHANNELS:
        records.append(as_told(1, example(c.ClaimPaid, claim=event.claim, debtor="debtor", creditor="creditor")))
    paid = {firm: cents for firm, account, _, cents in records[-1].post if account == CASH}

    assert sorted(cents > 0 for cents in paid.values()) == [False, True]
    for firm, cents in paid.items():
        flows = cash_flow_statement(records, firm, *OCTOBER)
        assert getattr(flows, f"{payee if cents > 0 else payer}_cents") == {name: cents}
        assert flows.net_flow_cents == cents


def as_told(seq: int, event: c.Event) -> Record:
    return Record(seq, OCTOBER[0], event, None, "", "scenario", postings(event))


@pytest.mark.parametrize(
    "event", [e for e in examples() if not isinstance(e, FOUNDING)], ids=lambda event: type(event).__name__
)
def test_of_every_kind_a_transaction_has_two_sides(event):
    """
    What one firm's income, costs and other assets take in or give up, the instruments of another give up or take in.
    """
    matrix = flow_matrix([as_told(0, event)], *OCTOBER)

    check_sums(matrix)
    assert set(matrix.changes) <= set(INSTRUMENTS.values())


def check_sums(matrix) -> None:
    for name, row in matrix.rows.items():
        assert sum(row.values()) == 0, name
    for sector in matrix.sectors:
        assert sum(matrix.column(sector).values()) == 0, sector


# --- a whole run ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The records of the smallest world that tells a whole story."""
    return list(records_of(run(load(TINY), tmp_path_factory.mktemp("runs")).folder))


def months(records: list[Record]) -> Iterator[tuple[str, str]]:
    """First and last day of every month that has records, in order."""
    for month in sorted({record.date[:7] for record in records}):
        year, number = map(int, month.split("-"))
        yield f"{month}-01", f"{month}-{calendar.monthrange(year, number)[1]}"


def firms(records: list[Record]) -> list[str]:
    return sorted({firm for record in records for firm, *_ in record.post})


def balances_at(records: list[Record], day: str) -> Balances:
    ledger = Ledger()
    for record in records:
        if record.date <= day:
            ledger.post(record.post)
    return ledger.balances


def test_net_income_and_the_owners_moves_are_the_change_in_net_worth(tiny):
    """
    For every firm and every month, the income statement from the records, the rest from two balance sheets.
    """
    before: Balances = {}
    for since, until in months(tiny):
        after = balances_at(tiny, until)
        for firm in firms(tiny):
            opened, closed = balance_sheet(before, firm), balance_sheet(after, firm)
            income = income_statement(tiny, firm, since, until)
            owners = sum(closed.equity_cents.values()) - sum(opened.equity_cents.values())

            assert closed.net_worth_cents == closed.total_equity_cents
            assert income.net_income_cents + owners == closed.net_worth_cents - opened.net_worth_cents
        before = after


def test_cash_flow_statements_tie_to_cash_and_to_one_another(tiny):
    """
    For every firm and every month: opening, flows and closing; each month opens where the last one closed.
    """
    closed: dict[str, int] = {}
    sections = 0
    for since, until in months(tiny):
        balances = balances_at(tiny, until)
        for firm in firms(tiny):
            flows = cash_flow_statement(tiny, firm, since, until)
            sections += bool(flows.investing_cents) + bool(flows.financing_cents)

            assert flows.opening_cents + flows.net_flow_cents == flows.closing_cents
            assert flows.closing_cents == balances.get((firm, CASH, "USD"), 0)
            if firm in closed:
                assert flows.opening_cents == closed[firm]
            closed[firm] = flows.closing_cents
    assert sections > 2  # the world has deals to tell apart


def test_rows_and_columns_of_the_matrix_sum_to_zero_and_its_changes_are_those_of_the_balances(tiny):
    """
    Month by month and over the whole run; by firm and by trade.
    """
    trades = {r.event.firm: r.event.trade for r in tiny if isinstance(r.event, c.FirmFounded)}
    founded = [record for record in tiny if isinstance(record.event, FOUNDING)]
    begin, end = balances_at(founded, "9999-12-31"), balances_at(tiny, tiny[-1].date)

    whole = flow_matrix(tiny, tiny[0].date, tiny[-1].date)
    for days in (*months(tiny), (tiny[0].date, tiny[-1].date)):
        check_sums(flow_matrix(tiny, *days))
        check_sums(flow_matrix(tiny, *days, trades))
    for firm in firms(tiny):
        for name in INSTRUMENTS.values():
            accounts = [account for account, row in INSTRUMENTS.items() if row == name]
            moved = sum(end.get((firm, at, "USD"), 0) - begin.get((firm, at, "USD"), 0) for at in accounts)
            assert whole.changes.get(name, {}).get(firm, 0) == -moved
    assert {"ai_lab", "cloud"} <= set(flow_matrix(tiny, tiny[0].date, tiny[-1].date, trades).sectors)
