"""Every gigawatt once: orders, deliveries and accepted capacity, each row serving one contract."""

from typing import Any

from attrs import define, field

from events import catalogue as c
from events.record import Record


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
class Capacity:
    """Rows by order, and accepted kilowatts by what they serve."""

    rows: dict[str, Row] = field(factory=dict)
    waiting: dict[str, Row] = field(factory=dict)
    accepted_kw: dict[str, int] = field(factory=dict)
    coming_kw: dict[str, int] = field(factory=dict)
    lab_maker_kw: dict[tuple[str, str], int] = field(factory=dict)
    energised_kw: dict[str, int] = field(factory=dict)  # by commitment, where its systems stand in leased halls
    host_kw: dict[str, int] = field(factory=dict)
    booked_kw: dict[str, int] = field(factory=dict)

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
    add(capacity.coming_kw, event.serves, event.kw)


def _booked(capacity: Capacity, record: Record, event: c.ProductionBooked) -> None:
    capacity.booked_kw[event.maker] = event.kw


def _built(capacity: Capacity, record: Record, event: c.GpusBuilt) -> None:
    capacity.rows[event.order].in_work = True


def _delivered(capacity: Capacity, record: Record, event: c.GpusDelivered) -> None:
    row = capacity.waiting.pop(event.order)
    row.delivered_seq, row.delivered = record.seq, record.date


def _cancelled(capacity: Capacity, record: Record, event: c.OrderCancelled) -> None:
    row = capacity.waiting.pop(event.order)
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
    c.GpusDelivered: _delivered,
    c.OrderCancelled: _cancelled,
    c.CapacityAccepted: _accepted,
    c.SiteEnergised: _energised,
    c.CapacityBroughtForward: _brought_forward,
    c.CollateralSold: _sold,
}
