"""Priority supply: when a maker's line cannot serve all at once, the lower class goes first; the others wait."""

from attrs import evolve

from events import catalogue as c
from events.terms import GpuSupply, PrioritySupply, SupplyTranche
from model.market.chips import STANDARD, priority
from tests.small_economy import BN, World, box, host, lab, maker, story

MW = 1_000


def orders(**kw_by_buyer: int) -> GpuSupply:
    """Orders placed on the mornings from day 5 on, all due on day 100."""
    rows = tuple(
        SupplyTranche(kw=kw, day=100, generation="chips", buyer=buyer, serves=f"of-{buyer}")
        for buyer, kw in kw_by_buyer.items()
    )
    return GpuSupply(maker="maker", lab="lab", tranches=rows, lead_days=95, days_to_pay=30)


def place(buyer: str = "coreweave", end_day: int = 700) -> PrioritySupply:
    return PrioritySupply(maker="maker", buyer=buyer, priority=1, end_day=end_day)


def world(supply: GpuSupply, a_month_kw: int, **contracts: PrioritySupply) -> World:
    firms = {
        "lab": lab(plan=1),
        "microsoft": host(100 * BN),
        "coreweave": host(100 * BN),
        "box": box(100 * BN, owner="coreweave"),
        "maker": maker(kw_a_year=12 * a_month_kw),
    }
    return World(firms, {**contracts, "supply": supply})


def test_the_example_of_the_docstring():
    """
    120 MW due for each on day 100: CoreWeave's is built first although Microsoft ordered first, and Microsoft waits.
    """
    then = world(orders(microsoft=120 * MW, coreweave=120 * MW), 100 * MW, place=place()).runs_to(110)

    assert then.told(GpusDelivered="buyer", OrderDelayed="buyer") == story("""
        70   OrderDelayed   microsoft
        100  GpusDelivered  coreweave
        106  GpusDelivered  microsoft
    """)


def test_within_a_class_the_order_that_is_due_first_is_served_first():
    first = orders(microsoft=120 * MW).tranches[0]
    second = orders(coreweave=120 * MW).tranches[0]
    later = GpuSupply(
        maker="maker", lab="lab", tranches=(evolve(second, day=101), first), lead_days=95, days_to_pay=30
    )  # fmt: skip
    then = world(later, 100 * MW).runs_to(104)

    assert then.told(GpusDelivered="buyer", OrderDelayed="buyer") == story("""
        70   OrderDelayed   coreweave
        100  GpusDelivered  microsoft
    """)


def test_of_one_class_and_date_the_one_that_was_placed_first_is_served_first():
    then = world(orders(microsoft=120 * MW, coreweave=120 * MW), 100 * MW).runs_to(75)

    assert then.told(OrderDelayed="order") == story("70 OrderDelayed order:of-coreweave-1")


def test_a_delay_is_caused_by_the_order_that_waits():
    then = world(orders(microsoft=120 * MW, coreweave=120 * MW), 100 * MW, place=place()).runs_to(75)

    delayed = then.only(c.OrderDelayed)
    assert then.cause(delayed).event.order == delayed.event.order


def test_a_box_has_the_class_of_its_owner():
    given = world(orders(), 1, place=place())

    assert [priority(given.economy, "maker", buyer) for buyer in ("coreweave", "box", "microsoft")] == [1, 1, STANDARD]


def test_a_class_counts_only_while_it_is_in_force_and_with_its_own_maker():
    given = world(orders(), 1, place=place(end_day=10))
    assert priority(given.economy, "another", "coreweave") == STANDARD

    given.runs_to(10)
    assert (10, "ContractEnded", "place") in given.told(ContractEnded="contract")
    assert priority(given.economy, "maker", "coreweave") == STANDARD


def test_an_order_keeps_the_class_it_was_placed_with():
    then = world(orders(microsoft=120 * MW, coreweave=120 * MW), 100 * MW, place=place(end_day=20)).runs_to(102)

    assert then.told(GpusDelivered="buyer") == story("100 GpusDelivered coreweave")
