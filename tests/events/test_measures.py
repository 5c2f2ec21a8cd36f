"""Each simple measure, on books that can be added up by hand."""

import pytest

from events import catalogue as c
from events.journal import Journal
from events.measures import (
    cash_cents,
    customer_concentration_ppm,
    debt_cents,
    net_worth_cents,
    remaining_performance_obligations_cents,
    runway_quarters_ppm,
    sales_by_customer_cents,
)
from events.terms import ComputeCommitment, TermLoan, YearAmount


def books_of(*events):
    """The books after these events, all on one day, and the records."""
    records = []
    journal = Journal(lambda line, date, closes: None, {"world", "bank"})
    for event in events:
        records.append(journal.record(event, "2025-09-30", cause=None, actor="scenario"))
    return journal.books, records


def brought(account, cents, firm="coreweave"):
    return c.BalanceBroughtForward(firm=firm, account=account, amount_cents=cents)


def test_cash_debt_and_net_worth_are_read_off_the_balances():
    """
    Cash 100 + 40 drawn, property 70, payables 20, loans 40: worth 150.
    """
    loan = TermLoan(lender="bank", borrower="coreweave", commitment_cents=40, margin_ppm=0, maturity_day=900)
    books, _ = books_of(
        brought("Assets:Cash", 100),
        brought("Assets:Property", 70),
        brought("Liabilities:Payable", -20),
        c.ContractSigned(contract="loan", status="closed", terms=loan),
        c.LoanDrawn(contract="loan", lender="bank", borrower="coreweave", amount_cents=40, generation="", gpus=0),
    )

    assert cash_cents(books, "coreweave") == 140
    assert debt_cents(books, "coreweave") == 40
    assert net_worth_cents(books, "coreweave") == 150


def test_a_firm_that_owes_more_than_it_has_is_worth_less_than_nothing():
    books, _ = books_of(brought("Assets:Cash", 10), brought("Liabilities:Other", -30))

    assert net_worth_cents(books, "coreweave") == -20
    assert debt_cents(books, "coreweave") == 0


MINIMUMS = (YearAmount(year=2025, amount_cents=3), YearAmount(year=2026, amount_cents=12))


def commitment(total_cents=24, end_day=457, **terms):
    """One cent a month to the end of 2026 (day 457): 3 in what is left of 2025, 12 in 2026."""
    return ComputeCommitment(
        seller="coreweave", buyer="openai", minimums=MINIMUMS,
        price_per_gw_year_cents=1, days_to_pay=30, end_day=end_day, total_cents=total_cents, **terms,
    )  # fmt: skip


def signed(terms, contract="deal"):
    return c.ContractSigned(contract=contract, status="binding", terms=terms)


def billed(cents, prepaid=0, buyer="openai"):
    return c.ComputeBilled(
        claim="deal/1", contract="deal", seller="coreweave", buyer=buyer, kw=1, taken_cents=cents, shortfall_cents=0,
        prepaid_cents=prepaid, amount_cents=cents - prepaid, make_up=0, due_day=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("events", "month", "cents"),
    [
        ([signed(commitment())], (2025, 9), 15),
        ([signed(commitment())], (2025, 12), 12),
        ([signed(commitment())], (2026, 11), 1),
        ([signed(commitment())], (2027, 1), 0),
        ([signed(commitment(end_day=457 + 59))], (2026, 12), 2),
        ([signed(commitment(total_cents=7))], (2025, 9), 7),
        ([signed(commitment(total_cents=7)), billed(3)], (2025, 12), 4),
        ([signed(commitment()), signed(commitment(), "other")], (2025, 12), 24),
        ([signed(commitment()), c.ContractEnded(contract="deal", reason="term over")], (2025, 12), 0),
        (
            [signed(commitment()), c.ContractAssumed(contract="deal", estate="openai", counterparty="coreweave")],
            (2025, 12),
            12,
        ),
    ],
    ids=[
        "all of the plan", "a year", "a month", "the end", "goes on at the last rate", "at most the total",
        "less what was billed", "two contracts", "ended", "assumed by an estate",
    ],
)  # fmt: skip
def test_obligations_remaining_are_the_minimums_still_to_come(events, month, cents):
    books, _ = books_of(*events)

    assert remaining_performance_obligations_cents(books, "coreweave", month) == cents
    assert remaining_performance_obligations_cents(books, "openai", month) == 0


def test_concentration_is_the_largest_legal_buyers_part_of_what_was_billed():
    """
    OpenAI 60 (10 of it prepaid), Meta 20 on demand: three quarters.
    """
    rented = c.ComputeRented(
        claim="spot/1", contract="", seller="coreweave", buyer="meta", kw=1, amount_cents=20, due_day=0
    )
    other = c.ComputeRented(
        claim="spot/2", contract="", seller="oracle", buyer="meta", kw=1, amount_cents=90, due_day=0
    )
    prepaid = c.PrepaymentCalled(
        claim="ahead/1", contract="deal", seller="coreweave", buyer="openai", amount_cents=10, due_day=0
    )
    _, records = books_of(prepaid, billed(60, prepaid=10), rented, other)

    assert sales_by_customer_cents(records, "coreweave") == {"meta": 20, "openai": 60}
    assert customer_concentration_ppm(records, "coreweave") == 750_000


def test_chips_count_for_whoever_buys_them_not_for_the_lab_they_serve():
    stock = c.CapacityBroughtForward(
        host="nvidia", maker="nvidia", contract="stock", lab="", generation="rubin", gpus=1, kw=1
    )
    ordered = c.GpusOrdered(
        order="chips/1", maker="nvidia", buyer="oracle", serves="deal", lab="openai", generation="rubin", gpus=1, kw=1,
        price_cents=35, earliest_day=0, priority=0,
    )  # fmt: skip
    sold = c.GpusDelivered(
        claim="chips/1", order="chips/1", maker="nvidia", buyer="oracle", serves="deal", lab="openai",
        generation="rubin", gpus=1, kw=1, amount_cents=35, cost_cents=0, due_day=0,
    )  # fmt: skip
    _, records = books_of(stock, ordered, sold)

    assert sales_by_customer_cents(records, "nvidia") == {"oracle": 35}


def test_a_seller_without_sales_is_not_concentrated():
    assert customer_concentration_ppm([], "coreweave") == 0


@pytest.mark.parametrize(("cash", "outflow", "ppm"), [(5, 2, 2_500_000), (0, 2, 0), (5, 0, -1), (5, -3, -1)])
def test_runway_is_cash_over_a_quarters_outflow_and_without_end_when_nothing_flows_out(cash, outflow, ppm):
    assert runway_quarters_ppm(cash, outflow) == ppm
