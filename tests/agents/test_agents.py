"""What each trade decides on what it sees: a briefing in, decisions out, and no world behind it."""

from typing import Any

import mesa
import pytest

from agents.briefing import BoxView, Briefing, Commitment, Facility, Stake
from agents.decisions import (
    BookProduction,
    CancelOrder,
    CutCosts,
    DrawRevolver,
    FundBox,
    OfferEquity,
    OrderGpus,
    RentCompute,
    SeekEquity,
    SellShares,
    Spend,
    SweepBox,
)
from agents.plans import YearGeneration, YearPower, YearRate
from agents.roster import ROSTER
from events.terms import YearAmount

YEAR = 2026


def monthly(cents: int) -> tuple[YearAmount, ...]:
    return (YearAmount(year=YEAR, amount_cents=12 * cents),)


def rate(ppm: int) -> tuple[YearRate, ...]:
    return (YearRate(year=YEAR, rate_ppm=ppm),)


POLICIES: dict[str, dict[str, Any]] = {
    "ai_lab": {
        "plan": monthly(100), "running_costs": rate(600_000), "compute_need": monthly(50), "rents_from": "cloud",
        "cash_target_quarters": 2, "sells_stakes_below_quarters": 1,
    },
    "customer": {"lab": "lab", "share_ppm": 500_000},
    "investor": {"issuer": "lab", "appetite": monthly(10), "multiples": rate(20_000_000)},
    "chip_maker": {"output": (YearPower(year=YEAR, kw=12_000), YearPower(year=2028, kw=24_000)), "cost_ppm": 0},
    "cloud": {
        "buys": (YearGeneration(year=YEAR, generation="old"), YearGeneration(year=2027, generation="new")),
        "shell_per_gw_cents": 1_000, "minimum_cash_cents": 100,
    },
    "neocloud": {"minimum_cash_cents": 100, "fixed_costs_cents": 40, "equity_target_quarters": 2},
    "box": {"buys": (YearGeneration(year=YEAR, generation="old"),), "fit_out_per_gw_cents": 1_000},
}  # fmt: skip


def a(trade: str, **policy: Any) -> Any:
    """A firm of a trade, in a model with nothing in it."""
    kind = ROSTER[trade]
    return kind(mesa.Model(), "me", kind.Policy(**POLICIES.get(trade, {}) | policy))


def sees(month: tuple[int, int] = (YEAR, 2), **fields: Any) -> Briefing:
    plain = {"firm": "me", "day": 59, "first_month": (YEAR, 1), "quarter_end": month[1] % 3 == 0}
    return Briefing(**plain | {"month": month, "generation_price_cents": {"old": 9_000, "new": 19_000}} | fields)


MARCH = (YEAR, 3)
RICH = 10**9


@pytest.mark.parametrize("trade", ["passive", "lender"])
def test_some_trades_want_nothing(trade):
    assert a(trade).decide(sees(MARCH)) == []


def test_a_firm_decides_the_same_on_the_same_briefing():
    seen = sees(MARCH, cash_cents=10)

    assert a("ai_lab").decide(seen) == a("ai_lab").decide(seen) != []


# --- customers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("news", "shock", "demanded"),
    [
        (0, 1_000_000, 200),
        (100_000, 1_000_000, 220),
        (0, 500_000, 100),
        (-2_000_000, 1_000_000, 0),
        (500_000, 500_000, 150),
    ],
)
def test_customers_spend_what_is_expected_as_moods_and_shocks_have_it(news, shock, demanded):
    customer = a("customer")
    customer.hear(news)

    wish = customer.decide(sees(expected_cents=200, shock_ppm=shock))
    assert wish == [Spend(customer="me", lab="lab", demanded_cents=demanded)]


def test_a_mood_fades():
    """
    News of 10 % with a persistence of one half is 5 %, then 2.5 % of mood.
    """
    customer, found = a("customer", persistence_ppm=500_000), []
    for news in (100_000, 0, 0):
        customer.hear(news)
        found.append(customer.decide(sees(expected_cents=1_000))[0].demanded_cents)

    assert found == [1_100, 1_050, 1_025]


# --- AI labs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "demand", "rented"),
    [(0, 1_000_000, 50), (20, 1_000_000, 30), (50, 1_000_000, 0), (20, 600_000, 20), (60, 1, 0)],
)
def test_a_lab_rents_the_compute_that_its_commitments_lack(taken, demand, rented):
    """
    Of a need of 50, half follows demand: at 60 % it is 40.
    """
    wishes = a("ai_lab").decide(sees(cash_cents=RICH, taken_cents=taken, demand_ppm=demand))

    expected = [RentCompute(buyer="me", seller="cloud", amount_cents=rented)] if rented else []
    assert [wish for wish in wishes if isinstance(wish, RentCompute)] == expected


