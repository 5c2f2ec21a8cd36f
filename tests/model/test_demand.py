"""Demand: what customers were expected to spend, what they wanted to, and what a lab's compute could serve."""

import pytest

from events import catalogue as c
from events.terms import ComputeCommitment
from model.readings import demand_ppm, need_cents, taken_cents
from model.schema import ComputeMarket, Generation, Installed
from tests.small_economy import BN, GW, World, customers, fall, host, lab, monthly, outsider, story

SEEN = {"DemandObserved": "expected_cents demanded_cents served_cents"}


def commitment(minimum: int) -> ComputeCommitment:
    """A gigawatt is worth 100 a month."""
    return ComputeCommitment(
        seller="host", buyer="lab", minimums=monthly(minimum), price_per_gw_year_cents=1_200, days_to_pay=30,
        end_day=700, total_cents=100_000,
    )  # fmt: skip


def hosted(need: int, kw: int = GW, idle_kw: int = 0, **others) -> World:
    """A lab of a plan of 1,000 that needs so much compute, has a commitment of 100, and may rent what is idle."""
    firms = {
        "customers": customers(),
        "lab": lab(BN, plan=1_000, need=need, policy={"rents_from": "host"}),
        "host": host(BN, installed=(Installed(contract="compute", generation="chips", kw=kw),)),
        "world": outsider(),
    }
    market = ComputeMarket(price_per_gw_year_cents=1_200, market_kw=10 * GW, normal_idle_ppm=idle_kw // 10)
    chips = {"chips": Generation(maker="world", price_per_gw_cents=BN, gpus_per_gw=1_000)}
    return World(firms, {"compute": commitment(100)}, generations=chips, compute=market, **others)


def test_without_news_and_shocks_customers_spend_what_was_expected_and_it_arrives_in_cash():
    then = World({"customers": customers(), "lab": lab(plan=1_000)}).runs_to(60)

    assert then.told(**SEEN, CustomersServed="amount_cents") == story("""
        31  DemandObserved   1000  1000  1000
        31  CustomersServed  1000
        59  DemandObserved   1000  1000  1000
        59  CustomersServed  1000
    """)
    assert then.cash("lab") == 2_000


def test_groups_share_the_plan_and_each_has_its_own_luck():
    """
    A group that is added moves nobody else's draws.
    """
    noisy = {"noise_ppm": 100_000}
    a, b = (customers(share_ppm=share, **noisy) for share in (700_000, 300_000))
    two = {"a": a, "b": b, "lab": lab(plan=1_000)}
    three = {"a-new": customers(share_ppm=100_000, **noisy), **two}

    def demanded(firms, who):
        return [row.event.demanded_cents for row in World(firms).runs_to(200).of(c.DemandObserved, customer=who)]

    assert demanded(two, "a") == demanded(three, "a")
    assert demanded(two, "b") == demanded(three, "b")
    assert demanded(two, "a") != [700] * 6


def test_the_seed_is_the_luck():
    firms = {"a": customers(noise_ppm=100_000), "lab": lab(plan=1_000)}
    one, same, other = (World(firms, seed=seed).runs_to(120).told(**SEEN) for seed in (1, 1, 2))

    assert one == same != other


@pytest.mark.parametrize(
    ("need", "kw", "idle_kw", "served"),
    [
        (100, GW, 0, 1_000),  # a gigawatt is worth 100 a month
        (200, GW, 0, 500),
        (200, GW, GW, 1_000),  # another is idle
        (200, GW, GW // 2, 750),
        (200, GW // 2, 0, 250),
        (50, GW // 2, 0, 1_000),
        (0, GW // 2, 0, 1_000),
    ],
)
def test_what_compute_does_not_reach_is_lost(need, kw, idle_kw, served):
    """
    From the second month on: what commitments have ready, and what is idle at the spot price, over what is needed.
    """
    then = hosted(need, kw, idle_kw).runs_to(59)

    assert then.told(40, **SEEN) == [(59, "DemandObserved", 1_000, 1_000, served)]


def test_compute_beyond_commitments_is_rented_in_the_same_month():
    """
    150 needed, 100 taken under the commitment: 50 are rented from the cloud of the lab's choice.
    """
    then = hosted(150, idle_kw=GW).runs_to(31)

    assert then.told(ComputeBilled="taken_cents", ComputeRented="seller amount_cents") == story("""
        31  ComputeBilled  100
        31  ComputeRented  host  50
    """)


def test_the_need_follows_demand_as_far_as_the_policy_says():
    """
    Half of 200 follows demand: at 60 % of it, 100 + 60.
    """
    given = hosted(200, shocks={"demand": fall(600_000)}).runs_to(31)

    assert need_cents(given.economy, given.economy.firms["lab"]) == 160


def test_demand_is_that_of_the_last_quarter_over_what_was_expected_of_it():
    """
    One month of three at 40 %: 80 %. Before the first month it is whole.
    """
    firms = {"customers": customers(), "lab": lab(plan=1_000)}
    given = World(firms, shocks={"demand": fall(400_000, day=70)})

    found = []
    for day in (30, 59, 90, 120, 151, 181):
        given.runs_to(day)
        found.append(demand_ppm(given.economy, "lab"))
    assert found == [1_000_000, 1_000_000, 800_000, 600_000, 400_000, 400_000]


def test_compute_taken_is_counted_within_the_month():
    given = hosted(80).runs_to(31)
    assert taken_cents(given.economy, "lab") == 80
    assert taken_cents(given.runs_to(32).economy, "lab") == 0


def test_the_spot_price_falls_with_technology_and_with_what_is_idle():
    """
    A trend of -40 % a year: after six months a fifth less. A tenth of the market set free beyond the normal, at a
    response of 1.5: 15 % less again.
    """
    market = ComputeMarket(price_per_gw_year_cents=10_000, trend_ppm=-400_000, market_kw=10 * GW)
    firms = {"lab": lab(), "host": host(), "world": outsider()}
    given = World(firms, {"compute": commitment(0)}, compute=market)
    freed = c.ContractRejected(
        claim="damages:compute/1", contract="compute", estate="lab", counterparty="host", freed_kw=GW, amount_cents=1,
        due_day=700,
    )  # fmt: skip
    then = given.happens(200, freed).runs_to(220)

    prices = then.told(ComputePriceSet="price_per_gw_year_cents utilisation_ppm")
    assert prices[5:] == [
        (181, "ComputePriceSet", 10_000 - 4_000 * 5 // 12 - 1, 900_000),
        (212, "ComputePriceSet", 6_800, 800_000),
    ]
