"""Revenue share: a part of what customers paid in the month, at the rate in force on its last day."""

import pytest

from events import catalogue as c
from events.terms import RateStep, RevenueShare
from model.contracts.revenue_share import rate_ppm
from tests.small_economy import BN, World, customers, fall, firm, lab, story

BILL = "revenue_cents amount_cents due_day"


def share(*steps: tuple[int, int], **fields) -> RevenueShare:
    rows = tuple(RateStep(day=day, rate_ppm=ppm) for day, ppm in steps)
    return RevenueShare(**{"payer": "lab", "payee": "cloud", "rates": rows, "days_to_pay": 30, "end_day": 700} | fields)


def world(terms: RevenueShare, plan: int = 1_000, shocks=None) -> World:
    firms = {"customers": customers(), "lab": lab(plan=plan), "cloud": firm()}
    return World(firms, {"share": terms}, shocks=shocks or {})


def test_the_example_of_the_docstring():
    """
    2.0 bn in a month at 20 %: 0.4 bn, due 30 days later.
    """
    then = world(share((0, 200_000)), plan=2 * BN).runs_to(61)

    assert then.told(RevenueShared=BILL, ClaimPaid="amount_cents")[:2] == [
        (31, "RevenueShared", 2 * BN, 4 * BN // 10, 61),
        (59, "RevenueShared", 2 * BN, 4 * BN // 10, 89),
    ]
    assert then.cash("cloud") == 4 * BN // 10


def test_it_follows_what_customers_paid_and_names_that_demand():
    then = world(share((0, 200_000)), shocks={"demand": fall(500_000, day=40)}).runs_to(60)

    assert then.told(RevenueShared="revenue_cents amount_cents") == story("""
        31  RevenueShared  1000  200
        59  RevenueShared  500   100
    """)
    assert all(isinstance(then.cause(bill).event, c.DemandObserved) for bill in then.of(c.RevenueShared))


def test_the_rate_steps_on_its_day():
    """
    20 % up to the end of February, 10 % from 1 March on, nothing from 1 April on.
    """
    then = world(share((0, 200_000), (60, 100_000), (91, 0))).runs_to(151)

    assert then.told(RevenueShared="amount_cents") == story("""
        31  RevenueShared  200
        59  RevenueShared  200
        90  RevenueShared  100
    """)


@pytest.mark.parametrize(("day", "ppm"), [(0, 0), (9, 0), (10, 200_000), (19, 200_000), (20, 80_000), (999, 80_000)])
def test_a_rate_holds_from_its_day_on_and_none_before_the_first(day, ppm):
    assert rate_ppm(share((10, 200_000), (20, 80_000)), day) == ppm


def test_nothing_is_shared_where_nothing_was_earned_and_nothing_after_the_end():
    assert world(share((0, 200_000)), plan=0).runs_to(90).told(RevenueShared=BILL) == []
    then = world(share((0, 200_000), end_day=59)).runs_to(120)
    assert then.told(RevenueShared="amount_cents", ContractEnded="contract") == story("""
        31  RevenueShared  200
        59  RevenueShared  200
        59  ContractEnded  share
    """)
