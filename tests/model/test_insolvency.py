"""Insolvency: what an estate keeps and rejects, what damages are, and how the old claims on it are cleared."""

import pytest

from events import catalogue as c
from events.terms import ComputeCommitment, TermLoan, YearAmount
from model.market.insolvency import damages_cents
from model.schema import Distress, Generation, Installed
from tests.small_economy import BN, GW, World, box, customers, firm, host, lab, monthly, outsider, story

DAY = 60
FILED = DAY + 1  # cure periods here are of no days


def commitment(minimum: int = 100, price: int = 1_200, **fields) -> ComputeCommitment:
    plain = {"seller": "host", "buyer": "lab", "days_to_pay": 900, "end_day": 700, "total_cents": 100_000}
    return ComputeCommitment(**plain | {"minimums": monthly(minimum), "price_per_gw_year_cents": price} | fields)


def rent(claim: str, cents: int, due_day: int = DAY, seller: str = "host", buyer: str = "lab") -> c.ComputeRented:
    return c.ComputeRented(
        claim=claim, contract="", seller=seller, buyer=buyer, kw=1, amount_cents=cents, due_day=due_day
    )


def world(need: int = 0, distress: Distress | None = None, **contracts: ComputeCommitment) -> World:
    """A lab that misses a bill of a billion on day 60 and files the day after."""
    firms = {
        "customers": customers(),
        "lab": lab(plan=1, need=need, cure_days=0, policy={"follows_demand_ppm": 1_000_000}),
        "host": host(installed=tuple(Installed(contract=name, generation="chips", kw=GW) for name in contracts)),
        "other": host(),
        "world": outsider(),
    }
    chips = {"chips": Generation(maker="world", price_per_gw_cents=BN, gpus_per_gw=1_000)}
    given = World(firms, contracts, generations=chips, distress=distress or Distress())
    return given.happens(1, rent("fatal/1", BN))


# --- kept and rejected ----------------------------------------------------------------------------------------------


def test_an_estate_keeps_the_cheapest_commitments_until_its_need_is_covered_and_rejects_the_rest():
    """
    150 a month are needed; 100 under each of three: the two cheaper are kept, whatever the order of signing.
    """
    dear, cheap, middle = commitment(price=1_400), commitment(price=1_200), commitment(price=1_300)
    then = world(need=150, dear=dear, cheap=cheap, middle=middle).runs_to(FILED)

    assert then.told(Defaulted="firm", ContractAssumed="contract", ContractRejected="contract") == story("""
        61  Defaulted         lab
        61  ContractAssumed   cheap
        61  ContractAssumed   middle
        61  ContractRejected  dear
    """)


def test_of_two_at_one_price_the_name_decides():
    then = world(need=50, b=commitment(), a=commitment()).runs_to(FILED)

    assert then.told(ContractAssumed="contract", ContractRejected="contract") == story("""
        61  ContractAssumed   a
        61  ContractRejected  b
    """)


def test_what_runs_under_a_rejected_contract_is_free():
    then = world(need=50, a=commitment(), b=commitment()).runs_to(FILED)

    assert then.only(c.ContractRejected).event.freed_kw == GW
    assert [(freed.seller, freed.kw) for freed in then.books.market.freed.values()] == [("host", GW)]


def test_a_kept_contract_bills_on_and_a_rejected_one_does_not():
    then = world(need=100, a=commitment(), b=commitment()).runs_to(120)

    assert [row[2] for row in then.told(FILED, ComputeBilled="contract")] == ["a", "a"]


def test_what_is_freed_is_let_again_after_the_delay_in_part_and_at_a_lower_price():
    """
    60 % of a gigawatt at half of 1,200 a year is 30 a month, from two quarters (182 days) after day 61 on.
    """
    then = world(need=0, a=commitment(), distress=Distress(relet_after_quarters=2)).runs_to(280)

    assert then.told(FILED, ComputeRented="kw amount_cents buyer") == story("""
        243  ComputeRented  600_000  30  world
        273  ComputeRented  600_000  30  world
    """)


