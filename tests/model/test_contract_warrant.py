"""A customer's warrant: power and price, in either order, once; cashless; what is not met by the expiry is gone."""

import pytest

from events.terms import Warrant, WarrantTranche
from model.contracts.warrant import net_shares
from tests.small_economy import GW, World, lab, maker, outsider, story

STEPS = {
    "WarrantEarned": "tranche shares",
    "WarrantVested": "tranche",
    "WarrantExercised": "tranche issued",
    "WarrantLapsed": "tranche stage carrying_cents",
}


def warrant(*tranches: tuple[int, int, int], **fields) -> Warrant:
    """Tranches as (shares, kW, price in cents)."""
    plain = {"issuer": "maker", "holder": "lab", "strike_cents": 1, "value_per_share_cents": 30, "expiry_day": 300}
    rows = tuple(WarrantTranche(shares=n, deployed_kw=kw, price_cents=cents) for n, kw, cents in tranches)
    return Warrant(**plain | {"tranches": rows} | fields)


def world(terms: Warrant) -> World:
    return World({"lab": lab(), "maker": maker(), "world": outsider()}, {"warrant": terms})


def test_a_tranche_needs_power_and_price():
    """
    Power is there on day 10, the price on day 40: it vests on the morning after.
    """
    given = world(warrant((1_000, 100, 6_00))).deploys(10, 100)
    then = given.closes("maker", 5_99, 20).closes("maker", 6_00, 40).runs_to(50)

    assert then.told(**STEPS) == story("""
        11  WarrantEarned     1  1000
        41  WarrantVested     1
        41  WarrantExercised  1  998
    """)


def test_the_price_may_come_first_and_fall_again():
    """
    Each condition has to be met once, not both on one day. What was high on day 20 counts on day 60.
    """
    given = world(warrant((1_000, 100, 6_00))).closes("maker", 6_00, 20).closes("maker", 2_00, 21).deploys(60, 100)

    assert given.runs_to(70).told(**STEPS) == story("""
        61  WarrantEarned     1  1000
        61  WarrantVested     1
        61  WarrantExercised  1  995
    """)


def test_a_tranche_vests_once_however_often_its_conditions_hold():
    given = world(warrant((1_000, 100, 6_00))).deploys(10, 100).deploys(30, 100).closes("maker", 6_00, 20, 21, 40, 41)

    assert len(given.runs_to(330).told(WarrantVested="tranche")) == 1
    assert len(given.told(WarrantExercised="tranche")) == 1


def test_each_tranche_has_its_own_power_and_price():
    given = world(warrant((10, 100, 6_00), (20, 200, 6_00), (30, 100, 9_00)))
    then = given.deploys(10, 100).closes("maker", 6_00, 20).deploys(30, 100).closes("maker", 9_00, 40).runs_to(50)

    assert then.told(WarrantVested="tranche shares") == story("""
        21  WarrantVested  1  10
        31  WarrantVested  2  20
        41  WarrantVested  3  30
    """)


def test_vesting_names_the_price_that_met_it_and_earning_the_acceptance():
    then = world(warrant((1_000, 100, 6_00))).deploys(10, 100).closes("maker", 6_00, 40).runs_to(50)

    for kind, cause in (("WarrantEarned", "CapacityAccepted"), ("WarrantVested", "MarketClosed")):
        record = next(r for r in then.records if type(r.event).__name__ == kind)
        assert type(then.cause(record).event).__name__ == cause


def test_only_the_makers_own_systems_count():
    given = World(
        {"lab": lab(), "maker": maker(), "other": maker(), "world": outsider()}, {"warrant": warrant((1_000, 100, 0))}
    )

    assert given.deploys(10, 500, maker="other").closes("maker", 1_00, 20).runs_to(50).told(**STEPS) == []


def test_the_price_is_an_average_over_the_days_asked_for():
    """
    Over three days: 500, 600, 700 make 600 on the third, although it closed above 600 only then.
    """
    given = world(warrant((1_000, 0, 6_00), averaging_days=3))
    for day, cents in ((10, 5_00), (11, 6_00), (12, 7_00)):
        given.closes("maker", cents, day)

    assert given.runs_to(20).told(WarrantVested="tranche") == story("13 WarrantVested 1")


@pytest.mark.parametrize(
    ("power_day", "price_day", "lapsed"),
    [
        (None, None, "300 WarrantLapsed 1 granted 0"),
        (None, 20, "300 WarrantLapsed 1 granted 0"),
        (10, None, "300 WarrantLapsed 1 earned 30000"),
    ],
)
def test_what_is_not_met_by_the_expiry_lapses_from_the_stage_it_had_reached(power_day, price_day, lapsed):
    """
    The holder loses what it carries: 1,000 shares at 30 cents of grant value once earned, nothing before.
    """
    given = world(warrant((1_000, 100, 6_00)))
    if power_day:
        given.deploys(power_day, 100)
    if price_day:
        given.closes("maker", 6_00, price_day)

    assert given.runs_to(310).told(WarrantLapsed=STEPS["WarrantLapsed"], WarrantExercised="tranche") == story(lapsed)
    assert given.books.ledger.balance("lab", "Assets:Warrants", "USD") == 0


def test_a_vested_tranche_that_is_under_water_on_its_day_issues_nothing_and_is_gone():
    given = world(warrant((1_000, 0, 6_00), strike_cents=7_00, exercise_after_days=30))
    given.closes("maker", 6_50, 10)

    assert given.runs_to(60).told(WarrantVested="tranche", WarrantExercised="issued value_cents") == story("""
        11  WarrantVested     1
        41  WarrantExercised  0  0
    """)


def test_exercise_waits_the_days_it_is_told_to_but_not_beyond_the_expiry():
    given = world(warrant((1_000, 0, 6_00), exercise_after_days=400)).closes("maker", 6_00, 10)

    assert given.runs_to(310).told(WarrantExercised="tranche") == story("300 WarrantExercised 1")


def test_the_contract_ends_when_every_tranche_is_exercised_or_lapsed():
    then = world(warrant((10, 0, 6_00), (20, 0, 9_00))).closes("maker", 6_00, 20).runs_to(310)

    assert then.told(WarrantExercised="tranche", WarrantLapsed="tranche", ContractEnded="contract") == story("""
        21   WarrantExercised  1
        300  WarrantLapsed     2
        300  ContractEnded     warrant
    """)


def test_the_example_of_the_docstring():
    """
    26,666,666 shares at a strike of 0.01 USD, exercised at 250.00 USD.
    """
    given = world(warrant((26_666_666, GW, 250_00))).deploys(10, GW).closes("maker", 250_00, 20).runs_to(30)

    assert given.told(WarrantExercised="issued value_cents") == story("21 WarrantExercised 26_665_599 666_639_975_000")
    assert given.books.ledger.units("lab", "SHARE:maker") == 26_665_599


def test_all_160_million_shares_are_worth_96_billion_at_600_dollars():
    """
    160 m x 600 USD = 96 bn; the strike of a cent costs 2,667 shares.
    """
    assert 160_000_000 * 600 == 96 * 10**9
    assert net_shares(160_000_000, 0, 600_00) * 600_00 == 96 * 10**11
    assert net_shares(160_000_000, 1, 600_00) == 160_000_000 - 2_667


@pytest.mark.parametrize(("price", "issued"), [(100, 0), (101, 0), (200, 5), (300, 6), (99, 0)])
def test_a_cashless_exercise_pays_the_strike_in_shares_rounded_down(price, issued):
    """
    Ten shares at a strike of 100: at 300, 10 x 200 / 300 = 6.67.
    """
    assert net_shares(10, 100, price) == issued
