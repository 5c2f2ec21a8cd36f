"""The pay phase: every debtor's dues in its own order of payment; what cash does not reach is missed, once."""

import pytest
from attrs import evolve

from events import catalogue as c
from events.accounts import RUNNING_COSTS
from model.market.payments import disappointments
from tests.small_economy import World, customers, fall, firm, lab, story

DAY = 10
STEPS = {"ClaimPaid": "claim", "PaymentMissed": "claim"}


def rent(claim: str, cents: int, due_day: int = DAY, seller: str = "host") -> c.ComputeRented:
    return c.ComputeRented(
        claim=claim, contract="", seller=seller, buyer="firm", kw=1, amount_cents=cents, due_day=due_day
    )


def costs(claim: str, cents: int, due_day: int = DAY) -> c.CostsBilled:
    return c.CostsBilled(
        claim=claim, firm="firm", supplier="world", account=RUNNING_COSTS, purpose="staff", amount_cents=cents,
        due_day=due_day,
    )  # fmt: skip


def called(claim: str, cents: int, due_day: int = DAY) -> c.TrancheCalled:
    return c.TrancheCalled(
        claim=claim, contract="equity", investor="firm", investee="host", tranche=1, amount_cents=cents, due_day=due_day
    )


def world(cash: int, *bills: c.Event, **spec) -> World:
    """A firm with so much cash and these bills, billed on day 1."""
    given = World({"firm": firm(cash=cash, **spec), "host": firm()})
    for bill in bills:
        given.happens(1, bill)
    return given


def paid(then: World) -> list[str]:
    return [claim for *_, claim in then.told(ClaimPaid="claim")]


def missed(then: World) -> list[str]:
    return [claim for *_, claim in then.told(PaymentMissed="claim")]


# --- the order ------------------------------------------------------------------------------------------------------

THREE = (rent("compute/1", 10), costs("costs:firm/1", 10), called("equity/1", 10))


@pytest.mark.parametrize(
    ("order", "first_two"),
    [
        (("costs", "compute", "equity"), ["costs:firm/1", "compute/1"]),
        (("equity", "compute", "costs"), ["equity/1", "compute/1"]),
        (("equity",), ["equity/1", "compute/1"]),  # the others behind it: due day, size, name
        (("compute", "costs", "costs:firm"), ["compute/1", "costs:firm/1"]),  # a contract where it is named
        (("costs:firm", "equity", "costs"), ["costs:firm/1", "equity/1"]),  # and before its own channel
        ((), ["compute/1", "costs:firm/1"]),  # all alike: the name decides
    ],
)
def test_payment_order_is_data(order, first_two):
    """
    Cash for two of three bills of 10.
    """
    then = world(20, *THREE, payment_order=order).runs_to(DAY)

    assert paid(then) == first_two
    assert len(missed(then)) == 1


@pytest.mark.parametrize(
    ("bills", "order"),
    [
        ((rent("b/1", 5, 9), rent("a/1", 5, 10)), ["b/1", "a/1"]),  # the older
        ((rent("a/1", 7), rent("b/1", 5)), ["b/1", "a/1"]),  # the smaller
        ((rent("b/1", 5), rent("a/1", 5)), ["a/1", "b/1"]),  # the name
        ((rent("a/1", 9, 9), rent("b/1", 5, 10)), ["a/1", "b/1"]),  # older goes before smaller
    ],
)
def test_within_one_place_the_older_then_the_smaller_then_the_name(bills, order):
    assert paid(world(100, *bills).runs_to(DAY)) == order


def test_a_bill_that_cash_does_not_reach_holds_up_no_smaller_one_behind_it():
    then = world(10, costs("costs:firm/1", 50), rent("compute/1", 10)).runs_to(DAY)

    assert then.told(**STEPS) == story("""
        10  PaymentMissed  costs:firm/1
        10  ClaimPaid      compute/1
    """)


def test_nothing_is_paid_before_it_is_due_nor_in_part():
    then = world(9, rent("compute/1", 10)).runs_to(DAY - 1)
    assert then.told(**STEPS) == []

    assert then.runs_to(DAY).told(**STEPS) == story("10 PaymentMissed compute/1")
    assert then.cash("firm") == 9


def test_what_is_received_in_the_morning_pays_in_the_same_day():
    given = world(0, rent("compute/1", 10))
    given.happens(DAY, c.BalanceBroughtForward(firm="firm", account="Assets:Cash", amount_cents=10))

    assert paid(given.runs_to(DAY)) == ["compute/1"]


def test_the_outside_world_always_pays():
    given = World({"firm": firm(outside=True), "host": firm()}).happens(1, rent("compute/1", 10))

    assert paid(given.runs_to(DAY)) == ["compute/1"]


# --- missed, cured, default -----------------------------------------------------------------------------------------


def test_a_bill_is_missed_once_and_stays_open():
    then = world(0, rent("compute/1", 10), cure_days=30).runs_to(35)

    assert then.told(PaymentMissed="claim cash_cents cure_day") == story("10 PaymentMissed compute/1 0 40")
    assert "compute/1" in then.books.obligations.open


