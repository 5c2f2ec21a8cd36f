"""Data-centre lease: built in parts, if the landlord can pay; rent from energisation; acceptance only with power."""

from itertools import pairwise
from typing import Any

import pytest

from events import catalogue as c
from events.terms import ComputeCommitment, DataCentreLease, LeasePhase, TermLoan, YearAmount
from model.contracts.data_centre_lease import damages_cents
from model.schema import Shock
from tests.small_economy import GW, World, deal, firm, host, lab, maker, outsider, story

MW = GW // 1000
M = 100 * 10**6  # a million dollars


def lease(**fields: Any) -> DataCentreLease:
    """100 MW from mid 2026, at 1.2 bn a gigawatt-year (10 m a month), built over a year for 10 bn a gigawatt."""
    plain: dict[str, Any] = {
        "landlord": "landlord", "tenant": "tenant", "phases": (LeasePhase(kw=100 * MW, day=181),),
        "rent_per_gw_year_cents": 1_200 * M, "months": 120, "build_per_gw_cents": 10_000 * M, "build_days": 180,
        "days_to_pay": 30,
    }  # fmt: skip
    return DataCentreLease(**plain | fields)


def world(terms: DataCentreLease, cash: int = 2_000 * M, tenant: Any = None, **others: Any) -> World:
    firms = {"landlord": firm("landlord", cash), "tenant": tenant or outsider()}
    return World(firms, {"lease": terms} | others.pop("contracts", {}), **others)


def test_it_is_paid_for_in_level_quarterly_parts_and_rent_begins_with_power():
    """
    1 bn over 180 days is one part of 91 days and the rest: one bill at the start, power on its day, then 10 m a month.
    """
    then = world(lease()).runs_to(243)

    assert then.told(BuildingStarted="kw cost_cents", SiteEnergised="kw", RentBilled="amount_cents") == story(f"""
        1    BuildingStarted  100_000  {1_000 * M}
        181  SiteEnergised    100_000
        212  RentBilled       {10 * M}
        243  RentBilled       {10 * M}
    """)
    assert [row[2] for row in then.told(CostsBilled="amount_cents purpose")] == [1_000 * M]


def test_a_longer_building_is_paid_in_as_many_parts_as_it_has_quarters():
    then = world(lease(build_days=365, phases=(LeasePhase(kw=100 * MW, day=400),))).runs_to(399)

    bills = then.told(CostsBilled="amount_cents")
    assert [row[2] for row in bills] == [250 * M] * 4
    assert [b[0] - a[0] for a, b in pairwise(bills)] == [91, 91, 92]


def test_power_that_is_there_at_the_opening_is_let_at_once():
    then = world(lease(phases=(LeasePhase(kw=100 * MW, day=0),)), cash=0).runs_to(31)

    assert then.told(0, BuildingStarted="kw", SiteEnergised="kw", RentBilled="amount_cents") == story(f"""
        0   SiteEnergised  100_000
        31  RentBilled     {10 * M}
    """)


def test_the_rent_rises_once_a_year():
    terms = lease(escalation_ppm=30_000)

    found = [terms.rent_cents(100 * MW, month) for month in (0, 11, 12, 24)]
    assert found == [10 * M, 10 * M, 1_030_000_000, 1_060_900_000]


def test_a_landlord_that_cannot_pay_does_not_begin_and_the_tenant_owes_no_rent():
    then = world(lease(), cash=500 * M).runs_to(300)

    paused = then.only(c.BuildingPaused).event
    assert (paused.firm, paused.kw, paused.lacking_cents) == ("landlord", 100 * MW, 500 * M)
    assert then.of(c.SiteEnergised) == then.of(c.RentBilled) == []


def test_it_begins_at_the_end_of_the_quarter_in_which_money_has_come():
    given = world(lease(), cash=500 * M)
    given.happens(100, c.BalanceBroughtForward(firm="landlord", account="Assets:Cash", amount_cents=500 * M))
    then = given.runs_to(400)

    assert then.told(BuildingResumed="firm", BuildingStarted="kw", SiteEnergised="kw") == story("""
        181  BuildingResumed  landlord
        181  BuildingStarted  100_000
        361  SiteEnergised    100_000
    """)


