"""Covenants: tested at a quarter's end; what fails has its cure period; what is not cured is a default."""

import pytest
from attrs import evolve

from events import catalogue as c
from events.terms import ComputeCommitment, Covenants, TermLoan
from model.market import covenants
from model.market.covenants import contracted_cents
from model.schema import FirmSpec, Sheet
from tests.small_economy import BN, World, box, customers, firm, lab, monthly, outsider, story

STEPS = {"CovenantTripped": "covenant found required cure_day", "CovenantMet": "covenant found", "Defaulted": "channel"}
DEBT = 1_000
NEVER_SWEPT = {"reserve_quarters": 10_000}


def loan(covenants: Covenants, **fields) -> TermLoan:
    """1,000 outstanding at no interest."""
    plain = {
        "lender": "bank", "borrower": "box", "commitment_cents": DEBT, "opening_cents": DEBT, "margin_ppm": 0,
        "fixed": 1, "maturity_day": 700,
    }  # fmt: skip
    return TermLoan(**plain | {"covenants": covenants} | fields)


def commitment(minimum: int, buyer: str = "lab") -> ComputeCommitment:
    return ComputeCommitment(
        seller="box", buyer=buyer, minimums=monthly(minimum), price_per_gw_year_cents=BN, days_to_pay=30, end_day=365,
        total_cents=100_000,
    )  # fmt: skip


def world(terms: TermLoan, of_box: FirmSpec | None = None, minimum: int = 100, parent_cash: int = 500) -> World:
    firms = {
        "customers": customers(), "lab": lab(BN, plan=1), "bank": firm("lender", BN), "parent": firm(cash=parent_cash),
        "box": of_box or box(500, NEVER_SWEPT), "world": outsider(),
    }  # fmt: skip
    return World(firms, {"compute": commitment(minimum), "loan": terms})


def gets(cents: int) -> c.BalanceBroughtForward:
    return c.BalanceBroughtForward(firm="box", account="Assets:Cash", amount_cents=cents)


LIQUIDITY = Covenants(minimum_liquidity_cents=600)


def test_a_loan_without_covenants_trips_none():
    assert world(loan(Covenants())).runs_to(200).told(**STEPS) == []


def test_minimum_liquidity_is_tested_at_the_quarters_end_and_not_before():
    then = world(loan(LIQUIDITY)).runs_to(90)

    assert then.told(**STEPS) == [(90, "CovenantTripped", "minimum liquidity", 500, 600, 120)]


def test_a_covenant_that_holds_again_at_the_end_of_its_cure_period_is_met():
    then = world(loan(LIQUIDITY)).happens(110, gets(100)).runs_to(200)

    assert then.told(91, **STEPS) == [(120, "CovenantMet", "minimum liquidity", 600)]
    assert then.books.contracts["loan"].tripped_seq is None


def test_a_covenant_not_cured_in_time_is_a_default_caused_by_its_trip_and_the_loan_falls_due():
    then = world(loan(LIQUIDITY)).happens(121, gets(100)).runs_to(121)

    assert then.told(91, **STEPS, PrincipalDue="amount_cents reason") == story("""
        120  Defaulted     covenant
        120  PrincipalDue  1000  acceleration
    """)
    assert isinstance(then.cause(then.only(c.Defaulted)).event, c.CovenantTripped)


def test_the_cure_period_is_as_long_as_the_loan_says_and_a_month_at_least():
    quick, slow = (world(loan(LIQUIDITY, cure_days=days)).runs_to(200) for days in (5, 45))

    assert [then.only(c.Defaulted).date for then in (quick, slow)] == ["2026-04-30", "2026-05-15"]


def test_liquidity_is_that_of_the_guarantor_where_there_is_one():
    rich = world(loan(LIQUIDITY, guarantor="parent"), parent_cash=600).runs_to(90)
    poor = world(loan(LIQUIDITY, guarantor="parent"), parent_cash=599).runs_to(90)

    assert rich.told(**STEPS) == []
    assert poor.told(CovenantTripped="found") == story("90 CovenantTripped 599")


@pytest.mark.parametrize(("property_cents", "found"), [(1_200, None), (1_111, 900_090), (1_000, 1_000_000)])
def test_loan_to_cost_is_debt_over_depreciated_property(property_cents, found):
    """
    1,000 over 1,200 is 83 %; at most 85 % are allowed. The life is so long that nothing wears off.
    """
    sheet = Sheet(cash_cents=500, property_cents=property_cents)
    spec = FirmSpec(trade="box", policy=box(policy=NEVER_SWEPT).policy, sheet=sheet, property_life_months=10**9)
    then = world(loan(Covenants(loan_to_cost_ppm=850_000)), spec).runs_to(90)

    expected = [] if found is None else [(90, "CovenantTripped", "loan to cost", found, 850_000, 120)]
    assert then.told(**STEPS) == expected


