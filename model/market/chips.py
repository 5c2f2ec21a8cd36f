"""Chips: an order waits for its lead time and its turn on a maker's line, which serves by class, date and name."""

from typing import Any

import simpy

from agents.chip_maker import ChipMaker
from agents.plans import power_in
from events import catalogue as c
from events.accounts import INVENTORY, PROPERTY
from events.capacity import Row, taken_from
from events.conditions import Powered
from events.terms import PrioritySupply
from events.units import divide, portion
from model.economy import Economy, Phase, Process
from model.founding import gpus_in, lab_of
from model.readings import left_ppm

AHEAD_DAYS = 30
CLASS_WIDTH = 100_000  # more than there are contracts
STANDARD = 5  # the class of a buyer without a priority contract


def place_order(
    economy: Economy, *, buyer: str, generation: str, kw: int, serves: str, lead_days: int, corr: str, cause: int
) -> str:
    """Order systems: one row of the gigawatt table. Shells are paid with the order. Returns the order's name."""
    event = order_of(economy, buyer=buyer, generation=generation, kw=kw, serves=serves, lead_days=lead_days)
    record = economy.record(event, cause, corr=corr, actor=buyer)
    _bill_building(economy, buyer, kw, "shell_per_gw_cents", record.seq)
    _begin(economy, event.order)
    return event.order


def _begin(economy: Economy, order: str) -> None:
    """Of those who come to the line on one day the better class comes first."""
    row = economy.books.capacity.rows[order]
    economy.start(fulfil(economy, row), CLASS_WIDTH * row.priority + economy.contract_numbers.get(row.serves, 0))


def order_of(
    economy: Economy, *, buyer: str, generation: str, kw: int, serves: str, lead_days: int
) -> c.GpusOrdered:
    """An order of today, at the generation's price and in the buyer's class."""
    spec = economy.scenario.generations[generation]
    return c.GpusOrdered(
        order=economy.claim(f"order:{serves}").replace("/", "-"), maker=spec.maker, buyer=buyer, serves=serves,
        lab=lab_of(economy, serves), generation=generation, gpus=gpus_in(kw, spec.gpus_per_gw), kw=kw,
        price_cents=divide(kw * spec.price_per_gw_cents, 1_000_000), earliest_day=economy.day + lead_days,
        priority=priority(economy, spec.maker, buyer),
    )  # fmt: skip


def place_opening_orders(economy: Economy) -> None:
    """What was ordered before the opening, in the scenario's order of firms; its shells are in the opening sheets."""
    for name, spec in economy.scenario.firms.items():
        for row in spec.on_order:
            signed = economy.books.contracts.get(row.contract)
            event = order_of(
                economy, buyer=name, generation=row.generation, kw=row.kw, serves=row.contract, lead_days=row.day
            )
            economy.record(event, signed.seq if signed else economy.roots[name], corr=row.contract, actor=name)
            _begin(economy, event.order)


def priority(economy: Economy, maker: str, buyer: str) -> int:
    """A buyer's class in a maker's queue; a box has the class of its owner."""
    owner = economy.books.firms[buyer].owner if buyer in economy.books.firms else ""
    for signed in economy.books.of(maker):
        terms = signed.terms
        if not isinstance(terms, PrioritySupply) or signed.state != "live":
            continue
        if terms.maker == maker and terms.buyer in (buyer, owner):
            return terms.priority
    return STANDARD


def fulfil(economy: Economy, row: Row) -> Process:
    """
    An order's way: it waits for its lead time and its turn on the maker's line, is built, delivered and accepted.

    The line builds one order after the other, by class, then day, then name; a maker works at most `AHEAD_DAYS` ahead.
    By hand: a maker of 12 GW a year builds 32.9 MW a day, so 1 GW is on the line for 30 days; of three such orders for
    one day two are ready by then, and the third 30 days later.
    """
    days = building_days(economy, row)
    yield economy.at(max(row.earliest_day - days - AHEAD_DAYS, economy.day + 1))
    line = line_of(economy, row.maker)
    place: Any = (row.priority, row.earliest_day, row.order)
    turn: Any = line.request(priority=place)
    if not turn.triggered:
        yield turn
        yield economy.at(economy.day, Phase.MARKET)  # who was let on together goes on in the order of numbers
    if row.cancelled:
        line.release(turn)
        return
    if economy.day + days > row.earliest_day:
        late = c.OrderDelayed(order=row.order, maker=row.maker, buyer=row.buyer)
        economy.record(late, row.ordered_seq, corr=row.serves, actor=row.maker)
    cost = build(economy, row)
    ready = max(row.earliest_day, economy.day + days)
    economy.start(finish(economy, row, cost, ready), economy.contract_numbers.get(row.serves, 0))
    yield economy.at(economy.day + days)
    line.release(turn)