def test_a_missed_bill_that_is_paid_in_time_is_cured_and_names_the_miss():
    given = world(0, rent("compute/1", 10), cure_days=30)
    given.happens(30, c.BalanceBroughtForward(firm="firm", account="Assets:Cash", amount_cents=10))
    then = given.runs_to(60)

    assert then.told(ClaimPaid="claim", Defaulted="firm") == story("30 ClaimPaid compute/1")
    assert isinstance(then.cause(then.only(c.ClaimPaid)).event, c.PaymentMissed)


@pytest.mark.parametrize("cure_days", [0, 5, 30])
def test_a_bill_not_cured_by_its_last_day_is_a_default_on_the_next(cure_days):
    then = world(0, rent("compute/1", 10), cure_days=cure_days).runs_to(60)

    assert then.told(Defaulted="firm channel") == [(DAY + cure_days + 1, "Defaulted", "firm", "compute")]
    assert isinstance(then.cause(then.only(c.Defaulted)).event, c.PaymentMissed)


def test_old_bills_of_an_estate_wait_and_new_ones_are_paid():
    """
    The bill of before the filing on day 11 is stayed although there is cash; that of after it is paid as it falls due.
    """
    given = world(0, rent("compute/1", 10), cure_days=0)
    given.happens(12, c.BalanceBroughtForward(firm="firm", account="Assets:Cash", amount_cents=100))
    given.happens(13, rent("compute/2", 10, 20))
    then = given.runs_to(60)

    assert then.told(Defaulted="firm", ClaimPaid="claim") == story("""
        11  Defaulted  firm
        20  ClaimPaid  compute/2
    """)


# --- why ------------------------------------------------------------------------------------------------------------


def test_a_miss_without_any_disappointment_is_caused_by_the_bill_itself():
    then = world(0, rent("compute/1", 10)).runs_to(DAY)

    assert then.cause(then.only(c.PaymentMissed)).event.claim == "compute/1"


def test_a_miss_is_caused_by_the_promise_missed_to_the_debtor():
    """
    The lab does not pay the firm; the firm does not pay its host.
    """
    given = World({"lab": firm(), "firm": firm(), "host": firm()})
    given.happens(1, evolve(rent("x/1", 9, 5), seller="firm", buyer="lab"))
    then = given.happens(1, rent("compute/1", 10)).runs_to(DAY)

    assert then.told(PaymentMissed="debtor") == story("""
        5   PaymentMissed  lab
        10  PaymentMissed  firm
    """)
    assert then.cause(then.only(c.PaymentMissed, debtor="firm")).event.debtor == "lab"


def lapsed(cents: int, investee: str = "firm") -> c.TrancheLapsed:
    return c.TrancheLapsed(
        contract="equity", investor="host", investee=investee, tranche=1, amount_cents=cents, reason="x"
    )


def declined(cents: int) -> c.OfferDeclined:
    return c.OfferDeclined(firm="firm", counterparty="investors", asked="equity", amount_cents=cents, reason="x")


def short(cents: int) -> c.DemandObserved:
    return c.DemandObserved(
        lab="firm", customer="customers", expected_cents=cents, demanded_cents=0, served_cents=0
    )


@pytest.mark.parametrize(
    ("promise", "round_", "demand", "order"),
    [
        (30, 20, 10, [c.TrancheLapsed, c.OfferDeclined, c.DemandObserved]),
        (10, 20, 30, [c.DemandObserved, c.OfferDeclined, c.TrancheLapsed]),
        (20, 30, 10, [c.OfferDeclined, c.TrancheLapsed, c.DemandObserved]),
        (20, 20, 20, [c.TrancheLapsed, c.OfferDeclined, c.DemandObserved]),  # equally large: the earlier
    ],
)
def test_the_largest_disappointment_is_the_cause_and_the_others_stand_beside_it(promise, round_, demand, order):
    given = world(0, rent("compute/1", 10), lapsed(promise), declined(round_), short(demand)).runs_to(DAY)
    miss = given.only(c.PaymentMissed)

    assert [type(given.records[seq].event) for seq in (miss.cause, *miss.event.also)] == order


def test_of_each_sort_only_the_largest_is_named():
    given = world(0, rent("compute/1", 10), lapsed(5), lapsed(9), lapsed(7), short(6)).runs_to(DAY)
    miss = given.only(c.PaymentMissed)

    assert [given.records[seq].event for seq in (miss.cause, *miss.event.also)] == [lapsed(9), short(6)]


def test_what_disappointed_more_than_a_quarter_ago_is_forgotten():
    given = world(0, lapsed(5)).runs_to(100)

    assert [len(disappointments(given.books, "firm", day)) for day in (93, 94)] == [1, 0]


def test_anothers_disappointment_is_no_cause():
    given = world(0, rent("compute/1", 10), lapsed(5, "host")).runs_to(DAY)

    assert isinstance(given.cause(given.only(c.PaymentMissed)).event, c.ComputeRented)


def test_a_fall_of_demand_leads_from_the_missed_payment_to_the_shock():
    """
    Customers of half the plan; bills of the whole of it. The chain of causes ends at the shock.
    """
    firms = {"customers": customers(), "lab": lab(0, plan=100, costs_ppm=900_000, cure_days=5)}
    then = World(firms, shocks={"demand": fall(500_000, day=20)}).runs_to(120)

    record, chain = then.of(c.PaymentMissed)[0], []
    while record.cause is not None:
        record = then.cause(record)
        chain.append(type(record.event))
    assert chain == [c.DemandObserved, c.ShockStruck]