def test_what_lenders_would_pay_out_counts_as_means_and_a_closed_market_stops_the_site():
    def found(**shocks: Shock) -> World:
        loan = TermLoan(
            lender="bank", borrower="landlord", commitment_cents=800 * M, advance_ppm=800_000, margin_ppm=25_000,
            available_until_day=600, maturity_day=700,
        )  # fmt: skip
        firms = {"landlord": firm("landlord", 300 * M), "tenant": outsider(), "bank": firm("lender", outside=True)}
        return World(firms, {"lease": lease(), "loan": deal(loan, status="conditional")}, shocks=shocks).runs_to(200)

    shut = Shock(touches="credit", shape="step", against="plan", start_day=0, depth_ppm=900_000)
    assert len(found().of(c.SiteEnergised)) == 1
    assert sum(row[2] for row in found().told(LoanDrawn="amount_cents")) == 800 * M
    assert found(credit=shut).of(c.SiteEnergised) == []


@pytest.mark.parametrize(("depth_ppm", "energised"), [(0, 181), (500_000, 361)])
def test_where_power_is_late_so_is_the_site(depth_ppm, energised):
    late = Shock(touches="power", shape="step", against="plan", start_day=1, depth_ppm=depth_ppm)
    then = world(lease(), shocks={"power": late}).runs_to(400)

    assert [row[0] for row in then.told(SiteEnergised="kw")] == [energised]


def test_systems_are_accepted_only_as_far_as_the_halls_have_power():
    """
    The tenant's commitment stands in the leased halls: 100 MW from day 181, though its systems came early.
    """
    served = ComputeCommitment(
        seller="tenant", buyer="customer", minimums=(YearAmount(year=2026, amount_cents=1_200 * M),), end_day=700,
        price_per_gw_year_cents=12_000 * M, days_to_pay=30, total_cents=10**15 - 1,
    )  # fmt: skip
    firms = {
        "landlord": firm("landlord", 2_000 * M),
        "tenant": host(9_000 * M, policy={"lead_days": 10, "build_days": 10}),
        "customer": outsider(),
        "maker": maker(),
    }
    then = World(firms, {"lease": lease(serves="served"), "served": served}).runs_to(300)

    delivered = [row[0] for row in then.told(GpusDelivered="kw")]
    accepted = [row[0] for row in then.told(CapacityAccepted="kw")]
    assert delivered[0] < 100
    assert accepted[0] == 182
    assert then.books.capacity.accepted_kw["served"] <= then.books.capacity.energised_kw["served"]


def test_damages_of_a_rejected_lease_are_capped_by_law():
    """
    Ten years of 10 m a month: 15 % of 1,200 m are 180 m, more than a year's 120 m and less than three years' 360 m.
    """
    then = world(lease(phases=(LeasePhase(kw=100 * MW, day=0),))).runs_to(1)

    assert damages_cents(lease(phases=(LeasePhase(kw=100 * MW, day=0),)), then.economy) == 180 * M
    short = lease(phases=(LeasePhase(kw=100 * MW, day=0),), months=24)
    assert damages_cents(short, then.economy) == 120 * M
    long = lease(phases=(LeasePhase(kw=100 * MW, day=0),), months=600)
    assert damages_cents(long, then.economy) == 360 * M
    ending = lease(phases=(LeasePhase(kw=100 * MW, day=0),), months=3)
    assert damages_cents(ending, then.economy) == 30 * M


def test_an_estate_rejects_the_halls_of_a_commitment_that_is_gone_and_the_rent_stops():
    firms = {"landlord": firm("landlord"), "tenant": lab(cure_days=0), "customer": outsider()}
    served = ComputeCommitment(
        seller="tenant", buyer="customer", minimums=(), price_per_gw_year_cents=1, days_to_pay=1, end_day=10,
        total_cents=1,
    )  # fmt: skip
    halls = lease(phases=(LeasePhase(kw=100 * MW, day=0),), serves="served")
    then = World(firms, {"lease": halls, "served": served}).runs_to(150)

    filed = then.only(c.Defaulted)
    rejected = then.only(c.ContractRejected)
    assert (filed.event.channel, rejected.event.contract, rejected.event.counterparty) == ("rent", "lease", "landlord")
    assert [row[0] for row in then.told(RentBilled="amount_cents")] == [31, 59]
    assert rejected.event.freed_kw == 0