def building_days(economy: Economy, row: Row) -> int:
    """Whole days that an order keeps the line busy, by the output planned for this year; at least one."""
    policy = economy.firms[row.maker].policy if row.maker in economy.firms else None
    output = getattr(policy, "output", ())
    year_kw = power_in(output, economy.month[0]) if output else 0
    return max(1, divide(row.kw * 365, year_kw)) if year_kw else 1


def line_of(economy: Economy, maker: str) -> simpy.PriorityResource:
    """A maker's line; one order is on it at a time. Who makes chips outside the circle has as many as are asked for."""
    if maker not in economy.lines:
        wide = not isinstance(economy.firms.get(maker), ChipMaker)
        economy.lines[maker] = simpy.PriorityResource(economy.env, capacity=10**6 if wide else 1)
    return economy.lines[maker]


def finish(economy: Economy, row: Row, cost: int, ready: int) -> Process:
    """Deliver what was built on the day it is ready, and let the host accept it when it is installed."""
    yield economy.at(ready)
    delivered = _deliver(economy, row, cost)
    yield economy.at(economy.day + _build_days(economy, row.buyer))
    powered = Powered(row.serves, row.kw)
    while not powered.met(economy.books):
        yield economy.when(powered)
    accepted = c.CapacityAccepted(
        order=row.order, host=row.buyer, maker=row.maker, contract=row.serves, lab=row.lab,
        generation=row.generation, kw=row.kw,
    )  # fmt: skip
    economy.record(accepted, delivered, corr=row.serves, actor=row.buyer)


def build(economy: Economy, row: Row) -> int:
    """
    Build what an order asks for, out of stock first, and owe the suppliers for the rest; returns the cost in cents.

    By hand: 100 MW cost 500 m; 40 MW of wafers are in stock at 190 m. The suppliers bill 300 m, and the cost is 490 m.
    """
    policy = economy.firms[row.maker].policy
    whole = portion(row.price_cents, getattr(policy, "cost_ppm", 0))
    stock = economy.books.capacity.stock_of(row.maker)
    used_kw = min(row.kw, sum(lot.kw for lot in stock))
    used_cents = taken_from(stock, used_kw)
    event = c.GpusBuilt(
        order=row.order, maker=row.maker, generation=row.generation, gpus=row.gpus, kw=row.kw, stock_kw=used_kw,
        stock_cents=used_cents,
    )  # fmt: skip
    built = economy.record(event, row.ordered_seq, corr=row.order, actor=row.maker)
    cost = divide(whole * (row.kw - used_kw), row.kw)
    if cost:
        bill = c.CostsBilled(
            claim=economy.claim(f"wafers:{row.maker}"), firm=row.maker, supplier="world", account=INVENTORY,
            purpose="wafers, packages and memory", amount_cents=cost, due_day=economy.day + policy.days_to_pay,
        )  # fmt: skip
        economy.record(bill, built, corr=row.order, actor="world")
    return cost + used_cents


def _deliver(economy: Economy, row: Row, cost: int) -> int:
    policy = economy.firms[row.buyer].policy
    event = c.GpusDelivered(
        claim=economy.claim(f"chips:{row.serves}"), order=row.order, maker=row.maker, buyer=row.buyer,
        serves=row.serves, lab=row.lab, generation=row.generation, gpus=row.gpus, kw=row.kw,
        amount_cents=row.price_cents, cost_cents=cost,
        due_day=economy.day + getattr(policy, "days_to_pay", 45),
    )  # fmt: skip
    record = economy.record(event, row.ordered_seq, corr=row.serves, actor=row.maker)
    _bill_building(economy, row.buyer, row.kw, "fit_out_per_gw_cents", record.seq)
    return record.seq


def _build_days(economy: Economy, buyer: str) -> int:
    days = getattr(economy.firms[buyer].policy, "build_days", 60)
    left = left_ppm(economy, "delivery", buyer)
    return divide(days * 1_000_000, max(100_000, left))


def _bill_building(economy: Economy, buyer: str, kw: int, field: str, cause: int) -> None:
    """Shells with the order, fit-out with the delivery: property, billed by the world."""
    policy = economy.firms[buyer].policy
    cents = divide(kw * getattr(policy, field, 0), 1_000_000)
    if not cents or economy.spec(buyer).outside:
        return
    event = c.CostsBilled(
        claim=economy.claim(f"building:{buyer}"), firm=buyer, supplier="world", account=PROPERTY,
        purpose=field.split("_per_gw")[0].replace("_", " "), amount_cents=cents,
        due_day=economy.day + getattr(policy, "days_to_pay", 45),
    )  # fmt: skip
    economy.record(event, cause, corr=f"building:{buyer}", actor="world")
