"""Every gigawatt once: orders, deliveries and accepted capacity, each row serving one contract."""

from typing import Any

from attrs import define, field

from events import catalogue as c
from events.record import Record
from events.units import divide


@define
class Row:
    """One row of the gigawatt table: an order and how far it has come."""

    order: str
    maker: str
    buyer: str
    serves: str
    lab: str
    generation: str
    gpus: int
    kw: int
    price_cents: int
    earliest_day: int
    priority: int
    ordered_seq: int
    delivered_seq: int = -1
    delivered: str = ""  # the date
    accepted_seq: int = -1
    cancelled: bool = False
    in_work: bool = False


@define
class Lot:
    """Wafers that a maker had to take and has not used: power, US cents, and the day they were taken."""

    kw: int
    cents: int
    date: str


def taken_from(stock: list[Lot], kw: int) -> int:
    """What so much power out of stock has cost, oldest first, US cents; nothing is changed."""
    cents = 0
    for lot in stock:
        part = min(kw, lot.kw)
        cents += lot.cents if part == lot.kw else divide(lot.cents * part, lot.kw)
        kw -= part
        if not kw:
            break
    return cents


@define
class Capacity:
    """Rows by order, and accepted kilowatts by what they serve."""

    rows: dict[str, Row] = field(factory=dict)
    waiting: dict[str, Row] = field(factory=dict)
    waiting_by_buyer: dict[str, dict[str, Row]] = field(factory=dict)
    accepted_kw: dict[str, int] = field(factory=dict)
    coming_kw: dict[str, int] = field(factory=dict)
    lab_maker_kw: dict[tuple[str, str], int] = field(factory=dict)
    energised_kw: dict[str, int] = field(factory=dict)  # by commitment, where its systems stand in leased halls
    host_kw: dict[str, int] = field(factory=dict)
    booked_kw: dict[str, int] = field(factory=dict)
    built_kw: dict[str, int] = field(factory=dict)  # by maker, since its last booking
    ordered_kw: dict[str, dict[str, int]] = field(factory=dict)  # by maker and month, of the last half year
    stock: dict[str, list[Lot]] = field(factory=dict)

    def ordered_by(self, buyer: str) -> list[Row]:
        """A buyer's orders that have not been delivered, in the order of ordering."""
        return list(self.waiting_by_buyer.get(buyer, {}).values())

    def stock_of(self, maker: str) -> list[Lot]:
        """What a maker has in stock, oldest first."""
        return self.stock.get(maker, [])

    def deployed_kw(self, lab: str, maker: str = "") -> int:
        """Power running for a lab since the opening, on one maker's systems or on all ("")."""
        if maker:
            return self.lab_maker_kw.get((lab, maker), 0)
        return sum(kw for (served, _), kw in self.lab_maker_kw.items() if served == lab)


def _ordered(capacity: Capacity, record: Record, event: c.GpusOrdered) -> None:
    row = Row(
        event.order, event.maker, event.buyer, event.serves, event.lab, event.generation, event.gpus, event.kw,
        event.price_cents, event.earliest_day, event.priority, record.seq,
    )  # fmt: skip
    capacity.rows[event.order] = capacity.waiting[event.order] = row
    capacity.waiting_by_buyer.setdefault(event.buyer, {})[event.order] = row
    add(capacity.coming_kw, event.serves, event.kw)
    months = capacity.ordered_kw.setdefault(event.maker, {})
    add(months, record.date[:7], event.kw)


def _booked(capacity: Capacity, record: Record, event: c.ProductionBooked) -> None:
    capacity.booked_kw[event.maker] = event.kw
    capacity.built_kw[event.maker] = 0


def _built(capacity: Capacity, record: Record, event: c.GpusBuilt) -> None:
    capacity.rows[event.order].in_work = True
    add(capacity.built_kw, event.maker, event.kw)
    _use(capacity.stock_of(event.maker), event.stock_kw, event.stock_cents)


def _use(stock: list[Lot], kw: int, cents: int) -> None:
    while kw > 0 and stock:
        lot = stock[0]
        part = min(kw, lot.kw)
        paid = lot.cents if part == lot.kw else min(cents, divide(lot.cents * part, lot.kw))
        lot.kw, lot.cents = lot.kw - part, lot.cents - paid
        kw, cents = kw - part, cents - paid
        if not lot.kw:
            stock.pop(0)


def _surplus(capacity: Capacity, record: Record, event: c.SurplusTaken) -> None:
    capacity.stock.setdefault(event.maker, []).append(Lot(event.kw, event.amount_cents, record.date))
    capacity.booked_kw[event.maker] = 0


def _written_down(capacity: Capacity, record: Record, event: c.InventoryWrittenDown) -> None:
    _use(capacity.stock_of(event.maker), event.kw, event.amount_cents)


def _arrived(capacity: Capacity, order: str) -> Row:
    row = capacity.waiting.pop(order)
    del capacity.waiting_by_buyer[row.buyer][order]
    return row


def _delivered(capacity: Capacity, record: Record, event: c.GpusDelivered) -> None:
    row = _arrived(capacity, event.order)
    row.delivered_seq, row.delivered = record.seq, record.date


def _cancelled(capacity: Capacity, record: Record, event: c.OrderCancelled) -> None:
    row = _arrived(capacity, event.order)
    row.cancelled = True
    capacity.coming_kw[row.serves] -= row.kw


def _accepted(capacity: Capacity, record: Record, event: c.CapacityAccepted) -> None:
    capacity.rows[event.order].accepted_seq = record.seq
    add(capacity.accepted_kw, event.contract, event.kw)
    add(capacity.coming_kw, event.contract, -event.kw)
    add(capacity.host_kw, event.host, event.kw)
    add(capacity.lab_maker_kw, (event.lab, event.maker), event.kw)


def _energised(capacity: Capacity, record: Record, event: c.SiteEnergised) -> None:
    if event.serves:
        add(capacity.energised_kw, event.serves, event.kw)


def _brought_forward(capacity: Capacity, record: Record, event: c.CapacityBroughtForward) -> None:
    add(capacity.accepted_kw, event.contract, event.kw)
    add(capacity.host_kw, event.host, event.kw)


def _sold(capacity: Capacity, record: Record, event: c.CollateralSold) -> None:
    add(capacity.host_kw, event.borrower, -event.kw)
    for contract, kw in event.freed:
        add(capacity.accepted_kw, contract, -kw)


def add(table: dict[Any, int], key: object, quantity: int) -> None:
    """Add to an entry that may not be there yet."""
    table[key] = table.get(key, 0) + quantity


FOLDS = {
    c.GpusOrdered: _ordered,
    c.ProductionBooked: _booked,
    c.GpusBuilt: _built,
    c.SurplusTaken: _surplus,
    c.InventoryWrittenDown: _written_down,
    c.GpusDelivered: _delivered,
    c.OrderCancelled: _cancelled,
    c.CapacityAccepted: _accepted,
    c.SiteEnergised: _energised,
    c.CapacityBroughtForward: _brought_forward,
    c.CollateralSold: _sold,
}
