"""Estates: seizure and sale of what was pledged, several estates cleared at once, by class and after their costs."""

from typing import Any

import pytest
from attrs import evolve

from events import catalogue as c
from events.identities import unreconciled
from events.terms import ComputeCommitment, TermLoan
from model.schema import ClaimClass, ComputeMarket, Distress, Generation, Holding, Installed
from tests.small_economy import BN, GW, World, box, firm, monthly, outsider, story

DAY = 60
STAY = 91
CHIPS = {"chips": Generation(maker="world", price_per_gw_cents=BN, gpus_per_gw=1_000)}


def rent(claim: str, debtor: str, creditor: str, cents: int, due_day: int = DAY) -> c.ComputeRented:
    return c.ComputeRented(
        claim=claim, contract="", seller=creditor, buyer=debtor, kw=1, amount_cents=cents, due_day=due_day
    )


def gets(name: str, cents: int) -> c.BalanceBroughtForward:
    return c.BalanceBroughtForward(firm=name, account="Assets:Cash", amount_cents=cents)


# --- what was pledged -----------------------------------------------------------------------------------------------


def loan(**fields: Any) -> TermLoan:
    """A billion lent and due in a year, secured on all the chips of the box."""
    plain: dict[str, Any] = {
        "lender": "bank", "borrower": "box", "commitment_cents": 1_000, "opening_cents": 1_000, "margin_ppm": 0,
        "fixed": 1, "maturity_day": 365, "secured": 1, "cure_days": 5,
    }  # fmt: skip
    return TermLoan(**plain | fields)


def seized(terms: TermLoan, property_cents: int = 1_200, parent: int = 0, **distress: Any) -> World:
    """A box with a gigawatt of chips that misses another bill on day 60 and files the day after."""
    firms = {
        "bank": firm("lender", outside=True),
        "box": box(
            cure_days=0, owner="parent", guarantor=terms.guarantor,
            installed=(Installed(contract="served", generation="chips", kw=GW),),
        ),
        "parent": firm(cash=parent, cure_days=0),
        "tenant": outsider(),
    }  # fmt: skip
    served = ComputeCommitment(
        seller="box", buyer="tenant", minimums=(), price_per_gw_year_cents=1, days_to_pay=1, end_day=30, total_cents=1
    )
    given = World(
        firms,
        {"loan": terms, "served": served},
        generations=CHIPS,
        compute=ComputeMarket(price_per_gw_year_cents=200, market_kw=100_000 * GW),
        distress=Distress(stay_quarters=2, seize_after_days=30, fire_sale_ppm=200_000, **distress),
    )
    given.happens(1, c.BalanceBroughtForward(firm="box", account="Assets:Property", amount_cents=property_cents))
    return given.happens(1, rent("fatal/1", "box", "tenant", 5_000))


SOLD = DAY + 1 + 30


def test_a_lender_takes_what_was_pledged_to_it_sells_it_in_haste_and_has_the_rest_as_a_claim():
    """
    The chips would fetch about 1,170 (200 a year for what is left of six years), go for 80 % of it, and 5 % of that
    are the sale's cost.
    """
    then = seized(loan()).runs_to(SOLD)

    sale = then.only(c.CollateralSold).event
    assert (sale.gpus, sale.kw, sale.freed) == (1_000, GW, (("served", GW),))
    assert sale.price_cents == round(sale.orderly_cents * 0.8)
    assert sale.cost_cents == round(sale.price_cents * 0.05)
    net = sale.price_cents - sale.cost_cents
    assert 0 < net < 1_000
    assert then.only(c.CollateralApplied).event.amount_cents == net
    left = [claim for claim in then.books.obligations.of("box") if claim.creditor == "bank"]
    assert [claim.amount_cents for claim in left] == [1_000 - net]
    assert then.books.ledger.units("bank", "PLEDGE:chips") == 0
    assert then.books.ledger.units("world", "GPU:chips") >= 0
    assert then.books.ledger.balance("box", "Assets:Property") == 0
    assert then.books.capacity.host_kw["box"] == 0
    assert unreconciled(then.books.obligations, then.books.ledger.balances) == ""


def test_the_filing_is_why_the_collateral_is_sold():
    then = seized(loan()).runs_to(SOLD)

    assert isinstance(then.cause(then.only(c.CollateralSold)).event, c.Defaulted)
    assert isinstance(then.cause(then.only(c.CollateralApplied)).event, c.CollateralSold)


def test_what_is_left_over_of_the_proceeds_stays_with_the_estate():
    then = seized(loan(commitment_cents=300, opening_cents=300)).runs_to(SOLD)

    sale = then.only(c.CollateralSold).event
    assert then.only(c.CollateralApplied).event.amount_cents == 300
    assert then.cash("box") == sale.price_cents - sale.cost_cents - 300 > 0


