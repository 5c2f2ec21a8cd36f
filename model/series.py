"""
The main series of a run, a value a month: what fan charts and small multiples are drawn from.

From the records alone, so that a log of any age has them. Amounts in US cents; what flows is summed over a month, what
stands is as of its end, and what is counted is counted from the opening.
"""

from collections.abc import Collection, Iterable

from attrs import define, field, frozen

from events import catalogue as c
from events.accounts import CASH, LOAN
from events.record import Record
from events.units import USD

FLOWS = ("users_paid_cents", "chips_delivered_cents")
STANDS = ("cash_cents", "loans_cents")
COUNTS = ("missed_cents", "defaults")
ALONE = ("ai_lab", "neocloud")  # trades whose firms have a line of cash of their own


@frozen
class Monthly:
    """`first` is the month, as YYYY-MM, of the first value of each of `lines`; all are as long."""

    first: str
    lines: dict[str, list[int]]

    @property
    def months(self) -> list[str]:
        """The month of each value."""
        start = int(self.first[:4]) * 12 + int(self.first[5:7]) - 1 if self.first else 0
        count = len(next(iter(self.lines.values()), []))
        return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(start, start + count)]


@define
class _Fold:
    outside: Collection[str]
    first: str = ""
    month: str = ""
    done: int = 0
    lines: dict[str, list[int]] = field(factory=dict)
    values: dict[str, int] = field(factory=lambda: dict.fromkeys((*FLOWS, *STANDS, *COUNTS), 0))
    own: dict[str, str] = field(factory=dict)  # firm: name of its line

    def apply(self, record: Record) -> None:
        month = record.date[:7]
        if month != self.month:
            self.close()
            self.first, self.month = self.first or month, month
        event = record.event
        if isinstance(event, c.FirmFounded) and event.trade in ALONE:
            self.own[event.firm] = f"cash_cents.{event.firm}"
            self.values[self.own[event.firm]] = 0
        elif isinstance(event, c.CustomersServed):
            self.values["users_paid_cents"] += event.amount_cents
        elif isinstance(event, c.GpusDelivered):
            self.values["chips_delivered_cents"] += event.amount_cents
        elif isinstance(event, c.PaymentMissed):
            self.values["missed_cents"] += event.amount_cents
        elif isinstance(event, c.Defaulted):
            self.values["defaults"] += 1
        for firm, account, asset, quantity in record.post:
            if asset == USD and firm not in self.outside:
                self._post(firm, account, quantity)

    def _post(self, firm: str, account: str, cents: int) -> None:
        if account == CASH:
            self.values["cash_cents"] += cents
            if firm in self.own:
                self.values[self.own[firm]] += cents
        elif account == LOAN:
            self.values["loans_cents"] -= cents  # a liability stands on the books below zero

    def close(self) -> None:
        """The month is over: each line gets its value."""
        if not self.month:
            return
        for name, value in self.values.items():
            self.lines.setdefault(name, [0] * self.done).append(value)
        self.done += 1
        for name in FLOWS:
            self.values[name] = 0


def monthly(records: Iterable[Record], outside: Collection[str]) -> Monthly:
    """
    The series of a log.

    Args:
        records: from the first one on; every month has at least one.
        outside: the account holders outside the circle, whose cash does not count.
    """
    fold = _Fold(outside)
    for record in records:
        fold.apply(record)
    fold.close()
    return Monthly(fold.first, fold.lines)
