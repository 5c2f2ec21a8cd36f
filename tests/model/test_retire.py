"""
Mesa keeps every model alive; ours takes nothing with it.
"""

import gc
import weakref
from pathlib import Path

from model.run import economy_of
from model.scenario import load

TINY = Path(__file__).resolve().parents[2] / "scenarios" / "tiny.yaml"


class Nowhere:
    """A sink that keeps nothing."""

    def append(self, line: bytes, date: str, closes: bool) -> None:
        """The line is gone."""

    def seal(self, state: str) -> None:
        """Nothing is sealed."""


def test_a_retired_economy_holds_neither_its_journal_nor_its_clock_nor_its_firms():
    """
    A thousand runs in one process then need the memory of one.
    """
    economy = economy_of(load(TINY), Nowhere())
    while economy.running:
        economy.step()
    held = [weakref.ref(economy.journal), weakref.ref(economy.env), weakref.ref(next(iter(economy.firms.values())))]

    books = economy.retire()
    gc.collect()

    assert books.ended
    assert [ref() for ref in held] == [None, None, None]