def test_a_bigger_discount_leaves_the_lender_a_bigger_deficiency():
    def deficiency(**distress: Any) -> int:
        terms, given = loan(), Distress(stay_quarters=2, seize_after_days=30, **distress)
        world = seized(terms)
        world.economy.scenario = evolve(world.scenario, distress=given)
        owed = world.runs_to(SOLD).books.obligations.of("box")
        return sum(claim.amount_cents for claim in owed if claim.creditor == "bank")

    assert deficiency(fire_sale_ppm=100_000) < deficiency(fire_sale_ppm=200_000) < deficiency(fire_sale_ppm=400_000)


def test_a_guarantor_of_payment_owes_at_once_and_a_guarantor_of_collection_the_deficiency():
    at_once = seized(loan(guarantor="parent")).runs_to(SOLD)
    later = seized(loan(guarantor="parent", guarantee="collection")).runs_to(SOLD)

    assert [row[0] for row in at_once.told(GuaranteeCalled="amount_cents")] == [DAY + 1]
    net = later.only(c.CollateralApplied).event.amount_cents
    assert later.told(GuaranteeCalled="guarantor amount_cents") == [(SOLD, "GuaranteeCalled", "parent", 1_000 - net)]


def test_proceeds_of_a_boxes_chips_pay_its_guarantor_s_bill_and_are_passed_up_to_it():
    """
    The parent was called for 1,000 on day 61 and missed it on day 91; the chips of its box pay a part the day after.
    """
    then = seized(loan(guarantor="parent")).runs_to(SOLD + 1)

    applied = then.only(c.CollateralApplied).event
    assert (applied.debtor, applied.borrower) == ("parent", "box")
    assert then.books.ledger.balance("box", "Equity:Distributed") == applied.amount_cents
    assert then.books.ledger.balance("parent", "Income:Receipts") == -applied.amount_cents
    assert then.cash("box") == 0


def test_a_guarantor_that_pays_saves_the_collateral():
    then = seized(loan(guarantor="parent"), parent=10_000).runs_to(SOLD + 30)

    assert then.of(c.CollateralSold) == []
    assert [row[0] for row in then.told(PledgeReleased="gpus")] == [DAY + 1 + 30 + 1]


def test_a_lender_lets_systems_stand_whose_contracts_bring_more_than_their_sale():
    rich = ComputeCommitment(
        seller="box", buyer="tenant", minimums=monthly(250), price_per_gw_year_cents=3_000, days_to_pay=30,
        end_day=700, total_cents=100_000,
    )  # fmt: skip
    given = seized(loan())
    given.happens(2, c.ContractSigned(contract="rich", status="binding", terms=rich))

    assert given.runs_to(SOLD).of(c.CollateralSold) == []


# --- several at once ------------------------------------------------------------------------------------------------


def estates(bills: list[tuple[str, str, int]], cash: dict[str, int], late: tuple[str, ...] = (), **rules: Any) -> World:
    """Firms a, b and c that cannot pay on day 60 (those that are `late`, on day 120), and get cash just before."""
    names = sorted({name for debtor, creditor, _ in bills for name in (debtor, creditor)} - {"bank"})
    firms = {name: firm(cure_days=0) for name in names} | {"bank": firm("lender", outside=True)}
    given = World(firms, distress=Distress(stay_quarters=1, **rules))
    for number, (debtor, creditor, cents) in enumerate(bills, start=1):
        given.happens(1, rent(f"bill-{number}/1", debtor, creditor, cents, 120 if debtor in late else DAY))
    for name, cents in cash.items():
        given.happens(DAY + 70, gets(name, cents))
    return given


def test_two_estates_that_owe_one_another_are_cleared_at_once_and_set_off_what_they_can():
    """
    a owes b 70, b owes a 42 and the bank 56; nobody has anything but b, which has 28. What a pays is what it gets of
    b, and b shares out 28 and that: x = 3/7 (28 + x) is 21.
    """
    then = estates([("a", "b", 70), ("b", "a", 42), ("b", "bank", 56)], {"b": 28}).runs_to(DAY + 1 + STAY)

    ring = then.only(c.ClaimsSetOff).event
    assert (set(ring.firms), ring.amount_cents) == ({"a", "b"}, 21)
    assert then.told(DAY + 2, ClaimCleared="debtor creditor amount_cents paid_cents") == story("""
        152  ClaimCleared  a  b     49  0
        152  ClaimCleared  b  a     21  0
        152  ClaimCleared  b  bank  56  28
    """)
    assert then.told(DAY + 2, EstateClosed="firm") == story("""
        152  EstateClosed  a
        152  EstateClosed  b
    """)
    assert unreconciled(then.books.obligations, then.books.ledger.balances) == ""


