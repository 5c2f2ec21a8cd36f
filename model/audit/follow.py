"""
Whose money a firm lives on: who paid it, year by year, how much of that had been its own, and where its money went.

Own money is cash that the firm once paid out as finance (shares, loans, backstops, take-backs) and that came back to it
through whatever hands, pro rata and first in, first out, as `measures` counts it for makers and labs. Of an outside
holder what it received before keeps its origin, see `events.flows.Provenance`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from events.flows import PURSES, Provenance
from events.record import Record
from events.replay import records, replay
from model.complaints import unknown_firm


@frozen
class Flow:
    """
    Cash between the firm and one other in one year, US cents, both ways.

    `own_pro_rata_cents` and `own_fifo_cents` are the part of `received_cents` that had been the firm's own finance.
    """

    year: str
    other: str
    received_cents: int
    own_pro_rata_cents: int
    own_fifo_cents: int
    paid_cents: int
    financed_cents: int


@frozen
class Followed:
    """The flows of a firm by year and other; sums are those of the flows."""

    firm: str
    head: str
    flows: tuple[Flow, ...]

    def total(self, name: str) -> int:
        """The sum of one of a flow's amounts."""
        return sum(getattr(flow, name) for flow in self.flows)


@define
class _Sums:
    received: int = 0
    own: dict[str, int] = field(factory=lambda: dict.fromkeys(PURSES, 0))
    paid: int = 0
    financed: int = 0


def follow(folder: Path, firm: str) -> Followed:
    """
    Follow the money of a firm through a whole log, which is checked first.

    Raises:
        Usage: no such firm.
        Problem: as `events.replay.replay`.
    """
    found = replay(folder)
    if firm not in found.books.firms:
        raise unknown_firm(firm, found.books.firms)
    return Followed(firm, found.head, flows_of(records(folder), firm, found.genesis.outside))


def flows_of(log: Iterable[Record], firm: str, outside: Iterable[str]) -> tuple[Flow, ...]:
    """The flows of a firm, from the records of a log from its first one on."""
    provenance = Provenance(tuple(outside))
    sums: dict[tuple[str, str], _Sums] = {}
    for record in log:
        for payment, carried in provenance.apply(record):
            if firm not in (payment.payer, payment.payee):
                continue
            other = payment.payer if payment.payee == firm else payment.payee
            row = sums.setdefault((record.date[:4], other), _Sums())
            if payment.payee == firm:
                row.received += payment.cents
                for name, lots in carried.items():
                    row.own[name] += sum(lot.cents for lot in lots if lot.origin == firm)
            else:
                row.paid += payment.cents
                row.financed += payment.cents if payment.is_outlay_of(firm) else 0
    return tuple(
        Flow(year, other, row.received, row.own["pro_rata"], row.own["fifo"], row.paid, row.financed)
        for (year, other), row in sorted(sums.items())
    )


def as_object(found: Followed) -> dict[str, Any]:
    """All of it as JSON knows it."""
    from attrs import asdict

    names = ("received_cents", "own_pro_rata_cents", "own_fifo_cents", "paid_cents", "financed_cents")
    return {
        "firm": found.firm, "head": found.head, "totals": {name: found.total(name) for name in names},
        "flows": [asdict(flow) for flow in found.flows],
    }  # fmt: skip