# --- damages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distress", "damages"),
    [
        (Distress(mitigation_ppm=0, discount_ppm=0), 900 + 2_400),
        (Distress(mitigation_ppm=600_000, discount_ppm=0), 1_320),
        (Distress(mitigation_ppm=0, discount_ppm=200_000), 900 + 2_000),
        (Distress(mitigation_ppm=1_000_000, discount_ppm=0), 0),
    ],
)
def test_damages_are_what_was_to_come_discounted_by_the_year_less_what_re_letting_mitigates(distress, damages):
    """
    Filed in March: nine months of 100 this year, twelve of 200 the next, which are discounted once.
    """
    minimums = (YearAmount(year=2026, amount_cents=1_200), YearAmount(year=2027, amount_cents=2_400))
    flat = commitment(minimums=minimums)
    given = world(distress=distress, flat=flat).runs_to(FILED)

    by_month = [100] * 12 + [200] * 12
    assert given.only(c.ContractRejected).event.amount_cents == damages_cents(given.economy, flat)
    assert sum(by_month[3:]) == 900 + 2_400
    assert abs(damages_cents(given.economy, flat) - damages) <= 60  # the ramp between the years moves some of it


def test_level_damages_to_the_cent():
    """
    Nine months of 100 are to come, and 60 % of them are mitigated: 360.
    """
    then = world(flat=commitment()).runs_to(FILED)

    assert then.only(c.ContractRejected).event.amount_cents == 360


# --- clearing -------------------------------------------------------------------------------------------------------

CLEARED = FILED + 91  # a stay of one quarter


def cleared(cash: int, bills: dict[str, int], **distress) -> World:
    """A lab that files with such bills, and has so much cash when its estate is closed."""
    given = World(
        {"lab": firm(cure_days=0), "host": firm(), "other": firm()},
        distress=Distress(stay_quarters=1, **distress),
    )
    for claim, cents in bills.items():
        given.happens(1, rent(claim, cents))
    if cash:
        given.happens(CLEARED - 1, c.BalanceBroughtForward(firm="lab", account="Assets:Cash", amount_cents=cash))
    return given.runs_to(CLEARED)


@pytest.mark.parametrize(
    ("cash", "claims", "dividends"),
    [
        (0, (100, 200), (0, 0)),
        (30, (100, 200), (10, 20)),
        (300, (100, 200), (100, 200)),
        (999, (100, 200), (100, 200)),
        (10, (1, 1, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1)),
        (2, (1, 1, 1), (1, 1, 0)),  # equal remainders: by name
        (100, (333, 333, 334), (33, 33, 34)),  # the largest remainder first
        (1, (1_000_000, 999_999), (1, 0)),
    ],
)
def test_old_claims_are_paid_pro_rata_to_the_cent(cash, claims, dividends):
    """
    Nothing is lost and nothing found: the dividends sum to what there was to pay.
    """
    then = cleared(cash, {f"{name}/1": cents for name, cents in zip("abcdef", claims, strict=False)})

    found = [row[2:] for row in then.told(ClaimCleared="amount_cents paid_cents")]
    assert found == list(zip(claims, dividends, strict=True))
    assert sum(dividends) == min(cash, sum(claims))
    assert then.cash("lab") == cash - sum(dividends)


def test_the_estate_is_closed_after_its_stay_and_the_firm_goes_on_without_its_old_debts():
    then = cleared(30, {"a/1": 100, "b/1": 200})

    assert then.told(EstateClosed="firm claims_cents paid_cents") == story("152 EstateClosed lab 300 30")
    assert then.books.obligations.of("lab") == []
    assert not then.books.firms["lab"].in_estate


def test_what_is_not_paid_is_the_debtors_gain_and_the_creditors_loss():
    ledger = cleared(30, {"a/1": 100, "b/1": 200}).books.ledger

    assert ledger.balance("lab", "Income:Discharge") == -270
    assert ledger.balance("host", "Expenses:CreditLoss") == 270


def test_an_estate_keeps_some_months_of_its_new_bills():
    """
    A new bill of 7 is open when the claims are cleared; three months of it stay: 100 - 21 = 79 are paid.
    """
    given = World({"lab": firm(cure_days=0), "host": firm()}, distress=Distress(stay_quarters=1, kept_months=3))
    given.happens(1, rent("a/1", 1_000)).happens(FILED + 5, rent("new/1", 7, due_day=400))
    given.happens(FILED + 6, c.BalanceBroughtForward(firm="lab", account="Assets:Cash", amount_cents=100))
    then = given.runs_to(CLEARED)

    assert then.told(ClaimCleared="claim paid_cents") == story("152 ClaimCleared a/1 79")
    assert "new/1" in then.books.obligations.open