def test_an_estate_waits_for_the_stay_of_one_that_owes_it():
    """
    b files on day 61 and a, which owes it, on day 121: b is cleared with a, at the first month's end after a's stay.
    """
    then = estates([("a", "b", 100), ("b", "bank", 100)], {"a": 60}, late=("a",)).runs_to(300)

    closed = {row[2]: row[0] for row in then.told(EstateClosed="firm")}
    assert closed["b"] >= closed["a"] >= 121 + STAY
    assert [row[3] for row in then.told(ClaimCleared="creditor paid_cents")] == [60, 60]


def test_an_estate_does_not_wait_for_one_that_it_owes():
    then = estates([("b", "a", 100), ("a", "bank", 100)], {"b": 60}, late=("a",)).runs_to(DAY + 1 + STAY)

    assert [row[2] for row in then.told(EstateClosed="firm")] == ["b"]


@pytest.mark.parametrize(
    ("ranking", "dividends"),
    [
        ("equal", {"bank": 40, "b": 20}),
        ("outsiders_first", {"bank": 60, "b": 0}),
    ],
)
def test_outsiders_may_come_first_or_share_alike(ranking, dividends):
    then = estates([("a", "bank", 100), ("a", "b", 50)], {"a": 60}, ranking=ranking).runs_to(DAY + 1 + STAY)

    assert {row[2]: row[3] for row in then.told(ClaimCleared="creditor paid_cents")} == dividends


def test_a_class_is_paid_only_when_those_before_it_are_paid_in_full():
    """
    Compute before costs here: 60 are there, the compute bill of 50 is paid in full, the supplier gets the 10 left.
    """
    classes = (ClaimClass(channels=("compute",)), ClaimClass(channels=("costs",)))
    given = estates([("a", "b", 50)], {"a": 60}, classes=classes)
    given.happens(
        1,
        c.CostsBilled(
            claim="costs:a/1", firm="a", supplier="bank", account="Expenses:Running", purpose="staff", amount_cents=40,
            due_day=DAY,
        ),
    )  # fmt: skip
    then = given.runs_to(DAY + 1 + STAY)

    assert {row[2]: row[3] for row in then.told(ClaimCleared="creditor paid_cents")} == {"b": 50, "bank": 10}


def test_the_costs_of_an_estate_come_off_before_its_creditors():
    """
    100 in cash, costs of 10 %: 90 are shared by claims of 150 and 50.
    """
    then = estates([("a", "bank", 150), ("a", "b", 50)], {"a": 100}, estate_costs_ppm=100_000, ranking="equal")
    then.runs_to(DAY + 1 + STAY)

    assert then.only(c.EstateCostsPaid).event.amount_cents in (10, 11)
    assert sum(row[2] for row in then.told(ClaimCleared="paid_cents")) in (89, 90)
    assert then.cash("a") == 0


def test_an_estate_that_can_pay_everybody_has_no_costs():
    then = estates([("a", "bank", 50)], {"a": 100}, estate_costs_ppm=100_000).runs_to(DAY + 1 + STAY)

    assert then.of(c.EstateCostsPaid) == []
    assert then.only(c.ClaimCleared).event.paid_cents == 50


# --- who holds the firm then ----------------------------------------------------------------------------------------


def test_old_shares_go_and_creditors_get_as_many_by_what_they_lost():
    """
    1,000 shares; the bank loses 60 of 100, b 30 of 50: two thirds and a third.
    """
    firms = {
        "a": firm(cure_days=0, shares_outstanding=1_000),
        "b": firm(holdings=(Holding(issuer="a", shares=100, carrying_cents=500),)),
        "bank": firm("lender", outside=True),
    }
    given = World(firms, distress=Distress(stay_quarters=1, ranking="equal"))
    given.happens(1, rent("x/1", "a", "bank", 100)).happens(1, rent("y/1", "a", "b", 50))
    then = given.happens(DAY + 70, gets("a", 60)).runs_to(DAY + 1 + STAY)

    assert then.books.ledger.units("bank", "SHARE:a") == 667
    assert then.books.ledger.units("b", "SHARE:a") == 333
    assert then.books.ledger.units("public", "SHARE:a") == 0
    assert then.books.stakes.carried("b", "a") == 0


def test_old_shares_stay_where_creditors_are_paid_in_full():
    firms = {"a": firm(cure_days=0, shares_outstanding=1_000), "bank": firm("lender", outside=True)}
    given = World(firms, distress=Distress(stay_quarters=1)).happens(1, rent("x/1", "a", "bank", 50))
    then = given.happens(DAY + 70, gets("a", 60)).runs_to(DAY + 1 + STAY)

    assert then.of(c.SharesCancelled) == []
    assert then.books.ledger.units("public", "SHARE:a") == 1_000
