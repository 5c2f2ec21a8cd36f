"""A run without files: the records and the books of a scenario, for whoever asks many runs a question."""

from collections.abc import Callable

from attrs import define, field, frozen

from events import codec
from events.books import Books
from events.record import Record
from model.run import economy_of
from model.scenario import Loaded


@define
class Lines:
    """Takes the place of a log: keeps the lines, forgets the seals."""

    lines: list[bytes] = field(factory=list)

    def append(self, line: bytes, date: str, closes: bool) -> None:
        """One more line."""
        self.lines.append(line)

    def seal(self, state: str) -> None:
        """Nobody is going to check."""


@frozen
class World:
    """A world that has run: its records, its books, and who stands outside the circle."""

    records: list[Record]
    books: Books
    outside: frozenset[str]


def run_in_memory(loaded: Loaded, progress: Callable[[int, int], None] | None = None) -> World:
    """
    Run a scenario to its end and keep everything in memory: some 50 MB for five years of the whole circle.

    Args:
        loaded: the scenario.
        progress: told (day, last day) at each month's end.
    """
    kept = Lines()
    economy = economy_of(loaded, kept)
    outside = economy.journal.outside
    while economy.running:
        economy.step()
        if progress:
            progress(economy.day, economy.calendar.ends_day)
    books = economy.retire()
    return World([codec.decode(line, f"line {seq}") for seq, line in enumerate(kept.lines)], books, outside)
