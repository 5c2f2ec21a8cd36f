"""A journal that keeps its lines in a list, and a short way to tell it what happens."""

from typing import Any

from events import catalogue as c
from events.journal import Journal
from events.record import Record
from tests.every_kind import example

OUTSIDE = ("consumers", "public", "world")


def compute_bill(claim: str, cents: int, debtor: str, creditor: str) -> c.ComputeBilled:
    """A month's compute, all of it taken and nothing prepaid."""
    return example(
        c.ComputeBilled, claim=claim, buyer=debtor, seller=creditor, taken_cents=cents, shortfall_cents=0,
        prepaid_cents=0, amount_cents=cents, due_day=30,
    )  # fmt: skip


class Told:
    """`lines` are those of the log; every event is dated and caused the same way unless a test says otherwise."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.journal = Journal(self.keep, OUTSIDE)
        self.books = self.journal.books

    def keep(self, line: bytes, date: str, closes: bool) -> None:
        self.lines.append(line)

    def record(self, event: c.Event, date: str = "2025-10-01", **place: Any) -> Record:
        """Record an event that the scenario schedules."""
        return self.journal.record(event, date, **({"cause": None, "actor": "scenario"} | place))

    def happens(self, kind: type[Any], **given: Any) -> Record:
        """Record an event of a kind, its other fields made up."""
        return self.record(example(kind, **given))

    def gives_cash(self, firm: str, cents: int) -> None:
        self.happens(c.BalanceBroughtForward, firm=firm, account="Assets:Cash", amount_cents=cents)

    def bills(self, claim: str, cents: int, debtor: str = "openai", creditor: str = "microsoft") -> Record:
        """A bill for compute."""
        return self.record(compute_bill(claim, cents, debtor, creditor))

    def pays(self, claim: str, cents: int, debtor: str = "openai", creditor: str = "microsoft") -> Record:
        return self.happens(c.ClaimPaid, claim=claim, debtor=debtor, creditor=creditor, amount_cents=cents)

    def state(self) -> tuple[Any, ...]:
        """All that an event could have changed: books, balances and log."""
        return repr(self.books), dict(self.books.ledger.balances), tuple(self.lines)