def test_a_lab_in_an_estate_needs_only_what_demand_has_it_serve():
    wishes = a("ai_lab").decide(sees(cash_cents=RICH, demand_ppm=600_000, in_estate=True))

    assert RentCompute(buyer="me", seller="cloud", amount_cents=15) in wishes


def cuts(lab: Any, *demand: int, **fields: Any) -> list[int]:
    """What a lab cuts its costs to at each quarter's end, where it changes them."""
    found = []
    for quarter, ppm in enumerate(demand, start=1):
        seen = sees((YEAR, 3 * quarter), cash_cents=RICH, taken_cents=99, demand_ppm=ppm, **fields)
        found += [wish.to_ppm for wish in lab.decide(seen) if isinstance(wish, CutCosts)]
    return found


@pytest.mark.parametrize(
    ("demand", "to"),
    [
        ((899_999, 899_999), [750_000]),
        ((899_999, 900_000, 899_999), []),
        ((900_000, 900_000, 900_000), []),
        ((0, 0, 0), [750_000]),
        ((0, 0, 1_000_000), [750_000, 1_000_000]),
    ],
)
def test_a_lab_cuts_its_costs_after_two_quarters_short_of_plan_and_restores_them(demand, to):
    assert cuts(a("ai_lab"), *demand) == to


def test_a_lab_in_an_estate_cuts_at_once_and_deeper():
    assert cuts(a("ai_lab"), 1_000_000, in_estate=True) == [600_000]


def test_what_was_cut_is_what_it_runs_on():
    lab = a("ai_lab")
    before = lab.running_cents((YEAR, 5), (YEAR, 1))
    cuts(lab, 0, 0)

    assert (before, lab.running_cents((YEAR, 5), (YEAR, 1))) == (60, 45)


@pytest.mark.parametrize(
    ("cash", "due", "sought"), [(0, 0, 660), (600, 0, 60), (660, 0, 0), (660, 25, 25), (100, 25, 585)]
)
def test_a_lab_seeks_what_it_lacks_for_the_coming_quarters_at_a_quarters_end(cash, due, sought):
    """
    A month takes 60 of running costs and 50 of compute: two quarters are 660.
    """
    seen = {"cash_cents": cash, "due_cents": due, "bills_ahead_cents": (0,) * 12}
    wishes = a("ai_lab").decide(sees(MARCH, **seen))

    expected = [SeekEquity(issuer="me", amount_cents=sought)] if sought else []
    assert [wish for wish in wishes if isinstance(wish, SeekEquity)] == expected
    assert not any(isinstance(wish, SeekEquity) for wish in a("ai_lab").decide(sees(**seen)))


def test_minimums_that_exceed_the_need_are_what_a_lab_has_to_pay():
    lab = a("ai_lab", revenue_share_ppm=200_000)

    assert lab.outflow_cents(sees(MARCH, bills_ahead_cents=(70,) * 12), 1) == 3 * (60 + 70 + 20)
    assert lab.outflow_cents(sees(MARCH, bills_ahead_cents=(40,) * 12), 1) == 3 * (60 + 50 + 20)
    assert lab.outflow_cents(sees(MARCH, bills_ahead_cents=(40,) * 12, demand_ppm=500_000), 1) == 3 * (60 + 40 + 10)


def test_a_lab_short_of_cash_sells_a_quarter_of_each_listed_stake():
    stakes = (Stake(issuer="amd", shares=400, price_cents=5), Stake(issuer="tiny", shares=1, price_cents=5))
    bills = (0,) * 12
    short = a("ai_lab").decide(sees(cash_cents=329, stakes=stakes, bills_ahead_cents=bills))
    calm = a("ai_lab").decide(sees(cash_cents=330, stakes=stakes, bills_ahead_cents=bills))

    assert [wish for wish in short if isinstance(wish, SellShares)] == [
        SellShares(holder="me", issuer="amd", shares=100),
        SellShares(holder="me", issuer="tiny", shares=1),
    ]
    assert not any(isinstance(wish, SellShares) for wish in calm)


# --- investors and lenders ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("demand", "drought", "amount", "price"),
    [
        (1_000_000, 1_000_000, 30, 24),
        (1_500_000, 1_000_000, 30, 24),  # demand above plan makes nobody greedier
        (600_000, 1_000_000, 27, 24),  # a quarter of a shortfall of 40 %
        (1_000_000, 500_000, 15, 10),  # a drought takes its part, and the multiple falls to two fifths
        (1_000_000, 0, 0, 10),
    ],
)
def test_an_investor_offers_a_quarter_of_its_appetite_at_a_multiple_of_revenue(demand, drought, amount, price):
    """
    10 a month; revenue of 1,200 a year at 20 times over 1,000 shares is 24 a share (drought: 8 times, 9.6).
    """
    seen = {"demand_ppm": demand, "drought_ppm": drought, "revenue_year_cents": 1_200, "shares_outstanding": 1_000}
    offer = a("investor").decide(sees(MARCH, **seen))

    expected = [OfferEquity(investor="me", issuer="lab", amount_cents=amount, price_cents=price)] if amount else []
    assert offer == expected
    assert a("investor").decide(sees(**seen)) == []


