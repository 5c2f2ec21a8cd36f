"""The other leases: own chips rented back, a guarantee for warrants, a vehicle's systems; and a joint product."""

from typing import Any

import pytest

from events import catalogue as c
from events.flows import Provenance
from events.terms import (
    DataCentreLease,
    JointProduct,
    LeaseBack,
    LeaseGuarantee,
    LeasePhase,
    SharePurchase,
    VehicleLease,
    YearAmount,
)
from model.schema import Distress, Listing
from tests.small_economy import GW, World, customers, fall, firm, lab, maker, outsider, story

MW = GW // 1000
M = 100 * 10**6


# --- lease-back -----------------------------------------------------------------------------------------------------


def rented_back(**fields: Any) -> LeaseBack:
    plain: dict[str, Any] = {
        "tenant": "maker", "owner": "host", "generation": "chips", "kw": 40 * MW, "rent_month_cents": 3_125_000_000,
        "end_day": 90, "days_to_pay": 30,
    }  # fmt: skip
    return LeaseBack(**plain | fields)


def test_a_maker_pays_a_fixed_rent_for_its_own_chips_until_the_end():
    """
    1.5 bn over four years are 31.25 m a month.
    """
    assert 48 * 3_125_000_000 == 1_500 * 100 * 10**6
    then = World({"maker": maker(cash=10**12), "host": firm()}, {"back": rented_back()}).runs_to(151)

    assert then.told(LeaseBackBilled="tenant owner amount_cents", ContractEnded="reason")[:3] == story("""
        31  LeaseBackBilled  maker  host  3_125_000_000
        59  LeaseBackBilled  maker  host  3_125_000_000
        90  LeaseBackBilled  maker  host  3_125_000_000
    """)
    assert then.books.ledger.balance("host", "Income:Compute") == -3 * 3_125_000_000


def test_what_a_maker_pays_for_its_own_chips_is_its_own_money_at_the_customer():
    then = World({"maker": maker(cash=10**12), "host": firm()}, {"back": rented_back()}).runs_to(100)
    provenance = Provenance({"world", "public"})
    for record in then.records:
        provenance.apply(record)

    assert provenance.origins_of("host") == {"maker": 2 * 3_125_000_000}


def test_it_ends_when_the_owner_has_filed():
    given = World({"maker": maker(cash=10**12), "host": firm()}, {"back": rented_back()})
    given.happens(40, c.Defaulted(firm="host", channel="costs", contract="x"))
    then = given.runs_to(151)

    assert len(then.of(c.LeaseBackBilled)) == 1
    ended = then.only(c.ContractEnded)
    assert isinstance(then.cause(ended).event, c.Defaulted)


# --- guarantee for warrants -----------------------------------------------------------------------------------------


def guaranteed(cap: int = 25 * M, tenant_cash: int = 0) -> World:
    """Rent of 10 m a month from the opening on, of which the tenant can pay nothing; the guarantor is rich."""
    halls = DataCentreLease(
        landlord="landlord", tenant="tenant", phases=(LeasePhase(kw=100 * MW, day=0),), months=120,
        rent_per_gw_year_cents=1_200 * M, days_to_pay=10,
    )  # fmt: skip
    stands_behind = LeaseGuarantee(
        guarantor="guarantor", landlord="landlord", tenant="tenant", lease="lease", cap_cents=cap,
        warrant_shares=1_000, strike_cents=1, value_per_share_cents=500, expiry_day=300,
    )  # fmt: skip
    firms = {
        "guarantor": firm(cash=1_000 * M),
        "landlord": firm("landlord", shares_outstanding=10_000, listing=Listing(price_cents=800)),
        "tenant": firm(cash=tenant_cash, cure_days=900),
    }
    return World(firms, {"guarantee": stands_behind, "lease": halls})


def test_rent_that_is_missed_is_the_guarantors_bill_as_long_as_the_cap_lasts():
    """
    25 m of cap take over two rents of 10 m; the third stays with the tenant.
    """
    then = guaranteed().runs_to(200)

    assert [row[2:] for row in then.told(GuaranteeCalled="guarantor debtor amount_cents")] == [
        ("guarantor", "tenant", 10 * M), ("guarantor", "tenant", 10 * M),
    ]  # fmt: skip
    assert then.cash("landlord") == 20 * M
    assert isinstance(then.cause(then.of(c.GuaranteeCalled)[0]).event, c.PaymentMissed)


def test_the_warrants_are_there_from_the_signing_and_become_shares_at_the_end():
    then = guaranteed(tenant_cash=900 * M).runs_to(301)

    given = then.only(c.LeaseGuaranteed).event
    assert given.value_cents == 500_000
    price = then.only(c.WarrantExercised).event
    assert price.issued == then.books.ledger.units("guarantor", "SHARE:landlord") > 0
    assert then.books.ledger.balance("guarantor", "Liabilities:Guarantee") == 0
    assert then.books.ledger.balance("guarantor", "Income:Guarantee") == -500_000
    assert then.of(c.GuaranteeCalled) == []


# --- a vehicle ------------------------------------------------------------------------------------------------------


