"""The one place where anything happens: check, stamp, append, apply."""

from collections.abc import Callable, Collection

from events import codec
from events.books import Books
from events.catalogue import Event
from events.identities import settle
from events.log import state_digest
from events.postings import postings
from events.problems import AccountingBroken
from events.record import Record
from events.refusals import refusal

Append = Callable[[bytes, str, bool], None]


class Journal:
    """
    Books, and the log that they follow from.

    Args:
        append: takes (line, date, closes) of each record, in order.
        outside: the account holders that may hold negative assets.
    """

    def __init__(self, append: Append, outside: Collection[str]) -> None:
        self.books = Books()
        self.outside = frozenset(outside)
        self._append = append

    def record(
        self, event: Event, date: str, *, cause: int | None, corr: str = "", actor: str = "model", closes: bool = False
    ) -> Record:
        """
        Make an event happen: its postings must balance and keep every floor, or nothing happens at all.

        Raises:
            AccountingBroken: an identity or a floor would be broken; books and log are as before.
        """
        why = self._groundless(cause, actor) or refusal(self.books, event)
        if why:
            raise self._refused(event, date, f"was refused: {why}; nothing was recorded")
        post = postings(event)
        books, ledger = self.books, self.books.ledger
        keys = len(ledger.balances)
        broken = settle(post, ledger, self.outside)
        if broken:
            ledger.undo(post, keys)
            raise self._refused(event, date, f"was refused: {broken}; nothing was recorded")
        record = Record(books.seq + 1, date, event, cause, corr, actor, post)
        try:
            self._append(codec.encode(record), date, closes)
        except BaseException:
            ledger.undo(post, keys)
            raise
        books.follow(record, event, type(event))
        return record

    def _groundless(self, cause: int | None, actor: str) -> str:
        if cause is None:
            return "" if actor == "scenario" else f"{actor} names no cause; only what the scenario schedules may"
        return "" if 0 <= cause <= self.books.seq else f"its cause {cause} has not happened before it"

    def _refused(self, event: Event, date: str, why: str) -> AccountingBroken:
        return AccountingBroken(f"a {type(event).__name__} {why}", where=f"{date}:{self.books.seq + 1}")

    def state(self) -> str:
        """The digest of every balance, as a month's seal carries it."""
        return state_digest(self.books.ledger.balances)