def test_an_investor_offers_nothing_to_a_lab_without_revenue_or_shares():
    assert a("investor").decide(sees(MARCH, revenue_year_cents=0, shares_outstanding=1_000)) == []
    assert a("investor").decide(sees(MARCH, revenue_year_cents=1_200, shares_outstanding=0)) == []


@pytest.mark.parametrize(
    ("status", "credit", "paid"),
    [("binding", 0, True), ("closed", 0, True), ("conditional", 500_000, True), ("conditional", 499_999, False),
     ("announced", 0, False)],
)  # fmt: skip
def test_a_lender_honours_what_binds_it_and_the_rest_while_credit_is_to_be_had(status, credit, paid):
    assert a("lender").honours(status, credit) is paid


# --- chip makers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ordered", "committed_ppm", "kw"), [(500, 800_000, 400), (500, 0, 0), (5_000, 800_000, 1_000)]
)
def test_a_maker_commits_itself_for_a_part_of_what_is_ordered_but_never_beyond_its_lines(ordered, committed_ppm, kw):
    """
    80 % of 500 ordered in a month are 400; a twelfth of the year's 12,000 are 1,000.
    """
    expected = [BookProduction(maker="me", kw=kw)] if kw else []

    maker = a("chip_maker", committed_ppm=committed_ppm)
    assert maker.decide(sees((2026, 2), ordered_month_kw=ordered)) == expected


# --- clouds ---------------------------------------------------------------------------------------------------------


def sold(contract: str = "compute", ahead: int = 10, **fields: Any) -> Commitment:
    """A commitment whose ramp asks for so many megawatts at the horizon (a gigawatt-year costs 12,000)."""
    plain = {
        "seller": "me", "buyer": "lab", "price_per_gw_year_cents": 12_000, "minimum_cents": 0, "accepted_kw": 0,
        "coming_kw": 0,
    }  # fmt: skip
    return Commitment(**plain | {"contract": contract, "ahead_cents": ahead} | fields)


def orders(trade: str, seen: Briefing, **policy: Any) -> list[tuple[str, int, str]]:
    wishes = a(trade, **policy).decide(seen)
    return [(wish.serves, wish.kw, wish.generation) for wish in wishes if isinstance(wish, OrderGpus)]


@pytest.mark.parametrize(
    ("accepted", "coming", "kw"),
    [(0, 0, 10_000), (4_000, 0, 6_000), (4_000, 5_000, 1_000), (4_000, 5_001, 0), (20_000, 0, 0)],
)
def test_a_cloud_orders_what_the_ramp_lacks_at_its_horizon(accepted, coming, kw):
    """
    10 a month at 12,000 a gigawatt-year are 10 MW; less than a megawatt is not ordered.
    """
    seen = sees(cash_cents=RICH, sells=(sold(accepted_kw=accepted, coming_kw=coming),))

    assert orders("cloud", seen) == ([("compute", kw, "old")] if kw else [])


def test_a_cloud_buys_the_generation_of_the_year():
    assert orders("cloud", sees((2027, 1), cash_cents=RICH, sells=(sold(),))) == [("compute", 10_000, "new")]


def test_a_cloud_orders_in_the_order_of_signing_as_far_as_its_money_goes():
    """
    10 MW cost 100, chips and shell. Of 310, 100 is the minimum: one is ordered whole, of the next what the rest pays.
    """
    sells = (sold("a"), sold("dear", ahead=20), sold("b"))

    assert orders("cloud", sees(cash_cents=310, sells=sells)) == [("a", 10_000, "old"), ("dear", 11_000, "old")]
    assert orders("cloud", sees(cash_cents=310, due_cents=100, on_order_cents=101, sells=sells)) == []


def test_nobody_builds_for_a_buyer_in_an_estate_nor_from_one():
    bankrupt = (sold(buyer_in_estate=True),)
    for trade in ("cloud", "box"):
        assert orders(trade, sees(cash_cents=RICH, sells=bankrupt)) == []
        assert a(trade).decide(sees(MARCH, cash_cents=RICH, sells=(sold(),), in_estate=True)) == []


@pytest.mark.parametrize("trade", ["cloud", "box"])
def test_what_was_ordered_for_a_contract_that_is_gone_is_taken_back(trade):
    wishes = a(trade).decide(sees(cash_cents=RICH, orphans=("order-1", "order-2")))

    assert [wish.order for wish in wishes if isinstance(wish, CancelOrder)] == ["order-1", "order-2"]