def let_by_a_vehicle(lessee_cash: int = 10_000 * M, **fields: Any) -> World:
    """100 MW for 1 bn, of it 1.2 bn of equity; 30 m a month for a year."""
    plain: dict[str, Any] = {
        "vehicle": "vehicle", "lessee": "lab", "generation": "chips", "kw": 100 * MW, "rent_month_cents": 30 * M,
        "order_day": 5, "start_day": 60, "months": 12, "days_to_pay": 10,
    }  # fmt: skip
    equity = SharePurchase(investor="owner", issuer="vehicle", amount_cents=1_200 * M, price_cents=100, day=2)
    firms = {
        "customers": customers(),
        "lab": lab(lessee_cash, plan=1, need=200 * M, cure_days=0),
        "maker": maker(),
        "owner": firm(cash=2_000 * M),
        "vehicle": firm("vehicle"),
    }
    return World(firms, {"equity": equity, "lease": VehicleLease(**plain | fields)}, distress=Distress(stay_quarters=1))


def test_a_vehicle_buys_with_its_owners_money_and_lets_from_acceptance():
    then = let_by_a_vehicle().runs_to(200)

    assert then.only(c.GpusOrdered).event.buyer == "vehicle"
    accepted = then.only(c.CapacityAccepted)
    assert accepted.event.lab == "lab"
    first = then.of(c.RentBilled)[0]
    assert (first.event.landlord, first.event.tenant, first.event.amount_cents) == ("vehicle", "lab", 30 * M)
    assert then.cause(first) == accepted
    assert then.books.capacity.deployed_kw("lab", "maker") == 100 * MW


def test_the_systems_of_a_vehicle_serve_the_lab_that_leases_them():
    """
    100 MW at 12 bn a gigawatt-year are worth 100 m a month; the scenario's price is 12 (bn of its small cents).
    """
    from model.readings import leased_cents

    then = let_by_a_vehicle().runs_to(200)
    price = then.scenario.compute.price_per_gw_year_cents

    assert leased_cents(then.economy, "lab") == price // 10 // 12


@pytest.mark.parametrize(("residual", "owed"), [(0, 0), (10**15 - 1, 1)])
def test_the_lessee_makes_good_what_the_systems_are_worth_less_than_was_guaranteed(residual, owed):
    then = let_by_a_vehicle(residual_cents=min(residual, 20_000 * M), months=3).runs_to(300)

    missed = then.of(c.ResidualMissed)
    assert len(missed) == owed
    if owed:
        assert missed[0].event.amount_cents == 20_000 * M - missed[0].event.worth_cents


def test_a_building_of_a_vehicle_is_billed_by_the_world_and_let_from_its_day():
    then = let_by_a_vehicle(generation="", kw=0, cost_cents=1_000 * M).runs_to(100)

    assert [row[2:] for row in then.told(CostsBilled="firm purpose amount_cents") if row[2] == "vehicle"] == [
        ("vehicle", "site", 1_000 * M)
    ]
    assert [row[0] for row in then.told(RentBilled="amount_cents")] == [90]


def test_a_lessee_that_files_and_needs_the_systems_no_more_leaves_them_to_the_vehicle():
    """
    No residual was guaranteed: the claim is nothing, and the vehicle has the chips.
    """
    given = let_by_a_vehicle(lessee_cash=0)
    given.economy.firms["lab"].policy = lab(plan=1, need=0).policy
    then = given.runs_to(260)

    rejected = then.only(c.ContractRejected).event
    assert (rejected.contract, rejected.counterparty, rejected.amount_cents) == ("lease", "vehicle", 0)
    assert rejected.freed_kw == 100 * MW
    filed = then.only(c.Defaulted)
    assert all(record.seq < filed.seq for record in then.of(c.RentBilled))


def test_a_vehicle_lets_systems_or_a_building():
    with pytest.raises(ValueError, match="write one of the two"):
        let_by_a_vehicle(cost_cents=5)


# --- a joint product ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left_ppm", "sales", "split"), [(1_000_000, 100, 40), (700_000, 70, 28)])
def test_the_lead_books_the_sale_and_owes_its_partner_the_agreed_part(left_ppm, sales, split):
    terms = JointProduct(
        lead="nvidia", partner="intel", sales=(YearAmount(year=2026, amount_cents=1_200 * M),), split_ppm=400_000,
        days_to_pay=30, end_day=59,
    )  # fmt: skip
    then = World({"nvidia": firm(), "intel": firm()}, {"joint": terms}, shocks={"demand": fall(left_ppm)}).runs_to(100)

    assert then.told(JointProductSold="lead partner sales_cents amount_cents") == story(f"""
        31  JointProductSold  nvidia  intel  {sales * M}  {split * M}
        59  JointProductSold  nvidia  intel  {sales * M}  {split * M}
    """)
    assert then.cash("intel") == 2 * split * M
    assert then.books.ledger.balance("nvidia", "Income:Sales") == -2 * sales * M


def test_nothing_is_let_that_nobody_can_be():
    firms = {"landlord": firm("landlord"), "tenant": outsider(), "google": outsider()}
    wrong = LeaseGuarantee(
        guarantor="google", landlord="landlord", tenant="google", lease="lease", cap_cents=1, warrant_shares=1,
        value_per_share_cents=1, expiry_day=10,
    )  # fmt: skip
    halls = DataCentreLease(
        landlord="landlord", tenant="tenant", phases=(), months=1, rent_per_gw_year_cents=1, days_to_pay=1
    )
    with pytest.raises(ValueError, match="which is no data_centre_lease of google"):
        World(firms, {"guarantee": wrong, "lease": halls})
