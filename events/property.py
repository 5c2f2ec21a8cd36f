"""What is in service and since when: the cost of each delivery, and what of it a lender has not yet financed."""

from attrs import define, field, frozen

from events import catalogue as c
from events.accounts import PROPERTY
from events.record import Record
from events.units import PPM, divide


@frozen
class Vintage:
    """Property bought on a date; `cents` is its cost."""

    date: str
    cents: int


@define
class Property:
    """Vintages by firm, property at the opening, and cost not yet financed by a draw."""

    vintages: dict[str, list[Vintage]] = field(factory=dict)
    opening_cents: dict[str, int] = field(factory=dict)
    unfinanced_cents: dict[str, int] = field(factory=dict)

    def apply(self, record: Record) -> None:
        """One more record."""
        event = record.event
        kind = type(event)
        if kind is c.GpusDelivered:
            self._bought(record, event.buyer, event.amount_cents)  # type: ignore[attr-defined]
        elif kind is c.CostsBilled and event.account == PROPERTY:  # type: ignore[attr-defined]
            self._bought(record, event.firm, event.amount_cents)  # type: ignore[attr-defined]
        elif kind in (c.BalanceBroughtForward, c.RolledForward) and event.account == PROPERTY:  # type: ignore[attr-defined]
            firm = event.firm  # type: ignore[attr-defined]
            self.opening_cents[firm] = self.opening_cents.get(firm, 0) + event.amount_cents  # type: ignore[attr-defined]

    def financed(self, borrower: str, drawn_cents: int, advance_ppm: int) -> None:
        """A draw at an advance rate covers so much of the cost that waited for it: the most that rounds to this draw."""
        covered = divide((2 * drawn_cents + 1) * PPM, 2 * advance_ppm) if advance_ppm else 0
        self.unfinanced_cents[borrower] = max(0, self.unfinanced_cents.get(borrower, 0) - covered)

    def _bought(self, record: Record, firm: str, cents: int) -> None:
        self.vintages.setdefault(firm, []).append(Vintage(record.date, cents))
        self.unfinanced_cents[firm] = self.unfinanced_cents.get(firm, 0) + cents
