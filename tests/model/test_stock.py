"""A maker's line and its stock: orders take their turn, committed wafers come anyway, old ones are worth nothing."""

import math
from statistics import fmean, stdev
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.plans import YearPower
from events import catalogue as c
from events.capacity import Lot, taken_from
from events.terms import GpuSupply, SupplyTranche
from model.market.chips import building_days, line_of
from tests.small_economy import BN, GW, World, firm, host, lab, maker, outsider

MW = GW // 1000


# --- the line -------------------------------------------------------------------------------------------------------


def test_an_order_keeps_the_line_busy_for_its_part_of_a_years_output():
    """
    12 GW a year are 32.9 MW a day: 500 MW take 15 days and a bit, 1 MW at least one.
    """
    world = World({"maker": maker(12 * GW), "lab": lab()})

    def days(kw: int) -> int:
        row: Any = SimpleNamespace(kw=kw, maker="maker")
        return building_days(world.economy, row)

    assert (days(500 * MW), days(1 * MW), days(12 * GW)) == (15, 1, 365)


def test_the_line_is_a_single_server_and_agrees_with_the_theory_of_queues():
    """
    Poisson arrivals, exponential service with a mean of 20 days, load 0.8: on average rho / (1 - rho) = 4 in the
    system, within 3 standard errors or 2 % (Kleinrock, Queueing Systems, 1975), on our own clock and our own line.
    """
    means = []
    for seed in range(12):
        world = World({"maker": maker()}, ends_day=39_962)
        economy = world.economy
        draws = numpy.random.default_rng(seed)
        inside: list[tuple[int, int]] = []

        def customer(number: int, service: int, inside: Any = inside, economy: Any = economy) -> Any:
            line = line_of(economy, "maker")
            turn = line.request(priority=(5, economy.day, f"{number:09d}"))
            arrived = economy.day
            yield turn
            yield economy.at(economy.day + service)
            line.release(turn)
            inside.append((arrived, economy.day))

        def arrivals(draws: Any = draws, economy: Any = economy, customer: Any = customer) -> Any:
            at, number = 0.0, 0
            while True:
                at += draws.exponential(25.0)
                number += 1
                yield economy.at(max(economy.day, round(at)))
                economy.start(customer(number, max(1, round(draws.exponential(20.0)))), number)

        economy.start(arrivals(), 1)
        economy.env.run(until=economy.at(20_000))
        means.append(sum(left - came for came, left in inside if left < 20_000) / 20_000)
    error = max(3 * stdev(means) / math.sqrt(len(means)), 0.08)
    assert abs(fmean(means) - 4) <= error


# --- stock ----------------------------------------------------------------------------------------------------------


def world(committed_ppm: int, *tranches: tuple[int, int], patience: int = 2, days: int = 365) -> World:
    """A maker of 1.2 GW a year whose chips cost 5 bn a gigawatt; orders of so much for such days."""
    rows = tuple(
        SupplyTranche(kw=kw, day=day, generation="chips", buyer="host", serves="of-host") for day, kw in tranches
    )
    policy = {
        "output": (YearPower(year=2026, kw=1_200 * MW),), "cost_ppm": 500_000, "committed_ppm": committed_ppm,
        "write_down_after_quarters": patience,
    }  # fmt: skip
    firms = {
        "lab": lab(plan=1), "host": host(100 * BN), "maker": firm("chip_maker", 10 * BN, policy), "world": outsider(),
    }  # fmt: skip
    supply = GpuSupply(maker="maker", lab="lab", tranches=rows, lead_days=60, days_to_pay=30)
    return World(firms, {"supply": supply}).runs_to(days)


ORDERS = ((70, 60 * MW), (100, 60 * MW), (130, 60 * MW))


def test_a_maker_without_commitments_takes_no_stock():
    assert world(0, *ORDERS).of(c.SurplusTaken) == []


def test_wafers_that_were_committed_and_find_no_order_come_all_the_same():
    """
    180 MW ordered in the half year are 30 MW a month; when orders stop the commitment of 30 MW a month still comes.
    """
    then = world(1_000_000, *ORDERS)

    surplus = then.of(c.SurplusTaken)
    assert surplus and all(record.event.kw <= 30 * MW for record in surplus)
    assert all(record.event.amount_cents == record.event.kw * 5 * BN // GW for record in surplus)
    assert then.books.ledger.balance("maker", "Assets:Inventory") >= 0


def test_stock_is_used_first_when_orders_come_back_and_costs_nothing_new():
    then = world(1_000_000, *ORDERS, (300, 60 * MW), patience=9)

    last = then.of(c.GpusBuilt)[-1].event
    assert last.stock_kw > 0
    sold = then.of(c.GpusDelivered)[-1].event
    bills = [r.event.amount_cents for r in then.of(c.CostsBilled) if r.cause == then.of(c.GpusBuilt)[-1].seq]
    assert sold.cost_cents == last.stock_cents + sum(bills)


def test_stock_that_nobody_orders_is_written_down_after_the_makers_patience():
    """
    What was taken in June is worth nothing at the end of December.
    """
    then = world(1_000_000, *ORDERS, patience=2)

    written = then.of(c.InventoryWrittenDown)
    assert written
    assert then.books.ledger.balance("maker", "Expenses:InventoryLoss") == sum(r.event.amount_cents for r in written)
    first = then.of(c.SurplusTaken)[0]
    days_of = then.economy.calendar.day_of
    assert all(days_of(record.date) - days_of(first.date) >= 182 for record in written[:1])


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 500)), max_size=6), st.integers(0, 300))
def test_what_stock_costs_is_oldest_first_and_never_more_than_it_cost(lots, kw):
    stock = [Lot(power, cents, "2026-01-31") for power, cents in lots]
    held, paid = sum(lot.kw for lot in stock), sum(lot.cents for lot in stock)

    cents = taken_from(stock, min(kw, held))

    assert 0 <= cents <= paid
    assert cents == paid if kw >= held else True
    assert [(lot.kw, lot.cents) for lot in stock] == lots


@pytest.mark.parametrize(("kw", "cents"), [(0, 0), (40, 190), (60, 290), (100, 490)])
def test_by_hand_what_comes_out_of_stock(kw, cents):
    assert taken_from([Lot(40, 190, "2026-01-31"), Lot(60, 300, "2026-02-28")], kw) == cents

