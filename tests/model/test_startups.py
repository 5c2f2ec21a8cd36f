"""The pool of start-ups: credits first, then cash, then they close, and no pool defaults."""

from typing import Any

from events import catalogue as c
from events.terms import CreditGrant
from model.schema import Installed
from tests.small_economy import GW, World, customers, fall, firm, host, monthly, outsider, rate


def pool(cash: int = 0, plan: int = 100, need: int = 80, costs_ppm: int = 500_000, **policy: Any) -> Any:
    plain: dict[str, Any] = {
        "plan": monthly(plan), "running_costs": rate(costs_ppm), "compute_need": monthly(need),
        "rents_from": "left-cloud",
        "clouds": ("left-cloud", "right-cloud"), "count": 8, "cash_target_quarters": 0,
        "sells_stakes_below_quarters": 0, "days_to_pay": 10,
    }  # fmt: skip
    return firm("startups", cash, plain | policy, cure_days=900, last_round_cents=10, shares_outstanding=1_000)


def world(cash: int, credit: int, **others: Any) -> World:
    """Eight start-ups that earn 100 a month, spend 50 on themselves and rent 40 of compute from each of two clouds."""
    grant = CreditGrant(
        provider="left-cloud", receiver="pool", cash_cents=0, credit_cents=credit, pays_for="none", day=1,
        expiry_day=700,
    )  # fmt: skip
    running = (Installed(contract="none", generation="chips", kw=GW),)
    firms = {
        "customers": customers(of="pool"), "pool": pool(cash), "left-cloud": host(installed=running),
        "right-cloud": host(), "maker": outsider(),
    }  # fmt: skip
    return World(firms, {"grant": grant} if credit else {}, **others)


def test_credits_pay_the_bills_of_the_cloud_that_gave_them_and_cash_the_others():
    then = world(cash=1_000, credit=200).runs_to(60)

    burned = [row[2:] for row in then.told(CreditsBurned="provider receiver face_cents")]
    assert burned and all(row == ("left-cloud", "pool", 40) for row in burned)
    assert {row[2] for row in then.told(ClaimPaid="creditor debtor") if row[3] == "pool"} >= {"right-cloud"}


def test_what_neither_credits_nor_cash_nor_sales_pay_for_closes_a_quarter_of_them_at_a_time():
    """
    Sales fall to nothing: of eight two close, then of six two (the odd one too), and so on.
    """
    then = world(cash=250, credit=0, shocks={"demand": fall(0)}).runs_to(365)

    assert [row[2:] for row in then.told(StartupsClosed="closed left")][:3] == [(2, 6), (2, 4), (1, 3)]
    assert isinstance(then.cause(then.of(c.StartupsClosed)[0]).event, c.DemandObserved)


def test_those_that_are_left_plan_earn_and_spend_in_proportion():
    then = world(cash=250, credit=0, shocks={"demand": fall(0)}).runs_to(365)

    rents = {record.date[:7]: record.event.amount_cents for record in then.of(c.ComputeRented)}
    expected = {record.date[:7]: record.event.expected_cents for record in then.of(c.DemandObserved)}
    assert (expected["2026-03"], expected["2026-04"]) == (100, 75)
    assert rents.get("2026-04", 0) < rents["2026-03"]


def test_a_pool_that_earns_its_living_closes_nobody():
    assert world(cash=1_000, credit=0).runs_to(365).of(c.StartupsClosed) == []
