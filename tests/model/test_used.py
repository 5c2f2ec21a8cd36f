"""What used systems are worth, in order and in haste; and when systems without a customer are written down."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from events import catalogue as c
from events.terms import ComputeCommitment
from model.market import used
from model.schema import ComputeMarket, Distress, Generation, Installed
from tests.small_economy import BN, GW, World, host, lab, monthly, outsider

MARKET = ComputeMarket(price_per_gw_year_cents=1_200, market_kw=20 * GW)


def world(**market: int) -> World:
    plain = {"price_per_gw_year_cents": 1_200, "market_kw": 20 * GW}
    return World({"lab": lab()}, compute=ComputeMarket(**plain | market))


def test_used_systems_are_worth_the_rent_of_the_rest_of_their_life():
    """
    1,200 a year for six years without a trend are 7,200; after three years 3,600; at the end of their life nothing.
    """
    economy = world().economy

    found = [used.price_cents(economy, "", GW, 365 * age) for age in (0, 3, 6, 9)]
    assert found == [7_200, 3_600, 0, 0]


def test_rent_that_falls_by_30_percent_a_year_makes_them_worth_less_than_half_of_that():
    """
    1,200 x (1 + .7 + .49 + .343 + .2401 + .16807) is 3,529 (each year's rent rounded to whole cents).
    """
    assert abs(used.price_cents(world(trend_ppm=-300_000).economy, "", GW, 0) - 3_529) <= 3


def test_nobody_pays_more_for_used_systems_than_for_new_ones():
    """
    7,200 of rent in six years, from systems that cost 5,000 new, and 3,600 in three.
    """
    given = World(
        {"lab": lab(), "world": outsider()}, compute=MARKET,
        generations={"chips": Generation(maker="world", price_per_gw_cents=5_000, gpus_per_gw=1_000)},
    )  # fmt: skip
    assert [used.price_cents(given.economy, "chips", GW, 365 * age) for age in (0, 3)] == [5_000, 3_600]


@given(st.integers(0, 3_000), st.integers(0, 3_000), st.integers(1, 5 * GW))
def test_older_systems_are_never_worth_more(age, older, kw):
    economy = ECONOMY
    assert used.price_cents(economy, "", kw, age + older) <= used.price_cents(economy, "", kw, age)


ECONOMY = world(trend_ppm=-300_000).economy


def test_by_hand_a_sale_in_haste():
    assert used.fire_sale_cents(1_000, GW, 20 * GW, 200_000) == 750
    assert used.fire_sale_cents(1_000, 0, 20 * GW, 200_000) == 800


@given(st.integers(0, 10**12), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 400_000))
def test_a_larger_sale_goes_for_no_more_and_none_for_less_than_two_fifths(orderly, sold, more, discount):
    few, many = (used.fire_sale_cents(orderly, kw, 20 * GW, discount) for kw in (sold, sold + more))

    assert many <= few <= orderly
    assert many >= orderly * 4 // 10 - 1


# --- impairment of systems ------------------------------------------------------------------------------------------


def rejected(property_cents: int, relet_price_ppm: int = 500_000, **market: int) -> World:
    """A host with a gigawatt for a lab that files on day 61 and rejects the contract; what the quarter's end brings."""
    contract = ComputeCommitment(
        seller="host", buyer="lab", minimums=monthly(100), price_per_gw_year_cents=1_200, days_to_pay=900, end_day=700,
        total_cents=100_000,
    )  # fmt: skip
    firms = {
        "lab": lab(plan=1, need=0, cure_days=0),
        "host": host(installed=(Installed(contract="deal", generation="chips", kw=GW),), property_life_months=72),
        "world": outsider(),
    }
    chips = {"chips": Generation(maker="world", price_per_gw_cents=BN, gpus_per_gw=1_000)}
    rules = Distress(relet_price_ppm=relet_price_ppm, relet_after_quarters=0)
    given = World(firms, {"deal": contract}, generations=chips, compute=evolve(MARKET, **market), distress=rules)
    given.happens(1, c.BalanceBroughtForward(firm="host", account="Assets:Property", amount_cents=property_cents))
    fatal = c.ComputeRented(
        claim="fatal/1", contract="", seller="world", buyer="lab", kw=1, amount_cents=BN, due_day=60
    )
    return given.happens(1, fatal).runs_to(90)


def test_systems_whose_customer_is_gone_go_down_to_what_they_fetch():
    """
    Carried at some 19,000; letting again brings at most 3.6 a year for six years: down to what they would fetch.
    """
    then = rejected(20_000, relet_price_ppm=5_000)

    event = then.only(c.PropertyImpaired).event
    assert (event.firm, event.contract, event.kw) == ("host", "deal", GW)
    assert event.carrying_cents > event.to_come_cents
    worth = used.price_cents(then.economy, "", GW, 90)
    assert event.amount_cents == event.carrying_cents - worth
    assert then.books.ledger.balance("host", "Assets:Property") == worth
    assert isinstance(then.cause(then.only(c.PropertyImpaired)).event, c.ContractRejected)


def test_where_letting_again_is_worth_more_than_a_sale_that_is_their_fair_value():
    """
    360 a year for 2,100 days are 2,071, and at 8 % a year over half of that time 1,684. Rents are about to vanish, so
    a sale would bring 1,200, those of one year.
    """
    then = rejected(20_000, trend_ppm=-999_999)

    event = then.only(c.PropertyImpaired).event
    assert event.to_come_cents == 2_071
    assert then.books.ledger.balance("host", "Assets:Property") == 1_684


def test_systems_that_letting_again_still_carries_are_not_written_down():
    assert rejected(1_000).of(c.PropertyImpaired) == []


@pytest.mark.parametrize("days", [365])
def test_they_are_written_down_once_and_wear_less_from_then_on(days):
    then = rejected(20_000).runs_to(days)

    assert len(then.of(c.PropertyImpaired)) == 1
    worn = [record.event.amount_cents for record in then.of(c.Depreciated)]
    assert worn[-1] < worn[0] // 2
    assert then.books.ledger.balance("host", "Assets:Property") >= 0
