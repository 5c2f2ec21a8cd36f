"""Before a default: time, shares or a later ramp from creditors, stakes sold, a rescuer; and their refusals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import catalogue as c
from events.identities import unreconciled
from events.minimums import Deferral, minimum_cents
from events.terms import ComputeCommitment, YearAmount
from model.schema import Distress, Holding, Installed
from tests.small_economy import GW, World, firm, host, monthly, outsider, story

DUE = 59


def rent(claim: str, cents: int, creditor: str = "host", debtor: str = "short", due_day: int = DUE) -> c.ComputeRented:
    return c.ComputeRented(
        claim=claim, contract="", seller=creditor, buyer=debtor, kw=1, amount_cents=cents, due_day=due_day
    )


def short_of_money(*forms: str, cash: int = 0, assets: int = 10_000, creditor: dict[str, Any] | None = None) -> World:
    """A firm that is worth something, and has a bill of 1,000 in February that it cannot pay."""
    firms = {
        "short": firm(cash=cash, cure_days=900, shares_outstanding=100, last_round_cents=50),
        "host": firm(**creditor or {"cash": 5_000}),
    }
    world = World(firms, distress=Distress(relief=forms, stretch_days=60))
    world.happens(1, c.BalanceBroughtForward(firm="short", account="Assets:Property", amount_cents=assets))
    return world.happens(1, rent("a/1", 1_000))


def test_a_creditor_gives_time_and_the_bill_is_missed_later_or_not_at_all():
    """
    Asked at the end of January and of March: two months more, then no more.
    """
    then = short_of_money("stretch").runs_to(130)

    assert then.told(PaymentStretched="claim due_day", PaymentMissed="claim") == story("""
        31   PaymentStretched  a/1  119
        119  PaymentMissed     a/1
    """)


def test_a_world_without_relief_asks_nobody():
    assert [row[:2] for row in short_of_money().runs_to(130).told(PaymentMissed="claim")] == [(DUE, "PaymentMissed")]


def test_a_firm_with_the_cash_for_it_does_not_ask():
    assert short_of_money("stretch", cash=1_000).runs_to(130).of(c.PaymentStretched) == []


@pytest.mark.parametrize(
    ("creditor", "assets", "reason"),
    [
        ({"outside": True}, 10_000, "a creditor outside the circle gives no time"),
        ({"cash": 0}, 0, "the debtor owes more than it has, and is not worth keeping"),
    ],
)
def test_a_refusal_is_said_with_its_reason(creditor, assets, reason):
    then = short_of_money("stretch", creditor=creditor, assets=assets).runs_to(DUE)

    refused = then.of(c.OfferDeclined, asked="stretch")[0].event
    assert (refused.firm, refused.counterparty, refused.reason) == ("short", "host", reason)
    assert len(then.of(c.PaymentMissed)) == 1


def test_a_creditor_that_needs_the_money_itself_refuses():
    world = short_of_money("stretch", creditor={"cash": 100, "cure_days": 900})
    world.happens(2, rent("b/1", 500, creditor="public", debtor="host"))

    refused = world.runs_to(31).of(c.OfferDeclined, asked="stretch", firm="short")[0].event
    assert refused.reason == "it needs the money itself"


def test_a_bill_that_is_swapped_becomes_shares_and_capital():
    """
    1,000 at 50 a share: 20 shares. The second time the bill is asked for, there is no commitment to put off.
    """
    then = short_of_money("stretch", "swap").runs_to(1)
    then.happens(2, rent("swap/1", 1_000, due_day=DUE))
    claim = "swap/1"
    then.on(3, lambda economy: economy.record(
        c.ClaimSwapped(claim=claim, debtor="short", creditor="host", amount_cents=1_000, shares=20, price_cents=50),
        None, actor="scenario",
    ))  # fmt: skip
    then.runs_to(4)

    assert then.books.ledger.units("host", "SHARE:short") == 20
    assert then.books.stakes.carried("host", "short") == 1_000
    assert then.books.ledger.balance("short", "Equity:PaidIn") == -1_000
    assert then.books.obligations.tally("swap").discharged == 1_000
    assert unreconciled(then.books.obligations, then.books.ledger.balances) == ""


# --- put off --------------------------------------------------------------------------------------------------------


def commitment(**fields: Any) -> ComputeCommitment:
    plain: dict[str, Any] = {
        "seller": "host", "buyer": "short", "minimums": monthly(100), "price_per_gw_year_cents": 1_200,
        "days_to_pay": 28, "end_day": 730, "total_cents": 100_000,
    }  # fmt: skip
    return ComputeCommitment(**plain | fields)


def test_what_is_put_off_is_owed_as_many_months_later():
    """
    30 % of three months from March on: 70 in March to May, 130 in June to August, 100 before and after.
    """
    put_off = [Deferral(start=2026 * 12 + 2, months=3, part_ppm=300_000)]
    found = [minimum_cents(commitment(), put_off, (2026, 1), (2026, month)) for month in range(1, 13)]

    assert found == [100, 100, 70, 70, 70, 130, 130, 130, 100, 100, 100, 100]


@given(st.integers(0, 11), st.integers(1, 12), st.integers(1, 1_000_000), st.integers(0, 10_000))
def test_putting_off_changes_no_total(start, months, part, yearly):
    minimums = tuple(YearAmount(year=year, amount_cents=yearly) for year in (2026, 2027, 2028, 2029))
    put_off = [Deferral(start=2026 * 12 + start, months=months, part_ppm=part)]
    all_months = [(year, month) for year in (2026, 2027, 2028, 2029) for month in range(1, 13)]

    def total(deferrals: list[Deferral]) -> int:
        return sum(minimum_cents(commitment(minimums=minimums), deferrals, (2026, 1), month) for month in all_months)

    assert total(put_off) == total([])


def test_a_seller_puts_off_a_part_of_the_ramp_when_it_is_asked_a_second_time():
    firms = {
        "short": firm(cure_days=900, shares_outstanding=100, last_round_cents=50),
        "host": host(5_000, installed=(Installed(contract="deal", generation="chips", kw=GW),)),
        "maker": outsider(),
    }
    rules = Distress(relief=("stretch", "defer"), stretch_days=30, defer_months=6, defer_ppm=500_000)
    world = World(firms, {"deal": commitment()}, distress=rules)
    world.happens(1, c.BalanceBroughtForward(firm="short", account="Assets:Property", amount_cents=100_000))
    then = world.runs_to(200)

    deferred = then.only(c.CommitmentDeferred)
    assert (deferred.event.months, deferred.event.part_ppm) == (6, 500_000)
    bills = {record.date[:7]: record.event.amount_cents for record in then.of(c.ComputeBilled)}
    after = [cents for month, cents in bills.items() if month > deferred.date[:7]]
    assert after and set(after) == {50}


# --- stakes ---------------------------------------------------------------------------------------------------------


def test_any_firm_that_is_short_sells_a_quarter_of_a_listed_stake_a_month():
    """
    400 shares at 10 each are 4,000, and 1,000 are lacking: 100 shares go.
    """
    firms = {
        "short": firm(cure_days=900, holdings=(Holding(issuer="listed", shares=400),)),
        "host": firm(),
        "listed": firm(shares_outstanding=100_000),
    }
    world = World(firms).closes("listed", 1_000, 1).happens(1, rent("a/1", 1_000))
    then = world.runs_to(31)

    assert [row[2:] for row in then.told(SharesSold="holder issuer shares")] == [("short", "listed", 100)]


# --- rescue ---------------------------------------------------------------------------------------------------------


def about_to_default(rescuer: dict[str, Any], **rules: Any) -> World:
    firms = {
        "short": firm(cure_days=10, shares_outstanding=1_000, last_round_cents=100),
        "host": firm(),
        "owner": firm(holdings=(Holding(issuer="short", shares=500, carrying_cents=1),), **rescuer),
    }
    plain: dict[str, Any] = {"rescue": 1, "mitigation_ppm": 0, "rescue_quarters": 0, "rescue_discount_ppm": 200_000}
    world = World(firms, distress=Distress(**plain | rules))
    return world.happens(1, rent("a/1", 1_000)).happens(1, rent("b/1", 100, creditor="owner"))


def test_whoever_would_lose_more_than_it_costs_pays_in_and_there_is_no_default():
    """
    The owner has shares worth 50,000 at the last price and a bill of 100; the rescue costs the 1,100 overdue.
    """
    then = about_to_default({"cash": 5_000}).runs_to(100)

    event = then.only(c.Rescued).event
    assert (event.rescuer, event.amount_cents, event.price_cents, event.shares) == ("owner", 1_100, 80, 13)
    assert event.avoided_cents == 50_100
    assert then.of(c.Defaulted) == []
    assert len(then.of(c.ClaimPaid)) == 2
    assert isinstance(then.cause(then.only(c.Rescued)).event, c.PaymentMissed)


@pytest.mark.parametrize(
    ("rescuer", "rules"),
    [({"cash": 1_000}, {}), ({"cash": 5_000}, {"rescue": 0}), ({"cash": 5_000}, {"rescues_at_most": 0})],
)
def test_without_the_money_or_where_nobody_rescues_the_default_comes(rescuer, rules):
    then = about_to_default(rescuer, **rules).runs_to(100)

    assert [row[2] for row in then.told(Defaulted="firm")] == ["short"]
    if rules == {}:
        refused = then.only(c.OfferDeclined, asked="rescue").event
        assert (refused.counterparty, refused.reason) == ("owner", "it has not so much to spare")


def test_a_firm_that_cannot_be_saved_for_long_is_not_saved_twice():
    world = about_to_default({"cash": 500_000})
    world.happens(100, rent("c/1", 10_000, due_day=120))
    then = world.runs_to(200)

    assert len(then.of(c.Rescued)) == 1
    assert [row[2] for row in then.told(Defaulted="firm")] == ["short"]


def test_relief_has_three_forms():
    with pytest.raises(ValueError, match="relief names pray; it takes stretch, defer and swap"):
        Distress(relief=("pray",))
