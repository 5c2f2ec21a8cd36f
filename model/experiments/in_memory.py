"""A run without files: the records and the books of a scenario, for whoever asks many runs a question."""

from collections.abc import Callable

from attrs import define, field, frozen

from events import codec
from events.books import Books
from events.log import Genesis, Seal
from events.record import Record
from model.run import economy_of, genesis_of
from model.scenario import Loaded


@define
class Lines:
    """Takes the place of a log: keeps the lines, and of the seals the last hash, as a log on disk would have it."""

    genesis: Genesis
    lines: list[bytes] = field(factory=list)
    head: str = field(init=False)
    _start: int = 0  # of the block that is not sealed yet
    _size: int = 0
    _blocks: int = 0

    def __attrs_post_init__(self) -> None:
        self.head = self.genesis.digest()

    def append(self, line: bytes, date: str, closes: bool) -> None:
        """One more line; a block that is full is sealed."""
        self.lines.append(line)
        self._size += len(line)
        full = len(self.lines) - self._start >= self.genesis.block_events or self._size >= self.genesis.block_bytes
        if full and not closes:
            self.seal("")

    def seal(self, state: str) -> None:
        """Seal what came since the last seal."""
        block = self.lines[self._start :]
        seal = Seal.of(self._blocks, self._start, len(block), b"".join(block), self.head, state)
        self.head, self._start, self._size, self._blocks = seal.hash, len(self.lines), 0, self._blocks + 1


@frozen
class World:
    """A world that has run: its records, its books, who stands outside the circle, and the head of its log."""

    records: list[Record]
    books: Books
    outside: frozenset[str]
    head: str


def run_in_memory(loaded: Loaded, progress: Callable[[int, int], None] | None = None) -> World:
    """
    Run a scenario to its end and keep everything in memory: some 50 MB for five years of the whole circle.

    Args:
        loaded: the scenario.
        progress: told (day, last day) at each month's end.
    """
    kept = Lines(genesis_of(loaded))
    economy = economy_of(loaded, kept)
    outside = economy.journal.outside
    while economy.running:
        economy.step()
        if progress:
            progress(economy.day, economy.calendar.ends_day)
    books = economy.retire()
    records = [codec.decode(line, f"line {seq}") for seq, line in enumerate(kept.lines)]
    return World(records, books, outside, kept.head)