def test_damages_share_with_the_other_old_claims_although_they_came_after_the_filing():
    """
    A bill of a billion, damages of 360: each gets its part of what there is.
    """
    given = world(need=0, a=commitment(), distress=Distress(stay_quarters=1, kept_months=0))
    given.happens(CLEARED - 1, c.BalanceBroughtForward(firm="lab", account="Assets:Cash", amount_cents=BN))
    then = given.runs_to(CLEARED)

    assert sorted(row[2] for row in then.told(ClaimCleared="claim"))[-2:] == ["damages:a/1", "fatal/1"]


def test_a_firm_can_file_again_after_its_estate_is_closed():
    given = World({"lab": firm(cure_days=0), "host": firm()}, distress=Distress(stay_quarters=1))
    given.happens(1, rent("a/1", 100)).happens(200, rent("b/1", 100, due_day=210))

    assert given.runs_to(330).told(Defaulted="firm", EstateClosed="paid_cents") == story("""
        61   Defaulted     lab
        152  EstateClosed  0
        211  Defaulted     lab
        302  EstateClosed  0
    """)


# --- loans and guarantors -------------------------------------------------------------------------------------------


def loan(borrower: str = "box") -> TermLoan:
    return TermLoan(
        lender="bank", borrower=borrower, commitment_cents=1_000, opening_cents=1_000, margin_ppm=0, fixed=1,
        maturity_day=700,
    )  # fmt: skip


def test_lenders_of_a_box_turn_to_its_guarantor():
    """
    The box misses a bill; its loan falls due, and the lender's claim moves to the parent, due in 30 days, and is paid.
    """
    firms = {
        "bank": firm("lender", BN), "parent": firm(cash=2_000), "host": firm(), "lab": firm(), "world": outsider(),
        "box": box(owner="parent", guarantor="parent", cure_days=0),
    }  # fmt: skip
    given = World(firms, {"loan": loan()}).happens(1, rent("x/1", 5, seller="host", buyer="box"))
    then = given.runs_to(95)

    kinds = {"PrincipalDue": "amount_cents", "GuaranteeCalled": "guarantor amount_cents due_day"}
    assert then.told(**kinds, Defaulted="firm") == story("""
        61  Defaulted        box
        61  PrincipalDue     1000
        61  GuaranteeCalled  parent  1000  91
    """)
    assert then.told(ClaimPaid="debtor creditor amount_cents") == story("91 ClaimPaid parent bank 1000")
    assert [claim.claim for claim in then.books.obligations.of("box")] == ["x/1"]


def test_a_guarantor_that_cannot_pay_defaults_on_the_channel_guarantee():
    firms = {
        "bank": firm("lender", BN), "parent": firm(cash=999, cure_days=3), "host": firm(),
        "box": box(owner="parent", guarantor="parent", cure_days=0),
    }  # fmt: skip
    given = World(firms, {"loan": loan()}).happens(1, rent("x/1", 5, seller="host", buyer="box"))

    assert given.runs_to(120).told(Defaulted="firm channel") == story("""
        61  Defaulted  box     compute
        95  Defaulted  parent  guarantee
    """)


def test_without_a_guarantor_the_lender_shares_with_the_others():
    firms = {"bank": firm("lender", BN), "host": firm(), "box": box(cure_days=0)}
    given = World(firms, {"loan": loan()}, distress=Distress(stay_quarters=1))
    given.happens(1, rent("x/1", 500, seller="host", buyer="box"))
    given.happens(FILED + 1, c.BalanceBroughtForward(firm="box", account="Assets:Cash", amount_cents=300))
    then = given.runs_to(CLEARED)

    assert then.told(ClaimCleared="creditor amount_cents paid_cents") == story("""
        152  ClaimCleared  bank  1000  200
        152  ClaimCleared  host  500   100
    """)
