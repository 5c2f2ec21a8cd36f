"""Capacity backstop: a guarantor buys what a lost customer leaves unused, quarter by quarter, up to its caps."""

import pytest

from events import catalogue as c
from events.terms import CapacityBackstop, ComputeCommitment
from model.schema import Distress
from tests.small_economy import BN, World, box, firm, host, monthly, outsider

MW = 1_000
UNSOLD_FOREVER = Distress(relet_after_quarters=100)


def backstop(**fields) -> CapacityBackstop:
    plain = {
        "guarantor": "nvidia", "beneficiary": "coreweave", "total_cents": 63 * BN // 10,
        "quarter_cap_cents": 24 * BN // 100, "price_per_gw_year_cents": 125 * BN // 10,
        "days_to_pay": 30, "expiry_day": 700,
    }  # fmt: skip
    return CapacityBackstop(**plain | fields)


def world(terms: CapacityBackstop, distress: Distress = UNSOLD_FOREVER, seller: str = "coreweave") -> World:
    compute = ComputeCommitment(
        seller=seller, buyer="lab", minimums=monthly(0), price_per_gw_year_cents=12 * BN, days_to_pay=30, end_day=700,
        total_cents=1,
    )  # fmt: skip
    firms = {
        "coreweave": host(BN),
        "box": box(BN, owner="coreweave"),
        "other": host(BN),
        "lab": firm(),
        "nvidia": firm(cash=50 * BN),
        "world": outsider(),
    }
    return World(firms, {"compute": compute, "backstop": terms}, distress=distress)


def loses(given: World, kw: int, day: int = 40, seller: str = "coreweave") -> World:
    """The lab's estate walks away from so much power."""
    rejected = c.ContractRejected(
        claim="damages:compute/1", contract="compute", estate="lab", counterparty=seller, freed_kw=kw, amount_cents=1,
        due_day=day,
    )  # fmt: skip
    return given.happens(day, rejected)


def test_nothing_is_billed_while_everything_is_sold():
    assert world(backstop()).runs_to(365).told(BackstopBilled="amount_cents") == []


def test_the_even_reading_of_the_docstring_caps_every_quarter():
    """
    100 MW at 12.5 bn a GW-year are 0.3125 bn a quarter; at most 0.24 bn is billed, and nothing is carried over.
    """
    then = loses(world(backstop()), 100 * MW).runs_to(200)

    assert then.told(BackstopBilled="unsold_kw amount_cents due_day") == [
        (90, "BackstopBilled", 100 * MW, 24 * BN // 100, 120),
        (181, "BackstopBilled", 100 * MW, 24 * BN // 100, 211),
    ]


def test_the_front_loaded_reading_of_the_docstring_pays_all_of_it_while_the_total_lasts():
    """
    0.3125 bn a quarter out of a total of 0.7 bn: twice, and 0.075 bn the third time.
    """
    terms = backstop(reading="front_loaded", total_cents=7 * BN // 10)
    then = loses(world(terms), 100 * MW).runs_to(600)

    assert then.told(BackstopBilled="amount_cents", ContractEnded="contract") == [
        (90, "BackstopBilled", 3125 * BN // 10_000),
        (181, "BackstopBilled", 3125 * BN // 10_000),
        (273, "BackstopBilled", 75 * BN // 1_000),
        (273, "ContractEnded", "backstop"),
    ]


def test_below_the_cap_only_what_is_unsold_is_paid():
    """
    40 MW are worth 0.125 bn a quarter.
    """
    then = loses(world(backstop()), 40 * MW).runs_to(95)

    assert then.told(BackstopBilled="amount_cents") == [(90, "BackstopBilled", 125 * BN // 1_000)]


def test_what_is_let_again_is_not_unsold():
    """
    After two quarters 60 % of 100 MW are let again: 40 MW are left. They are let on day 243, in time for September.
    """
    then = loses(world(backstop(), Distress(relet_after_quarters=2)), 100 * MW).runs_to(280)

    assert then.told(BackstopBilled="unsold_kw")[-1] == (273, "BackstopBilled", 40 * MW)


@pytest.mark.parametrize(("seller", "billed"), [("coreweave", True), ("box", True), ("other", False)])
def test_it_covers_the_beneficiary_and_its_boxes_and_nobody_else(seller, billed):
    then = loses(world(backstop(), seller=seller), 100 * MW, seller=seller).runs_to(95)

    assert bool(then.told(BackstopBilled="amount_cents")) == billed


def test_the_bill_is_caused_by_the_rejection_and_paid_by_the_guarantor():
    then = loses(world(backstop()), 100 * MW).runs_to(125)

    bill = then.only(c.BackstopBilled)
    assert isinstance(then.cause(bill).event, c.ContractRejected)
    assert then.told(ClaimPaid="debtor creditor")[-1] == (120, "ClaimPaid", "nvidia", "coreweave")


def test_nothing_is_billed_after_the_expiry():
    """
    The quarter that ends after day 170 is not billed any more.
    """
    then = loses(world(backstop(expiry_day=170)), 100 * MW).runs_to(200)

    assert then.told(BackstopBilled="amount_cents") == [(90, "BackstopBilled", 24 * BN // 100)]
    assert [name for *_, name in then.told(ContractEnded="contract")][-1] == "backstop"
