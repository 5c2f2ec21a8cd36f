"""GPU supply: ordered ahead, invoiced on delivery, accepted when built; what nobody needs any more is not ordered."""

from events.terms import ComputeCommitment, GpuSupply, SupplyTranche
from tests.small_economy import BN, CHIPS, GW, World, customers, fall, host, lab, maker, monthly, story


def tranche(day: int, **fields) -> SupplyTranche:
    plain = {"kw": GW // 2, "generation": CHIPS, "buyer": "host", "serves": "compute"}
    return SupplyTranche(**plain | {"day": day} | fields)


def supply(*tranches: SupplyTranche, lead_days: int = 60) -> GpuSupply:
    return GpuSupply(maker="maker", lab="lab", tranches=tranches, lead_days=lead_days, days_to_pay=45)


def world(terms: GpuSupply, shocks=None, **of_host) -> World:
    compute = ComputeCommitment(
        seller="host", buyer="lab", minimums=monthly(0), price_per_gw_year_cents=12 * BN, days_to_pay=30, end_day=700,
        total_cents=1,
    )  # fmt: skip
    firms = {
        "customers": customers(),
        "lab": lab(plan=100),
        "host": host(100 * BN, policy={"days_to_pay": 45, "build_days": 20, **of_host}),
        "maker": maker(),
    }
    return World(firms, {"compute": compute, "supply": terms}, shocks=shocks or {})


def test_a_tranche_is_ordered_its_lead_time_ahead_at_the_generations_price():
    """
    Due on day 100 with a lead of 60 days: ordered on day 40. Half a gigawatt at 10 bn a GW is 5 bn.
    """
    then = world(supply(tranche(100))).runs_to(60)

    assert then.told(GpusOrdered="buyer price_cents earliest_day") == [(40, "GpusOrdered", "host", 5 * BN, 100)]


def test_a_tranche_due_sooner_than_its_lead_time_is_ordered_the_next_morning():
    then = world(supply(tranche(30))).runs_to(31)

    assert then.told(GpusOrdered="earliest_day") == story("1 GpusOrdered 30")


def test_delivery_brings_the_invoice_and_installation_the_acceptance():
    """
    Delivered on its day, due the buyer's 45 days later, accepted after 20 days of building.
    """
    then = world(supply(tranche(100))).runs_to(150)

    kinds = {"GpusDelivered": "amount_cents due_day", "CapacityAccepted": "kw contract", "ClaimPaid": "amount_cents"}
    assert then.told(**kinds) == [
        (100, "GpusDelivered", 5 * BN, 145),
        (120, "CapacityAccepted", GW // 2, "compute"),
        (145, "ClaimPaid", 5 * BN),
    ]


def test_the_example_of_the_docstring():
    """
    Due on day 275 with a lead of 270 days: ordered on day 5, and half a gigawatt at 15 bn a GW is invoiced at 7.5 bn.
    """
    from model.schema import Generation

    given = world(supply(tranche(275), lead_days=270))
    given.scenario.generations["chips"] = Generation(maker="maker", price_per_gw_cents=15 * BN, gpus_per_gw=500_000)
    then = given.runs_to(280)

    assert then.told(GpusOrdered="price_cents", GpusDelivered="amount_cents due_day") == [
        (5, "GpusOrdered", 75 * BN // 10),
        (275, "GpusDelivered", 75 * BN // 10, 320),
    ]


def test_a_contemplated_tranche_is_dropped_when_demand_does_not_keep_up():
    """
    Demand at 80 % of plan, nine tenths are asked for: the firm tranche is ordered all the same. The refusal is because
    of the demand that was seen.
    """
    rows = tranche(100), tranche(160, status="contemplated"), tranche(161)
    then = world(supply(*rows), {"demand": fall(800_000)}).runs_to(110)

    assert then.told(GpusOrdered="earliest_day", OfferDeclined="firm counterparty asked amount_cents") == [
        (40, "GpusOrdered", 100),
        (100, "OfferDeclined", "maker", "lab", "order", 5 * BN),
        (101, "GpusOrdered", 161),
    ]


def test_a_contemplated_tranche_is_ordered_while_demand_keeps_up():
    then = world(supply(tranche(160, status="contemplated")), {"demand": fall(900_000)}).runs_to(110)

    assert then.told(GpusOrdered="earliest_day") == story("100 GpusOrdered 160")


def test_tranches_due_on_one_day_are_ordered_the_first_on_its_day_the_next_a_day_later():
    """
    One contract orders one row a morning.
    """
    then = world(supply(tranche(100), tranche(100))).runs_to(110)

    assert then.told(GpusOrdered="earliest_day") == story("""
        40  GpusOrdered  100
        41  GpusOrdered  100
    """)
