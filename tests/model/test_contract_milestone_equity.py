"""Milestone equity: called when so much is deployed, by the investor's own rule; lapsed at the long stop."""

import pytest

from events import catalogue as c
from events.terms import EquityTranche, MilestoneEquity
from tests.small_economy import BN, GW, World, customers, fall, firm, lab, maker, outsider, story

STEPS = {"TrancheCalled": "tranche amount_cents due_day", "TrancheLapsed": "tranche reason", "SharesIssued": "shares"}
GONE = "the investor's confidence has not come back"


def equity(*tranches: tuple[int, int], **fields) -> MilestoneEquity:
    """Tranches as (cents, kW)."""
    rows = tuple(EquityTranche(amount_cents=cents, deployed_kw=kw) for cents, kw in tranches)
    plain = {"investor": "investor", "investee": "lab", "days_to_pay": 10, "long_stop_day": 300}
    return MilestoneEquity(**plain | {"tranches": rows} | fields)


def world(terms: MilestoneEquity, shocks=None, **of_lab) -> World:
    firms = {
        "customers": customers(),
        "lab": lab(plan=1_000, last_round_cents=5_00, shares_outstanding=1_000, **of_lab),
        "maker": maker(),
        "investor": firm(cash=100 * BN),
        "world": outsider(),
    }
    return World(firms, {"equity": terms}, shocks=shocks or {})


def test_a_tranche_is_called_at_its_milestone_and_buys_shares_at_the_last_round_once_paid():
    """
    Deployed on day 20, called the next morning, due in ten days; shares on the morning after the payment. 5,000 cents
    buy ten shares at 500.
    """
    then = world(equity((5_000, 100))).deploys(20, 100).runs_to(40)

    assert then.told(21, **STEPS, ClaimPaid="amount_cents", ContractEnded="contract") == story("""
        21  TrancheCalled  1  5000  31
        31  ClaimPaid      5000
        32  SharesIssued   10
        32  ContractEnded  equity
    """)


def test_shares_are_rounded_down_and_never_none():
    given = world(equity((4_999, 100), (1, 200))).deploys(20, 200).runs_to(60)

    assert given.told(SharesIssued="shares amount_cents") == story("""
        32  SharesIssued  9  4999
        44  SharesIssued  1  1
    """)


def test_tranches_are_called_one_after_the_other():
    given = world(equity((1_000, 100), (2_000, 200), (3_000, 300))).deploys(20, 100).deploys(50, 200).runs_to(120)

    assert given.told(TrancheCalled="tranche") == story("""
        21  TrancheCalled  1
        51  TrancheCalled  2
        63  TrancheCalled  3
    """)


def test_confidence_waits_for_demand_and_pays_when_it_comes_back():
    """
    Demand falls to 60 % in January and is whole again from March on; the last quarter's is above 80 % when March and
    April are in it: (60 + 100 + 100) / 3 = 87 %.
    """
    fallen = fall(600_000, shape="pulse", months=2)
    then = world(equity((5_000, 100)), {"demand": fallen}).deploys(40, 100).runs_to(200)

    assert then.told(TrancheCalled="tranche") == story("120 TrancheCalled 1")


def test_a_tranche_whose_milestone_came_in_time_lapses_at_the_long_stop_without_confidence():
    """
    The cause is the demand that cost the confidence.
    """
    then = world(equity((5_000, 100)), {"demand": fall(600_000)}).deploys(40, 100).runs_to(330)

    assert then.told(TrancheCalled="tranche", TrancheLapsed="tranche reason") == [(300, "TrancheLapsed", 1, GONE)]
    assert isinstance(then.cause(then.only(c.TrancheLapsed)).event, c.DemandObserved)


def test_confidence_that_comes_back_after_the_long_stop_comes_too_late():
    """
    Demand is whole again in October, and so seen on day 304; the long stop was on day 300.
    """
    fallen = fall(0, day=200, shape="pulse", months=2)
    then = world(equity((5_000, 100)), {"demand": fallen}).deploys(220, 100).runs_to(330)

    assert then.told(TrancheCalled="tranche", TrancheLapsed="tranche reason") == [(300, "TrancheLapsed", 1, GONE)]


@pytest.mark.parametrize("pays", ["deployment", "confidence"])
def test_nobody_pays_into_a_firm_that_has_defaulted(pays):
    """
    The reason is the default, and it is the cause.
    """
    given = world(equity((5_000, 100), pays=pays)).deploys(40, 100)
    given.happens(20, c.Defaulted(firm="lab", channel="compute", contract=""))
    then = given.runs_to(60)

    assert then.told(**STEPS) == [(41, "TrancheLapsed", 1, "the investee has defaulted")]
    assert isinstance(then.cause(then.only(c.TrancheLapsed)).event, c.Defaulted)


def test_what_is_not_deployed_by_the_long_stop_lapses_on_that_day():
    then = world(equity((5_000, 100), (6_000, 200))).deploys(20, 100).runs_to(330)

    assert then.told(TrancheCalled="tranche", TrancheLapsed="tranche reason") == [
        (21, "TrancheCalled", 1),
        (300, "TrancheLapsed", 2, "the long stop has passed"),
    ]


def test_deployment_pays_whatever_demand_does():
    then = world(equity((5_000, 100), pays="deployment"), {"demand": fall(0)}).deploys(40, 100).runs_to(60)

    assert then.told(TrancheCalled="tranche") == story("41 TrancheCalled 1")


def test_never_lapses_at_the_milestone():
    then = world(equity((5_000, 100), pays="never")).deploys(40, 100).runs_to(60)

    assert then.told(**STEPS) == [(41, "TrancheLapsed", 1, "the investor never pays")]


@pytest.mark.parametrize(("left", "called"), [(800_000, True), (799_000, False)])
def test_confidence_is_held_at_exactly_what_the_terms_ask_for(left, called):
    then = world(equity((5_000, 100)), {"demand": fall(left)}).deploys(40, 100).runs_to(45)

    assert bool(then.told(TrancheCalled="tranche")) == called


def test_the_example_of_the_docstring():
    """
    10 bn at 1 GW with demand at 95 %: called, due in 10 days, 20,000,000 shares at 500.00 USD.
    """
    given = world(equity((10 * BN, GW)), {"demand": fall(950_000)})
    given.scenario.firms["lab"] = lab(plan=1_000, last_round_cents=500_00)
    then = given.deploys(40, GW).runs_to(60)

    assert then.told(**STEPS) == [(41, "TrancheCalled", 1, 10 * BN, 51), (52, "SharesIssued", 20_000_000)]


def test_the_letter_of_intent_is_ten_billion_a_gigawatt():
    """
    100 bn for 10 GW in tranches of 10 bn: all of it is called by the tenth gigawatt.
    """
    given = world(equity(*((10 * BN, number * GW) for number in range(1, 11)), long_stop_day=700))
    for number in range(10):
        given.deploys(10 + 20 * number, GW)
    then = given.runs_to(240)

    called = then.told(TrancheCalled="amount_cents")
    assert [day for day, *_ in called] == [11 + 20 * number for number in range(10)]
    assert sum(cents for *_, cents in called) == 100 * BN