# --- neoclouds and their boxes --------------------------------------------------------------------------------------


def test_a_parent_fills_its_boxes_in_their_order_and_keeps_its_minimum():
    """
    250 of cash less 50 of bills less a minimum of 100 leave 100: the first box gets its 70, the second 30 of 60.
    """
    boxes = (
        BoxView(box="a", cash_cents=30, due_cents=100),
        BoxView(box="full", cash_cents=9, due_cents=9),
        BoxView(box="b", cash_cents=0, due_cents=60),
    )
    wishes = a("neocloud").decide(sees(cash_cents=250, due_cents=50, boxes=boxes))

    assert wishes == [FundBox(owner="me", box="a", amount_cents=70), FundBox(owner="me", box="b", amount_cents=30)]


def facility(**fields: Any) -> Facility:
    plain = {
        "contract": "loan", "outstanding_cents": 0, "undrawn_cents": 1_000, "advance_ppm": 750_000, "available": True,
        "revolving": False, "service_cents": 0, "days_left": 900,
    }  # fmt: skip
    return Facility(**plain | fields)


@pytest.mark.parametrize(
    ("fields", "drawn"),
    [
        ({"revolving": True}, 60),
        ({"revolving": True, "undrawn_cents": 25}, 25),
        ({"revolving": True, "undrawn_cents": 0}, 0),
        ({"revolving": True, "available": False}, 0),
        ({"revolving": False}, 0),
    ],
)
def test_a_parent_draws_its_revolver_for_what_it_lacks(fields, drawn):
    """
    Cash of 50, bills of 10, a minimum of 100: 60 are lacking.
    """
    wishes = a("neocloud").decide(sees(cash_cents=50, due_cents=10, facilities=(facility(**fields),)))

    assert wishes == ([DrawRevolver(borrower="me", contract="loan", amount_cents=drawn)] if drawn else [])


@pytest.mark.parametrize(("cash", "sought"), [(0, 120), (100, 20), (120, 0)])
def test_a_parent_sells_shares_at_a_quarters_end_for_its_minimum_and_two_quarters_of_fixed_costs(cash, sought):
    expected = [SeekEquity(issuer="me", amount_cents=sought)] if sought else []

    assert a("neocloud").decide(sees(MARCH, cash_cents=cash)) == expected
    assert a("neocloud").decide(sees(cash_cents=cash)) == []


def test_a_parent_in_an_estate_wants_nothing():
    assert a("neocloud").decide(sees(MARCH, in_estate=True, boxes=(BoxView(box="a", cash_cents=0, due_cents=9),))) == []


@pytest.mark.parametrize(
    ("fields", "kw"),
    [
        ({"cash_cents": 25}, 10_000),  # a quarter of its own, three from the lender
        ({"cash_cents": 5, "owner_free_cents": 20}, 10_000),
        ({"cash_cents": 10}, 4_000),
        ({"cash_cents": 25, "due_cents": 15}, 4_000),
        ({"cash_cents": 25, "on_order_cents": 60}, 4_000),
        ({"cash_cents": 25, "facilities": (facility(undrawn_cents=30),)}, 4_000),
        ({"cash_cents": 25, "facilities": (facility(available=False),)}, 2_500),  # alone
        ({"cash_cents": 0}, 0),
    ],
)
def test_a_box_orders_what_its_lenders_and_its_own_money_cover(fields, kw):
    """
    A megawatt costs 10 with its fit-out; 10 MW are lacking; three quarters are advanced.
    """
    seen = sees(**{"facilities": (facility(),), "sells": (sold(),)} | fields)

    assert orders("box", seen) == ([("compute", kw, "old")] if kw else [])


@pytest.mark.parametrize(
    ("fields", "swept"),
    [
        ({}, 60),
        ({"due_cents": 10}, 50),
        ({"on_order_cents": 40}, 50),
        ({"overdue_cents": 1}, 0),
        ({"cash_cents": 40}, 0),
        ({"month": (YEAR, 2)}, 0),
    ],
)
def test_a_box_sweeps_up_what_it_does_not_need_at_a_quarters_end(fields, swept):
    """
    Cash of 100, a reserve of a quarter's debt service of 40, a quarter of what is on order.
    """
    box = a("box")
    box.owner = "parent"
    seen = {"month": MARCH, "cash_cents": 100, "facilities": (facility(service_cents=40),)}
    wishes = box.decide(sees(**seen | fields))

    assert wishes == ([SweepBox(box="me", owner="parent", amount_cents=swept)] if swept else [])


def test_a_box_without_an_owner_sweeps_nothing():
    assert a("box").decide(sees(MARCH, cash_cents=100)) == []
