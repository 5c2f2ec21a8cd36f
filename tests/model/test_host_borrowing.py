"""Hosts that borrow to build, and stop building when nobody lends: distress that travels without any default."""

from typing import Any

from events import catalogue as c
from events.terms import ComputeCommitment, TermLoan, YearAmount
from model.readings import leverage_ppm
from model.schema import Deal, OtherBusiness, Shock
from tests.small_economy import GW, World, deal, firm, host, maker, outsider

BILLION = 10**11


def ramp(**fields: Any) -> ComputeCommitment:
    """A tenant that takes 1.2 bn in the first year and 12 bn in the second, at 12 bn a gigawatt-year."""
    plain: dict[str, Any] = {
        "seller": "host", "buyer": "tenant", "price_per_gw_year_cents": 12 * BILLION, "days_to_pay": 30,
        "end_day": 730, "total_cents": 20 * BILLION,
        "minimums": (
            YearAmount(year=2026, amount_cents=12 * BILLION // 10), YearAmount(year=2027, amount_cents=12 * BILLION)
        ),
    }  # fmt: skip
    return ComputeCommitment(**plain | fields)


def line(**fields: Any) -> TermLoan:
    """A revolving line of 20 bn at 5 %, to beyond the end."""
    plain: dict[str, Any] = {
        "lender": "market", "borrower": "host", "commitment_cents": 20 * BILLION, "margin_ppm": 50_000, "fixed": 1,
        "revolving": 1, "available_until_day": 729, "maturity_day": 730,
    }  # fmt: skip
    return TermLoan(**plain | fields)


def world(loan: TermLoan | Deal | None, cash: int = BILLION, **others: Any) -> World:
    firms = {
        "host": host(cash, other_business=OtherBusiness(quarter_cents=BILLION // 4)),
        "market": firm("lender", outside=True),
        "tenant": outsider(),
        "maker": maker(),
    }
    return World(firms, {"served": ramp()} | ({"line": loan} if loan else {}), **others)


def test_a_host_borrows_for_what_its_ramp_will_ask_and_its_cash_does_not_reach():
    then = world(line()).runs_to(400)

    assert sum(row[2] for row in then.told(LoanDrawn="amount_cents")) > 2 * BILLION
    assert then.of(c.BuildingPaused) == []
    assert then.books.capacity.accepted_kw["served"] > GW // 5


def test_a_host_without_a_lender_stops_building_and_so_its_customers_bill_stops_growing():
    """
    With 1 bn of cash it builds a tenth of a gigawatt; the ramp asks for a whole one.
    """
    free, stopped = world(line()).runs_to(700), world(None).runs_to(700)

    paused = stopped.of(c.BuildingPaused)
    assert paused[0].event.firm == "host"
    assert stopped.of(c.Defaulted) == stopped.of(c.PaymentMissed) == []
    last = [world.of(c.ComputeBilled)[-1].event.amount_cents for world in (free, stopped)]
    assert last[0] > 2 * last[1] > 0


def test_pausing_is_said_once_until_building_goes_on():
    given = world(None)
    given.happens(300, c.BalanceBroughtForward(firm="host", account="Assets:Cash", amount_cents=30 * BILLION))
    then = given.runs_to(500)

    assert len(then.of(c.BuildingPaused)) == 1
    resumed = then.only(c.BuildingResumed)
    assert then.cause(resumed) == then.only(c.BuildingPaused)


def test_a_rating_closes_the_market_before_any_covenant_does():
    """
    Debt of more than two years of earnings, 1 bn a year and what the tenant brings: no further draw is paid out.
    """
    then = world(line(market_leverage_ppm=2_000_000)).runs_to(400)

    refused = then.of(c.OfferDeclined, asked="draw")
    assert "rating" in refused[0].event.reason
    assert then.cause(then.of(c.BuildingPaused)[0]) == refused[0]
    assert leverage_ppm(then.economy, "host") > 1_000_000
    drawn = sum(row[2] for row in then.told(LoanDrawn="amount_cents"))
    assert drawn < sum(row[2] for row in world(line()).runs_to(400).told(LoanDrawn="amount_cents"))


def test_a_conditional_line_closes_with_credit_and_the_shock_is_why_building_stops():
    shut = Shock(touches="credit", shape="step", against="plan", start_day=1, depth_ppm=900_000)
    then = world(deal(line(), status="conditional"), shocks={"credit": shut}).runs_to(400)

    assert then.of(c.LoanDrawn) == []
    paused = then.of(c.BuildingPaused)[0]
    refused = then.cause(paused)
    assert (type(refused.event), type(then.cause(refused).event)) == (c.OfferDeclined, c.ShockStruck)


def test_nobody_builds_for_a_buyer_that_has_not_paid():
    """
    The tenant is inside the circle here, and has nothing: its first bill is missed, and no order follows.
    """
    firms = {"host": host(30 * BILLION), "tenant": firm(cure_days=900), "maker": maker()}
    given = World(firms, {"served": ramp()})
    given.happens(1, c.CapacityBroughtForward(
        host="host", maker="maker", contract="served", lab="tenant", generation="chips", gpus=1, kw=GW // 20,
    ))  # fmt: skip
    then = given.runs_to(700)

    missed = then.of(c.PaymentMissed)[0]
    orders = [record for record in then.of(c.GpusOrdered) if record.seq > missed.seq]
    assert orders == []


# --- paid for as it is used -----------------------------------------------------------------------------------------


def used(share_ppm: int, left_ppm: int) -> World:
    """A gigawatt, all of it offered at 100 a month; a fall of demand leaves so much."""
    terms = ramp(
        minimums=(YearAmount(year=2026, amount_cents=1_200),), price_per_gw_year_cents=1_200, take_or_pay_ppm=share_ppm,
        total_cents=100_000,
    )  # fmt: skip
    given = World(
        {"host": host(), "tenant": outsider(), "maker": maker()},
        {"served": terms},
        shocks={"demand": Shock(
            touches="demand", shape="step", against="plan", start_day=1, depth_ppm=1_000_000 - left_ppm
        )},
    )  # fmt: skip
    given.happens(1, c.CapacityBroughtForward(
        host="host", maker="maker", contract="served", lab="tenant", generation="chips", gpus=1, kw=GW,
    ))  # fmt: skip
    return given.runs_to(31)


def test_by_hand_a_share_of_take_or_pay():
    """
    60 taken of 100: 100 are owed with all of it take-or-pay, 80 with 80 %, 60 with half of it or none.
    """
    bills = {share: used(share, 600_000).only(c.ComputeBilled).event for share in (800_000, 500_000, 0)}

    assert {share: (bill.taken_cents, bill.shortfall_cents, bill.amount_cents) for share, bill in bills.items()} == {
        800_000: (60, 20, 80), 500_000: (60, 0, 60), 0: (60, 0, 60),
    }  # fmt: skip
    whole = used(1_000_000, 600_000).only(c.ComputeBilled).event
    assert (whole.taken_cents, whole.amount_cents) == (100, 100)  # who must pay for all of it uses all of it
