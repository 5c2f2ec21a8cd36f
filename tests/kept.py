"""A sink that keeps the lines of a run in memory, and a world run into it."""

from collections.abc import Sequence
from pathlib import Path

from events import codec
from events.record import Record
from model.economy import Economy
from model.run import economy_of
from model.scenario import load

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


class Kept:
    """Takes what a log would take; nothing is sealed."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def append(self, line: bytes, date: str, closes: bool) -> None:
        self.lines.append(line)

    def seal(self, state: str) -> None:
        """Nothing is sealed here."""

    def records(self) -> list[Record]:
        """What was kept, in order."""
        return [codec.decode(line, "kept") for line in self.lines]


def opened(scenario: str, sets: Sequence[str] = ()) -> tuple[Economy, Kept]:
    """A world of ours at its opening, and what it will tell."""
    kept = Kept()
    return economy_of(load(SCENARIOS / f"{scenario}.yaml", sets), kept), kept


def whole(scenario: str, sets: Sequence[str] = ()) -> list[Record]:
    """The records of a world from its opening to its end."""
    economy, kept = opened(scenario, sets)
    while economy.running:
        economy.step()
    return kept.records()
