"""The gigawatt table: every order once, with who sells, buys, hosts and finances it, what it serves, and when.

The public numbers count the same gigawatt several times: at the lab that announced it, at the maker, at the host and at
the lender. Here each is one row, and each row serves one contract.
"""

from collections.abc import Iterable
from typing import Any

from attrs import define

from events import catalogue as c
from events.record import Record
from events.terms import DataCentreLease


@define
class GigawattRow:
    """One row. Dates are ISO, "" where it has not come so far; `landlord` is "" while the host's own shell is used."""

    order: str
    maker: str
    buyer: str
    host: str
    landlord: str
    financier: str
    serves: str
    lab: str
    generation: str
    kw: int
    price_cents: int
    ordered: str
    delivered: str = ""
    accepted: str = ""
    cancelled: str = ""


def gigawatts(records: Iterable[Record]) -> list[GigawattRow]:
    """
    The table of a log, in the order of ordering.

    `financier` is the lender that first advanced money to the buyer after the delivery; "" where it paid by itself.
    """
    rows: dict[str, GigawattRow] = {}
    landlords: dict[str, str] = {}
    for record in records:
        terms = getattr(record.event, "terms", None)
        if isinstance(terms, DataCentreLease) and terms.serves:
            landlords[terms.serves] = terms.landlord
        step = STEPS.get(type(record.event))
        if step is not None:
            step(rows, record.event, record.date)
    for row in rows.values():
        row.landlord = landlords.get(row.serves, "")
    return list(rows.values())


def _ordered(rows: dict[str, GigawattRow], event: c.GpusOrdered, date: str) -> None:
    rows[event.order] = GigawattRow(
        event.order, event.maker, event.buyer, event.buyer, "", "", event.serves, event.lab, event.generation, event.kw,
        event.price_cents, date,
    )  # fmt: skip


def _delivered(rows: dict[str, GigawattRow], event: c.GpusDelivered, date: str) -> None:
    rows[event.order].delivered = date


def _accepted(rows: dict[str, GigawattRow], event: c.CapacityAccepted, date: str) -> None:
    rows[event.order].accepted = date


def _cancelled(rows: dict[str, GigawattRow], event: c.OrderCancelled, date: str) -> None:
    rows[event.order].cancelled = date


def _financed(rows: dict[str, GigawattRow], event: c.LoanDrawn, date: str) -> None:
    for row in rows.values():
        if row.buyer == event.borrower and row.delivered and not row.financier:
            row.financier = event.lender


STEPS: dict[type[c.Event], Any] = {
    c.GpusOrdered: _ordered,
    c.GpusDelivered: _delivered,
    c.CapacityAccepted: _accepted,
    c.OrderCancelled: _cancelled,
    c.LoanDrawn: _financed,
}
