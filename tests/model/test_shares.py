"""Share prices: drawn to their value, moved by one sentiment and their own noise, never below the floor."""

import pytest

from events import catalogue as c
from model.market.shares import grown
from model.schema import Listing, ShareMarket
from tests.small_economy import World, customers, fall, firm, lab

CALM = ShareMarket(sentiment_volatility_ppm=0, trend_ppm=0)


def listed(**listing) -> object:
    return firm(listing=Listing(**{"price_cents": 10_000} | listing), shares_outstanding=1_000)


def prices(given: World, issuer: str) -> list[int]:
    return [dict(row[2])[issuer] for row in given.told(MarketClosed="prices")]


def test_shares_trade_on_weekdays():
    """
    Day 1 is a Thursday: 22 trading days up to the end of January.
    """
    given = World({"a": listed()}, shares=CALM).runs_to(31)

    days = [row[0] for row in given.told(MarketClosed="prices")]
    assert days[:4] == [1, 2, 5, 6]
    assert len(days) == 22


def test_without_news_and_noise_a_price_stands_still():
    given = World({"a": listed()}, shares=CALM).runs_to(200)

    assert set(prices(given, "a")) == {10_000}


def test_a_price_is_pulled_to_its_value_by_a_hundredth_of_the_gap_a_day():
    """
    The value doubles at the end of March: 100, then 99 of what is left, and so on, from below.
    """
    given = World({"a": listed(growth_ppm=4_000_000)}, shares=CALM).runs_to(120)
    value = given.books.market.value_cents["a"]
    after = prices(given, "a")[64:]

    assert value == grown(10_000, 4_000_000, 90) == 10_000 + round(40_000 * 90 / 365)
    assert after[0] == 10_000 + round((value - 10_000) / 100)
    assert after == sorted(after) and after[-1] < value


def test_the_value_falls_with_the_shortfall_of_demand_as_far_as_the_firm_is_exposed():
    """
    Demand at half: an exposure of 80 % takes 40 % of the value, none takes nothing; the price follows.
    """
    firms = {
        "customers": customers(), "lab": lab(plan=1_000), "bare": listed(exposure_ppm=800_000), "safe": listed(),
    }  # fmt: skip
    given = World(firms, shares=CALM, shocks={"demand": fall(500_000)}).runs_to(300)

    assert given.books.market.value_cents == {"bare": 6_000, "safe": 10_000}
    assert prices(given, "bare")[-1] < 7_500
    assert prices(given, "safe")[-1] == 10_000


def test_a_firm_in_an_estate_is_worth_a_twentieth():
    given = World({"a": listed()}, shares=CALM).happens(20, c.Defaulted(firm="a", channel="compute", contract=""))

    assert given.runs_to(90).books.market.value_cents == {"a": 500}


def test_sentiment_is_common_to_all_and_each_follows_it_as_far_as_it_is_exposed():
    """
    No own noise: whoever has the same exposure closes at the same price every day, whoever has none stands still.
    """
    moody = ShareMarket(sentiment_volatility_ppm=20_000, trend_ppm=0, pull_ppm=0)
    firms = {"a": listed(), "b": listed(), "double": listed(sentiment_ppm=2_000_000), "deaf": listed(sentiment_ppm=0)}
    given = World(firms, shares=moody).runs_to(60)

    assert prices(given, "a") == prices(given, "b") != prices(given, "deaf")
    assert set(prices(given, "deaf")) == {10_000}
    first, doubled = prices(given, "a")[0] - 10_000, prices(given, "double")[0] - 10_000
    assert doubled == pytest.approx(2 * first, abs=1)


def test_own_noise_is_a_firms_own_and_a_newcomer_moves_nobodys():
    firms = {"a": listed(volatility_ppm=20_000), "b": listed(volatility_ppm=20_000)}
    two = World(firms, shares=CALM).runs_to(60)
    three = World({"aa": listed(volatility_ppm=20_000), **firms}, shares=CALM).runs_to(60)

    assert prices(two, "a") == prices(three, "a") != prices(two, "b")


def test_a_price_never_falls_below_the_floor():
    wild = ShareMarket(sentiment_volatility_ppm=100_000, floor_cents=90)
    given = World({"a": listed(price_cents=100, volatility_ppm=200_000)}, shares=wild).runs_to(400)

    assert min(prices(given, "a")) == 90


def test_a_rise_carries_on_by_the_trend_it_has():
    """
    A value that has risen pulls; with a trend the price rises faster than without.
    """
    rising = {"a": listed(growth_ppm=4_000_000)}
    plain = prices(World(rising, shares=CALM).runs_to(170), "a")
    trend = ShareMarket(sentiment_volatility_ppm=0, trend_ppm=100_000)
    trending = prices(World(rising, shares=trend).runs_to(170), "a")

    assert plain[:65] == trending[:65]
    assert trending[-1] > plain[-1]


@pytest.mark.parametrize(
    ("cents", "ppm", "day", "value"),
    [
        (1_000, 100_000, 0, 1_000),
        (1_000, 100_000, 365, 1_100),
        (1_000, 100_000, 730, 1_210),
        (1_000, -500_000, 365, 500),
        (1_000, 365_000, 1, 1_001),
        (1_000, 0, 999, 1_000),
    ],
)
def test_growth_compounds_by_the_year_and_is_a_straight_line_within_it(cents, ppm, day, value):
    assert grown(cents, ppm, day) == value
