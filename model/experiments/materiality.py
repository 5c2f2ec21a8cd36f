"""
Materiality: what a run comes to when one assumption stands at either end of its range, and all others stay.

One at a time, with the seed of the scenario: it ranks assumptions for a reader, and sees no interaction between them.
"""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen

from events import catalogue as c
from events.problems import Problem
from model.assumptions import Assumption
from model.experiments.in_memory import run_in_memory
from model.experiments.many import ask_all
from model.outcomes import outcomes
from model.scenario import Loaded, load

QUARTER_DAYS = 91
CLASSES = ("who", "when", "how much", "little")
SIZE_PPM = 50_000  # a size has moved when it is a twentieth more or less


@frozen
class Came:
    """
    What a run came to: its last day, the day of the first missed payment ("" for none), who defaulted, and sizes.

    `receipts` are US cents paid for chips in the circle; `raised` US cents of equity that labs raised; `own_ppm` the
    maker's own money in its receipts, pro rata.
    """

    ends: str
    first_miss: str
    defaulted: tuple[str, ...]
    receipts_cents: int
    raised_cents: int
    own_ppm: int


@frozen
class Moved:
    """An assumption, and what the run came to at the low and at the high end; None where the end is refused."""

    assumption: Assumption
    low: Came | None
    high: Came | None

    def effect(self, base: Came) -> str:
        """One of `CLASSES`: who defaults, when the first payment is missed (by a quarter), a size, or little."""
        ends = [end for end in (self.low, self.high) if end is not None]
        if any(set(end.defaulted) != set(base.defaulted) for end in ends):
            return "who"
        if any(abs(days(end, base)) >= QUARTER_DAYS for end in ends):
            return "when"
        if any(_sizes_differ(end, base) for end in ends):
            return "how much"
        return "little"

    def reach(self, base: Came) -> int:
        """Days by which the first missed payment moves at most, either way."""
        return max((abs(days(end, base)) for end in (self.low, self.high) if end is not None), default=0)


def materiality(
    scenario: Path,
    sets: Sequence[str],
    rows: Sequence[Assumption],
    workers: int,
    told: Callable[[int, int], None] | None = None,
) -> tuple[Came, list[Moved]]:
    """
    The base run, and every assumption at both ends of its range, the most material first.

    Args:
        scenario: a file.
        sets: changes to it that hold in every run.
        rows: the assumptions to move.
        workers: processes.
        told: told (runs done, runs in all).
    """
    moves = [(f"{row.path}={row.low}", f"{row.path}={row.high}") for row in rows]
    questions = [(str(scenario), (*sets, end)) for pair in moves for end in pair]
    base = came_to(load(scenario, sets))
    ends = ask_all(come, questions, workers, told)
    moved = [Moved(row, *ends[2 * at : 2 * at + 2]) for at, row in enumerate(rows)]
    return base, sorted(moved, key=lambda one: (CLASSES.index(one.effect(base)), -one.reach(base), one.assumption.path))


def come(question: tuple[str, tuple[str, ...]]) -> Came | None:
    """One run; None where the scenario is refused at this end of a range."""
    scenario, sets = question
    try:
        loaded = load(scenario, sets)
    except Problem:
        return None
    return came_to(loaded)


def came_to(loaded: Loaded) -> Came:
    """What a scenario comes to, run in memory."""
    world = run_in_memory(loaded)
    found = outcomes(world.records, world.books, world.outside)
    filed = [record.event.firm for record in world.records if isinstance(record.event, c.Defaulted)]
    raised = sum(value for name, value in found.items() if name.startswith("equity_raised") and isinstance(value, int))
    return Came(
        ends=world.records[-1].date, first_miss=str(found["first_miss_date"]), defaulted=tuple(dict.fromkeys(filed)),
        receipts_cents=int(found["chips_receipts_cents"]), raised_cents=raised, own_ppm=int(found["own_pro_rata_ppm"]),
    )  # fmt: skip


def days(end: Came, base: Came) -> int:
    """Days by which the first missed payment comes later than in the base; one never missed counts as the day after."""
    return _day(end) - _day(base)


def _day(came: Came) -> int:
    if came.first_miss:
        return datetime.date.fromisoformat(came.first_miss).toordinal()
    return datetime.date.fromisoformat(came.ends).toordinal() + 1


def _sizes_differ(end: Came, base: Came) -> bool:
    pairs = (
        (end.receipts_cents, base.receipts_cents), (end.raised_cents, base.raised_cents), (end.own_ppm, base.own_ppm),
    )  # fmt: skip
    return any(abs(one - other) * 1_000_000 > SIZE_PPM * max(1, abs(other)) for one, other in pairs)
