"""A maker as banker: money for customers who lack it, when its own order book is thin; off by default."""

from typing import Any

import pytest

from agents.briefing import Briefing, Need
from agents.decisions import OfferFinance
from agents.plans import YearPower
from agents.vendor_finance import VendorFinance, offers
from events import catalogue as c
from tests.small_economy import GW, World, customers, firm, lab

ON = {"on": 1, "cover_target_ppm": 500_000, "minimum_cash_cents": 100, "quarter_cents": 1_000}


def seen(waiting_kw: int = 0, cash: int = 2_000, quarter_end: bool = True, *needs: tuple[str, int]) -> Briefing:
    return Briefing(
        firm="maker", day=90, month=(2026, 3), first_month=(2026, 1), quarter_end=quarter_end, cash_cents=cash,
        waiting_kw=waiting_kw, needy=tuple(Need(customer=name, lacking_cents=cents) for name, cents in needs),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("waiting_kw", "cash", "quarter_end", "offered"),
    [
        (400, 2_000, True, [("lab", 700), ("cloud", 300)]),  # up to the limit of a quarter
        (499, 900, True, [("lab", 700), ("cloud", 100)]),  # as far as cash goes
        (500, 2_000, True, []),  # orders cover half of a year's output
        (400, 100, True, []),  # nothing beyond its minimum
        (400, 2_000, False, []),
    ],
)
def test_it_finances_the_neediest_first_as_far_as_its_limit_and_its_cash_go(waiting_kw, cash, quarter_end, offered):
    needs = (("lab", 700), ("cloud", 500))
    made = offers(seen(waiting_kw, cash, quarter_end, *needs), VendorFinance(**ON), output_kw=1_000)

    assert [(wish.customer, wish.amount_cents) for wish in made if isinstance(wish, OfferFinance)] == offered


def test_it_is_off_unless_it_is_switched_on():
    assert offers(seen(0, 2_000, True, ("lab", 700)), VendorFinance(**ON | {"on": 0}), output_kw=1_000) == []
    assert VendorFinance().on == 0


def world(**finance: Any) -> World:
    """A lab that sells nothing and seeks money each quarter; no investor has any; the maker's systems serve it."""
    rules = VendorFinance(**ON | {"quarter_cents": 500} | finance)
    firms = {
        "customers": customers(),
        "lab": lab(plan=100, costs_ppm=900_000, need=100, policy={"cash_target_quarters": 2}, shares_outstanding=100,
                   last_round_cents=10),
        "maker": firm(
            "chip_maker", 10_000, {"output": (YearPower(year=2026, kw=GW),), "cost_ppm": 0, "finance": rules}
        ),
    }  # fmt: skip
    return World(firms).deploys(5, GW // 10)


def test_a_lab_that_found_no_money_gets_it_from_the_maker_a_quarter_later_and_the_log_says_why():
    then = world().runs_to(181)

    refused = then.of(c.OfferDeclined, asked="equity")[0]
    offered = then.of(c.VendorFinanceOffered)[0]
    closed = then.of(c.RoundClosed)[0]
    assert refused.seq < offered.seq < closed.seq
    assert (closed.event.issuer, closed.event.investor, closed.event.amount_cents) == ("lab", "maker", 500)
    assert then.cause(closed) == offered
    assert offered.event.cover_ppm < 500_000


def test_without_it_the_lab_finds_no_money():
    assert world(on=0).runs_to(181).of(c.RoundClosed) == []
