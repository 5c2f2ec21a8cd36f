"""Every gigawatt once: orders, deliveries and accepted capacity, each row serving one contract."""

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
    host_kw: dict[str, int] = field(factory=dict)
    booked_kw: dict[str, int] = field(factory=dict)

    def deployed_kw(self, lab: str, maker: str = "") -> int:
        """Power running for a lab since the opening, on one maker's systems or on all ("")."""
        if maker:
            return self.lab_maker_kw.get((lab, maker), 0)
        return sum(kw for (served, _), kw in self.lab_maker_kw.items() if served == lab)

    def apply(self, record: Record) -> None:
        """One more record."""
        event = record.event
        kind = type(event)
        if kind is c.GpusOrdered:
            self._order(record, event)  # type: ignore[arg-type]
        elif kind is c.GpusDelivered:
            row = self.waiting.pop(event.order)  # type: ignore[attr-defined]
            row.delivered_seq = record.seq
        elif kind is c.GpusBuilt:
            self.rows[event.order].in_work = True  # type: ignore[attr-defined]
        elif kind is c.ProductionBooked:
            self.booked_kw[event.maker] = event.kw  # type: ignore[attr-defined]
        elif kind is c.OrderCancelled:
            row = self.waiting.pop(event.order)  # type: ignore[attr-defined]
            row.cancelled = True
            self.coming_kw[row.serves] -= row.kw
        elif kind is c.CapacityAccepted:
            self._accept(record, event)  # type: ignore[arg-type]
        elif kind is c.CapacityBroughtForward:
            add(self.accepted_kw, event.contract, event.kw)  # type: ignore[attr-defined]
            add(self.host_kw, event.host, event.kw)  # type: ignore[attr-defined]

    def _order(self, record: Record, event: c.GpusOrdered) -> None:
        row = Row(
            event.order, event.maker, event.buyer, event.serves, event.lab, event.generation, event.gpus, event.kw,
            event.price_cents, event.earliest_day, event.priority, record.seq,
        )  # fmt: skip
        self.rows[event.order] = self.waiting[event.order] = row
        add(self.coming_kw, event.serves, event.kw)

    def _accept(self, record: Record, event: c.CapacityAccepted) -> None:
        self.rows[event.order].accepted_seq = record.seq
        add(self.accepted_kw, event.contract, event.kw)
        add(self.coming_kw, event.contract, -event.kw)
        add(self.host_kw, event.host, event.kw)
        add(self.lab_maker_kw, (event.lab, event.maker), event.kw)


def add(table: dict, key: object, quantity: int) -> None:
    """Add to an entry that may not be there yet."""
    table[key] = table.get(key, 0) + quantity
