"""The month as a page: the order of its parts on the last day, and that nothing lands in a month that is closed."""

from itertools import pairwise

from events import catalogue as c
from events.terms import ComputeCommitment, RateStep, RevenueShare, TermLoan
from model.schema import Generation, Installed, Listing, OtherBusiness
from tests.small_economy import BN, GW, World, customers, firm, host, lab, monthly, outsider, rate, story

COMPUTE = ComputeCommitment(
    seller="host", buyer="lab", minimums=monthly(100), price_per_gw_year_cents=1_200, days_to_pay=30, end_day=700,
    total_cents=100_000,
)  # fmt: skip
SHARE = RevenueShare(
    payer="lab", payee="host", rates=(RateStep(day=0, rate_ppm=200_000),), days_to_pay=30, end_day=700
)  # fmt: skip
LOAN = TermLoan(
    lender="bank", borrower="host", commitment_cents=3_600, opening_cents=3_600, margin_ppm=40_000, maturity_day=700
)


def world() -> World:
    """Everything that a page can hold: customers, a listed host with a loan, a lab that needs more than it has."""
    stock = Listing(price_cents=100)
    firms = {
        "customers": customers(),
        "lab": lab(
            100, plan=1_000, need=150, costs_ppm=300_000, shares_outstanding=100, last_round_cents=10,
            policy={"rents_from": "host", "cash_target_quarters": 9},
        ),
        "host": host(
            BN, installed=(Installed(contract="compute", generation="chips", kw=GW),), listing=stock,
            shares_outstanding=10, other_business=OtherBusiness(quarter_cents=300), returns_above_cents=BN,
        ),
        "bank": firm("lender", BN),
        "funds": firm(
            "investor", policy={"issuer": "lab", "appetite": monthly(500), "multiples": rate(10_000_000)}, outside=True
        ),
        "world": outsider(),
    }  # fmt: skip
    chips = {"chips": Generation(maker="world", price_per_gw_cents=BN, gpus_per_gw=1_000)}
    return World(firms, {"compute": COMPUTE, "share": SHARE, "loan": LOAN}, generations=chips)


def test_the_page_of_a_quarters_end_in_its_order():
    """
    Demand; the price of compute; costs; bills by number of signing; business and wear; values; decisions; the close.
    """
    then = world().runs_to(90)
    page = [type(record.event).__name__ for record in then.records if record.date == "2026-03-31"]
    known = dict.fromkeys(kind for kind in page if kind not in ("ClaimPaid", "MarketClosed"))

    assert list(known) == [
        "DemandObserved", "CustomersServed", "ComputePriceSet", "CostsBilled",
        "ComputeBilled", "RevenueShared", "InterestBilled",
        "OtherBusinessEarned",
        "FundamentalsRevised",
        "AppetiteSet", "ComputeRented", "RoundClosed", "CashReturned",
        "MonthClosed",
    ]  # fmt: skip


def test_contracts_perform_then_the_market_then_the_pay_phase_and_then_the_page():
    """
    A bill of the morning that is due the same day is paid before the page begins.
    """
    bill = c.ComputeRented(
        claim="guest/1", contract="", seller="host", buyer="lab", kw=1, amount_cents=1, due_day=90
    )
    then = world().happens(90, bill).runs_to(90)
    page = [type(record.event).__name__ for record in then.records if record.date == "2026-03-31"]

    assert page[:4] == ["ComputeRented", "MarketClosed", "ClaimPaid", "DemandObserved"]


def test_what_belongs_to_a_quarter_happens_at_its_end_only():
    then = world().runs_to(181)

    for kind in (c.FundamentalsRevised, c.AppetiteSet, c.InterestBilled):
        assert [record.date for record in then.of(kind)] == ["2026-03-31", "2026-06-30"]
    assert len(then.of(c.OtherBusinessEarned)) == 6


def test_a_months_close_is_the_last_of_its_month_and_the_only_thing_that_seals():
    """
    Nothing lands in a closed month; dates never go back.
    """
    then = world().runs_to(365)
    dates = [record.date for record in then.records]

    assert dates == sorted(dates)
    for record, following in pairwise(then.records):
        if isinstance(record.event, c.MonthClosed):
            assert following.date[:7] > record.event.month == record.date[:7]
    assert [isinstance(record.event, c.MonthClosed) for record in then.records] == then.closed
    assert len(then.seals) == 12 == len(set(then.seals))


def test_the_last_month_ends_the_run():
    then = World({}, ends_day=59)
    while then.economy.running:
        then.economy.step()

    assert then.told(MonthClosed="month", RunEnded="days") == story("""
        31  MonthClosed  2026-01
        59  MonthClosed  2026-02
        59  RunEnded     59
    """)
    assert then.books.ended
    assert then.closed[-2:] == [True, True]


def test_decisions_of_a_month_are_taken_on_the_same_books():
    """
    A lab decides after the month's compute was billed: it rents only what is lacking.
    """
    then = world().runs_to(31)

    assert then.told(ComputeBilled="taken_cents", ComputeRented="amount_cents") == story("""
        31  ComputeBilled  100
        31  ComputeRented  50
    """)


def test_running_costs_are_a_share_of_plan_and_due_the_policys_days_later():
    then = world().runs_to(65)

    assert then.told(CostsBilled="amount_cents due_day", ClaimPaid="debtor creditor amount_cents")[:3] == story("""
        31  CostsBilled  300  61
        59  CostsBilled  300  89
        61  ClaimPaid    lab  world  300
    """)[:3]


def test_cash_above_what_a_firm_wants_to_hold_goes_to_shareholders_at_the_quarters_end():
    """
    A host of a billion keeps that; what came in over it in the quarter is returned.
    """
    then = world().runs_to(90)

    assert [record.date for record in then.of(c.CashReturned)] == ["2026-03-31"]
    assert then.cash("host") == BN


def test_every_record_but_what_the_scenario_schedules_names_an_earlier_cause():
    then = world().runs_to(365)

    for record in then.records:
        assert record.actor == "scenario" if record.cause is None else record.cause < record.seq
