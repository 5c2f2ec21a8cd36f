"""Chips: orders wait their lead time and their turn; a maker's lines serve them by priority, date and name."""

from agents.chip_maker import ChipMaker
from events import catalogue as c
from events.accounts import INVENTORY, PROPERTY
from events.capacity import Row
from events.conditions import Powered
from events.terms import PrioritySupply
from events.units import divide, portion
from model.economy import Economy, Process
from model.founding import gpus_in, lab_of
from model.readings import left_ppm

STANDARD = 5  # the class of a buyer without a priority contract


def place_order(
    economy: Economy, *, buyer: str, generation: str, kw: int, serves: str, lead_days: int, corr: str, cause: int
) -> str:
    """Order systems: one row of the gigawatt table. Shells are paid with the order. Returns the order's name."""
    event = order_of(economy, buyer=buyer, generation=generation, kw=kw, serves=serves, lead_days=lead_days)
    record = economy.record(event, cause, corr=corr, actor=buyer)
    _bill_building(economy, buyer, kw, "shell_per_gw_cents", record.seq)
    return event.order


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


def production(economy: Economy, maker: str) -> Process:
    """A maker's lines: what was booked for a month adds to what is in work; no more is built than is asked for."""
    stock_kw = 0
    while True:
        yield economy.at(economy.calendar.month_end(economy.day + 1) + 1 if economy.day else 1)
        booked = economy.books.capacity.booked_kw.get(maker, 0)
        waiting = sum(
            row.kw for row in economy.books.capacity.waiting.values() if row.maker == maker and not row.in_work
        )
        stock_kw = min(stock_kw + booked, waiting)
        stock_kw = serve_queue(economy, maker, stock_kw)


def serve_queue(economy: Economy, maker: str, stock_kw: int) -> int:
    """Serve the orders due this month in the order of class, date and name; returns the power left over."""
    last = economy.calendar.month_end(economy.day)
    queue = [row for row in economy.books.capacity.waiting.values() if row.maker == maker and row.earliest_day <= last]
    for row in sorted(queue, key=lambda row: (row.priority, row.earliest_day, row.order)):
        if row.in_work:
            continue
        if row.kw <= stock_kw:
            stock_kw -= row.kw
            cost = build(economy, row)
            economy.start(finish(economy, row, cost), economy.contract_numbers.get(row.serves, 0))
        else:
            delayed = c.OrderDelayed(order=row.order, maker=maker, buyer=row.buyer)
            economy.record(delayed, row.ordered_seq, corr=row.serves, actor=maker)
    return stock_kw


def finish(economy: Economy, row: Row, cost: int) -> Process:
    """Deliver what was built on its day, and let the host accept it when it is installed."""
    yield economy.at(max(row.earliest_day, economy.day + 1))
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
    """Build what an order asks for, and owe the suppliers for it; returns the cost in cents."""
    policy = economy.firms[row.maker].policy
    cost = portion(row.price_cents, policy.cost_ppm)
    event = c.GpusBuilt(order=row.order, maker=row.maker, generation=row.generation, gpus=row.gpus)
    built = economy.record(event, row.ordered_seq, corr=row.order, actor=row.maker)
    if cost:
        bill = c.CostsBilled(
            claim=economy.claim(f"wafers:{row.maker}"), firm=row.maker, supplier="world", account=INVENTORY,
            purpose="wafers, packages and memory", amount_cents=cost, due_day=economy.day + policy.days_to_pay,
        )  # fmt: skip
        economy.record(bill, built, corr=row.order, actor="world")
    return cost


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


def start_production(economy: Economy) -> None:
    """Every maker's lines begin to work, in the order of the scenario."""
    for number, (name, firm) in enumerate(economy.firms.items()):
        if isinstance(firm, ChipMaker):
            economy.start(production(economy, name), number)
