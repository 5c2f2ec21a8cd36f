"""Shocks: what each shape takes, month by month; and what the month makes of several of them."""

import pytest

from agents.plans import YearRate
from events import catalogue as c
from events.terms import YearAmount
from model.readings import base_rate_ppm, left_ppm
from model.schema import Credit, Shock
from model.shocks import depth_ppm
from tests.small_economy import World, customers, fall, lab, rate

SHAPES = """
    step         months=1                        40 40 40 40 40 40 40 40
    ramp         months=4                        10 20 30 40 40 40 40 40
    l            months=4                        10 20 30 40 40 40 40 40
    slow_bleed   months=8                         5 10 15 20 25 30 35 40
    v            months=4                        10 20 30 40 30 20 10  0
    v            months=1                        40  0  0  0  0  0  0  0
    u            months=3 recovery_months=4      40 40 40 30 20 10  0  0
    u            months=3                        40 40 40  0  0  0  0  0
    pulse        months=3                        40 40 40  0  0  0  0  0
"""


def shock(shape: str, **fields) -> Shock:
    return Shock(
        **{"touches": "demand", "start_day": 1, "shape": shape, "depth_ppm": 400_000, "against": "plan"} | fields
    )


@pytest.mark.parametrize("line", [line.strip() for line in SHAPES.splitlines() if line.strip()])
def test_what_a_shock_of_40_percent_takes_in_its_first_eight_months(line):
    words = line.split()
    lengths = {name: int(value) for name, value in (word.split("=") for word in words if "=" in word)}
    taken = [int(word) for word in words[1:] if word.isdecimal()]

    found = [depth_ppm(shock(words[0], **lengths), month) for month in range(8)]
    assert found == [10_000 * percent for percent in taken]


def test_a_profile_takes_a_part_of_the_depth_for_each_year_and_then_nothing():
    years = tuple(YearRate(year=year, rate_ppm=ppm) for year, ppm in ((2026, 500_000), (2027, 1_000_000)))
    profile = shock("profile", profile=years)

    assert [depth_ppm(profile, month) for month in (0, 11, 12, 23, 24)] == [200_000, 200_000, 400_000, 400_000, 0]


@pytest.mark.parametrize("shape", ["step", "ramp", "v", "u", "l", "slow_bleed", "pulse", "profile"])
def test_nothing_is_taken_before_it_strikes(shape):
    assert [depth_ppm(shock(shape), month) for month in (-1, -12)] == [0, 0]


def test_a_shock_of_negative_depth_is_a_boom():
    assert depth_ppm(shock("step", depth_ppm=-200_000), 0) == -200_000


def world(plan=None, **shocks: Shock) -> World:
    firms = {"customers": customers(), "others": customers(share_ppm=500_000), "lab": lab(plan=1_000)}
    if plan:
        firms["lab"] = lab(policy={"plan": plan})
    return World(firms, shocks=shocks)


def test_a_shock_is_an_event_on_its_day_and_the_demand_of_its_month_has_it_as_its_cause():
    then = world(demand=fall(600_000, day=40)).runs_to(60)
    before, after = (row for row in then.of(c.DemandObserved, customer="customers"))

    assert then.told(ShockStruck="shock depth_ppm") == [(40, "ShockStruck", "demand", 400_000)]
    assert [before.event.demanded_cents, after.event.demanded_cents] == [1_000, 600]
    assert isinstance(then.cause(after).event, c.ShockStruck)
    assert isinstance(then.cause(before).event, c.FirmFounded)


def test_what_two_shocks_leave_is_multiplied():
    then = world(a=fall(500_000), b=fall(800_000)).runs_to(31)

    assert left_ppm(then.economy, "demand") == 400_000


def test_a_shock_touches_only_what_and_whom_it_names():
    then = world(a=fall(500_000, who=("others",)), b=fall(100_000, touches="appetite")).runs_to(31)

    assert [left_ppm(then.economy, "demand", who) for who in ("customers", "others")] == [1_000_000, 500_000]
    assert [left_ppm(then.economy, touches) for touches in ("appetite", "credit")] == [100_000, 1_000_000]
    assert sorted(row.event.demanded_cents for row in then.of(c.DemandObserved)) == [250, 1_000]


def test_against_the_level_demand_is_held_to_a_part_of_what_was_planned_when_it_struck():
    """
    A plan that doubles in the second year: half of the level when it struck is a quarter of the new plan.
    """
    plan = (YearAmount(year=2026, amount_cents=12_000), YearAmount(year=2027, amount_cents=24_000))
    then = world(plan, a=fall(500_000, against="level")).runs_to(730)

    rows = then.of(c.DemandObserved, customer="customers")
    first = rows[0].event.expected_cents
    assert rows[-1].event.expected_cents > 1.9 * first
    assert {abs(row.event.demanded_cents - first // 2) <= 1 for row in rows} == {True}


def test_a_shock_to_the_base_rate_is_an_addition_and_never_takes_it_below_zero():
    up = World({}, shocks={"a": fall(970_000, touches="base_rate", day=40)}, credit=Credit(base_rate=rate(40_000)))
    down = World({}, shocks={"a": shock("step", touches="base_rate", depth_ppm=-90_000)})

    assert [base_rate_ppm(up.runs_to(day).economy) for day in (10, 40)] == [40_000, 70_000]
    assert base_rate_ppm(down.runs_to(10).economy) == 0


def test_a_pulse_of_the_base_rate_is_over_when_its_months_are():
    pulse = shock("pulse", touches="base_rate", depth_ppm=30_000, months=2)
    then = World({}, shocks={"a": pulse}, credit=Credit(base_rate=rate(40_000)))

    assert [base_rate_ppm(then.runs_to(day).economy) for day in (10, 40, 70)] == [70_000, 70_000, 40_000]
