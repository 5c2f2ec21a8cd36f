"""When a firm files: its holders and its creditors write down, boxes of a guarantor are looked at, and news travels."""

from typing import Any

import pytest

from events import catalogue as c
from events.terms import ComputeCommitment, TermLoan, YearAmount
from model.market.shares import lost_cents_a_share
from model.schema import Distress, Holding, Installed, Listing
from tests.small_economy import GW, World, box, firm, outsider

DAY = 60


def rent(claim: str, debtor: str, creditor: str, cents: int) -> c.ComputeRented:
    return c.ComputeRented(
        claim=claim, contract="", seller=creditor, buyer=debtor, kw=1, amount_cents=cents, due_day=DAY
    )


def filed(holder: dict[str, Any], fallen: dict[str, Any] | None = None, **distress: Any) -> World:
    firms = {"a": firm(cure_days=0, **fallen or {}), "b": firm(**holder), "bank": firm("lender", outside=True)}
    given = World(firms, distress=Distress(**distress)).happens(1, rent("x/1", "a", "bank", 100))
    return given.happens(1, rent("y/1", "a", "b", 1_000)).runs_to(DAY + 1)


def test_a_private_stake_goes_whole():
    then = filed({"holdings": (Holding(issuer="a", shares=10, carrying_cents=900),)})

    event = then.only(c.StakeImpaired).event
    assert (event.holder, event.issuer, event.amount_cents) == ("b", "a", 900)
    assert then.books.stakes.carried("b", "a") == 0
    assert isinstance(then.cause(then.only(c.StakeImpaired)).event, c.Defaulted)


def test_a_listed_stake_goes_down_to_the_market():
    """
    1,000 shares carried at 90.00 each, at a close near 40.00: about 50.00 a share goes.
    """
    then = filed(
        {"holdings": (Holding(issuer="a", shares=1_000, carrying_cents=9_000_000),)},
        {"listing": Listing(price_cents=4_000), "shares_outstanding": 10_000},
    )

    close = then.books.market.share_cents["a"]
    assert then.only(c.StakeImpaired).event.amount_cents == 9_000_000 - 1_000 * close
    assert then.books.stakes.carried("b", "a") == 1_000 * close


def test_every_creditor_allows_for_what_it_does_not_expect_back():
    then = filed({}, unsecured_recovery_ppm=370_000)

    rows = {row[2]: row[3] for row in then.told(ReceivableImpaired="creditor amount_cents")}
    assert rows == {"bank": 63, "b": 630}
    assert then.books.ledger.balance("b", "Liabilities:Allowance") == -630
    assert then.books.ledger.balance("b", "Expenses:CreditLoss") == 630


@pytest.mark.parametrize(("cash", "loss"), [(0, 1_000), (550, 500), (1_100, 0)])
def test_when_the_estate_is_cleared_the_allowance_makes_way_for_what_was_really_lost(cash, loss):
    """
    Of 1,100 owed a half, or all, is paid.
    """
    given = World(
        {"a": firm(cure_days=0), "b": firm(), "bank": firm("lender", outside=True)},
        distress=Distress(stay_quarters=1, ranking="equal"),
    )
    given.happens(1, rent("x/1", "a", "bank", 100)).happens(1, rent("y/1", "a", "b", 1_000))
    if cash:
        given.happens(100, c.BalanceBroughtForward(firm="a", account="Assets:Cash", amount_cents=cash))
    then = given.runs_to(DAY + 1 + 91)

    assert then.books.ledger.balance("b", "Liabilities:Allowance") == 0
    assert then.books.ledger.balance("b", "Expenses:CreditLoss") == loss
    assert then.books.obligations.allowance_cents == {}


def test_losses_come_off_what_a_share_is_worth():
    """
    630 lost on 100 shares are 6 cents a share.
    """
    then = filed({"shares_outstanding": 100, "listing": Listing(price_cents=5_000)})

    assert lost_cents_a_share(then.economy, "b") == 6
    assert lost_cents_a_share(then.economy, "a") == 0


# --- boxes of a guarantor -------------------------------------------------------------------------------------------


RUNNING = Installed(contract="served", generation="chips", kw=GW)


def group(minimum: int, **terms: Any) -> World:
    """A parent that files on day 61, and its box, which owes 1,000 and has a contract of so much a year to 2027."""
    plain: dict[str, Any] = {
        "lender": "bank", "borrower": "box", "guarantor": "parent", "commitment_cents": 1_000, "opening_cents": 1_000,
        "margin_ppm": 0, "fixed": 1, "maturity_day": 700,
    }  # fmt: skip
    served = ComputeCommitment(
        seller="box", buyer="tenant", price_per_gw_year_cents=1_000, days_to_pay=30, end_day=700, total_cents=100_000,
        minimums=tuple(YearAmount(year=year, amount_cents=minimum) for year in (2026, 2027)),
    )  # fmt: skip
    firms = {
        "bank": firm("lender", outside=True),
        "box": box(
            owner="parent", guarantor="parent", installed=(Installed(contract="served", generation="chips", kw=GW),)
        ),
        "parent": firm("neocloud", cure_days=0),
        "tenant": outsider(),
        "maker": outsider(),
    }
    given = World(firms, {"loan": TermLoan(**plain | terms), "served": served})
    return given.happens(1, rent("fatal/1", "parent", "tenant", 10**9))


def test_a_box_without_contracts_falls_with_its_guarantor():
    then = group(minimum=100).runs_to(DAY + 1)

    assert then.told(Defaulted="firm channel contract") == [
        (DAY + 1, "Defaulted", "parent", "compute", "fatal"),
        (DAY + 1, "Defaulted", "box", "cross default", "loan"),
    ]
    parent, of_box = then.of(c.Defaulted)
    assert of_box.cause == parent.seq


def test_a_lender_whose_box_is_covered_by_contracts_waives_the_cross_default():
    """
    Ten months of 1,000 a year and another year are about 1,800 to come, over a debt of 1,000.
    """
    then = group(minimum=1_000).runs_to(DAY + 1)

    assert [row[2] for row in then.told(Defaulted="firm")] == ["parent"]
    assert then.only(c.CrossDefaultWaived).event.cover_ppm > 1_000_000


def test_a_loan_without_the_clause_stands():
    assert [row[2] for row in group(minimum=100, cross_default=0).runs_to(DAY + 1).told(Defaulted="firm")] == ["parent"]


def test_an_owner_writes_off_what_it_has_put_into_a_box_that_files():
    given = group(minimum=100)
    given.happens(1, c.BalanceBroughtForward(firm="parent", account="Assets:Cash", amount_cents=70))
    given.happens(2, c.EquityContributed(owner="parent", box="box", amount_cents=70))
    then = given.runs_to(DAY + 1)

    assert then.told(SubsidiaryImpaired="owner box amount_cents") == [
        (DAY + 1, "SubsidiaryImpaired", "parent", "box", 70)
    ]
    assert then.books.ledger.balance("parent", "Assets:Subsidiary") == 0
