"""
Mesa keeps every model alive; ours takes nothing with it.
"""

import gc
import weakref

from tests.kept import opened


def test_a_retired_economy_holds_neither_its_journal_nor_its_clock_nor_its_firms():
    """
    A thousand runs in one process then need the memory of one.
    """
    economy, _ = opened("tiny")
    while economy.running:
        economy.step()
    held = [weakref.ref(economy.journal), weakref.ref(economy.env), weakref.ref(next(iter(economy.firms.values())))]

    books = economy.retire()
    gc.collect()

    assert books.ended
    assert [ref() for ref in held] == [None, None, None]