def test_a_loan_on_nothing_is_far_above_any_ratio():
    then = world(loan(Covenants(loan_to_cost_ppm=850_000))).runs_to(90)

    assert then.told(CovenantTripped="found") == story("90 CovenantTripped 10_000_000")


@pytest.mark.parametrize(("minimum", "trips"), [(112, False), (111, True)])
def test_contracted_cover_is_what_contracts_still_promise_over_the_debt(minimum, trips):
    """
    At the end of March nine months of the year are to come: 9 x 112 = 1,008 on a debt of 1,000; 9 x 111 = 999.
    """
    then = world(loan(Covenants(contracted_cover_ppm=1_000_000)), minimum=minimum).runs_to(90)

    assert bool(then.told(**STEPS)) == trips


def test_the_cost_of_serving_comes_off_what_contracts_promise():
    spec = box(500, NEVER_SWEPT | {"operating_cost_ppm": 400_000})
    given = world(loan(Covenants()), spec).runs_to(90)

    assert contracted_cents(given.economy, "box") == 9 * 100 * 6 // 10


def test_what_an_estate_has_promised_is_no_cover_unless_it_has_come_out():
    given = world(loan(Covenants())).happens(40, c.Defaulted(firm="lab", channel="compute", contract="")).runs_to(90)
    assert contracted_cents(given.economy, "box") == 0

    given.happens(100, c.EstateClosed(firm="lab", claims_cents=0, paid_cents=0)).runs_to(120)
    assert contracted_cents(given.economy, "box") == 8 * 100


def test_a_rejected_contract_is_no_cover():
    rejected = c.ContractRejected(
        claim="damages:compute/1", contract="compute", estate="lab", counterparty="box", freed_kw=0, amount_cents=1,
        due_day=40,
    )  # fmt: skip
    given = world(loan(Covenants())).happens(40, rejected).runs_to(90)

    assert contracted_cents(given.economy, "box") == 0


def test_of_several_that_fail_the_first_in_the_order_of_the_terms_is_named():
    both = Covenants(contracted_cover_ppm=9_000_000, minimum_liquidity_cents=10_000)
    given = world(loan(both)).runs_to(90)

    assert given.told(CovenantTripped="covenant") == [(90, "CovenantTripped", "contracted cover")]
    assert [row[0] for row in covenants.tested(loan(both), given.economy)] == ["contracted cover", "minimum liquidity"]


def test_without_debt_nothing_is_tested():
    given = world(loan(LIQUIDITY, opening_cents=0)).runs_to(90)

    assert given.told(**STEPS) == []


def test_a_trip_is_caused_by_the_latest_receipt_that_the_borrower_did_not_get():
    """
    The lab misses a bill of the box, or walks away from its contract; without any, the loan itself is the cause.
    """
    quiet = world(loan(LIQUIDITY)).runs_to(90)
    bill = c.ComputeRented(
        claim="spot:lab/1", contract="", seller="box", buyer="lab", kw=1, amount_cents=2 * BN, due_day=80
    )
    missed = world(loan(LIQUIDITY)).happens(40, bill).runs_to(90)
    left = world(loan(LIQUIDITY)).happens(40, evolve(bill, due_day=50)).runs_to(90)

    assert isinstance(quiet.cause(quiet.only(c.CovenantTripped)).event, c.ContractSigned)
    assert isinstance(missed.cause(missed.only(c.CovenantTripped)).event, c.PaymentMissed)
    assert isinstance(left.cause(left.only(c.CovenantTripped)).event, c.ContractRejected)


def test_a_box_whose_covenant_is_tripped_pays_nothing_up():
    """
    500 of cash and no reserve: swept at the end of March where nothing is tripped.
    """
    spec = box(500, {"reserve_quarters": 0}, owner="parent")
    calm = world(loan(Covenants(minimum_liquidity_cents=400)), spec).runs_to(90)
    tripped = world(loan(LIQUIDITY), spec).runs_to(90)

    assert calm.told(CashSwept="amount_cents") == story("90 CashSwept 500")
    assert tripped.told(CashSwept="amount_cents") == []
