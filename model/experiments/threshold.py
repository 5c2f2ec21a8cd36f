"""
The smallest value at which something happens: for each seed by halving, then the quantile over seeds.

With common random numbers each seed has a threshold of its own. It is found among equal steps between two ends by
halving, so that a seed costs as many runs as the steps have binary digits, and none twice. That at least a share p of
the seeds have come to it is the p-quantile of these thresholds, with an interval by order statistics that supposes no
distribution. Halving supposes that beyond its threshold a seed goes on fulfilling the condition: both ends are run too,
and seeds for which only the lower end fulfils it are told.
"""

from pathlib import Path
from typing import Any

from attrs import frozen

from model.experiments.condition import Condition
from model.experiments.plan import Cell, Plan, planned
from model.experiments.statistics import CONFIDENCE
from model.experiments.sweeps import Told, Work, at_work
from model.experiments.vary import Vary


@frozen
class Threshold:
    """
    What was found.

    `by_seed` has, for each seed that ran whole, the index of the first step that fulfils the condition, `len(values)`
    where none does. `at`, `low` and `high` are values of the p-quantile and its interval, "" beyond the highest step.
    """

    plan: Plan
    folder: Path
    condition: str
    share: float
    values: tuple[str, ...]
    by_seed: dict[int, int]
    at: str
    low: str
    high: str
    odd: tuple[int, ...]
    runs: int

    @property
    def n(self) -> int:
        return len(self.by_seed)


def plan_of(scenario: Path, sets: tuple[str, ...], vary: Vary, seeds: int) -> Plan:
    """The steps as cells of a plan, so that any of them can be run by itself."""
    return planned(scenario, sets, [vary], seeds, "threshold steps")


def threshold(
    plan: Plan, wanted: Condition, share: float, runs: Path, engine: Any, told: Told | None = None
) -> Threshold:
    """
    Halve, for every seed at once, until each has its step.

    Args:
        plan: cells in ascending order of the one path that is varied.
        wanted: what has to hold.
        share: of the seeds in which it has to, above 0 and at most 1.

    Raises:
        Usage: no run has such an outcome.
    """
    last = len(plan.cells) - 1
    with at_work(plan, runs, engine, told=told) as work:
        ends = [(plan.cells[at], seed) for seed in plan.seeds for at in (0, last)]
        work.run(ends, plan.size)
        bounds = {seed: _ends_of(work, plan, wanted, seed) for seed in plan.seeds}
        open_ = {seed: pair for seed, pair in bounds.items() if pair is not None}
        while halves := {seed: (one + two) // 2 for seed, (one, two) in open_.items() if two - one > 1}:
            work.run([(plan.cells[step], seed) for seed, step in halves.items()], plan.size)
            for seed, step in halves.items():
                below, above = open_[seed]
                held = _held(work, plan.cells[step], seed, wanted)
                if held is None:
                    del open_[seed]
                else:
                    open_[seed] = (below, step) if held else (step, above)
        rows = work.keep_table()
    found = {seed: high for seed, (_, high) in open_.items()}
    odd = tuple(seed for seed in plan.seeds if seed in found and _is_odd(work, plan, wanted, seed))
    values = tuple(cell.values[0][1] for cell in plan.cells)
    at, low, high = (_named(values, index) for index in quantile_of(sorted(found.values()), share))
    return Threshold(
        plan=plan, folder=work.folder, condition=str(wanted), share=share, values=values, by_seed=found, at=at, low=low,
        high=high, odd=odd, runs=len(rows),
    )  # fmt: skip


def _ends_of(work: Work, plan: Plan, wanted: Condition, seed: int) -> tuple[int, int] | None:
    """(the last step known not to fulfil it, the first known to); None where an end did not run whole."""
    last = len(plan.cells) - 1
    first_holds, last_holds = (_held(work, plan.cells[at], seed, wanted) for at in (0, last))
    if first_holds is None or last_holds is None:
        return None
    if first_holds:
        return (-1, 0)
    return (0, last) if last_holds else (last, last + 1)


def _held(work: Work, cell: Cell, seed: int, wanted: Condition) -> bool | None:
    answer = work.row(cell, seed)
    if answer is None or answer.status != "done":
        return None
    wanted.demand_known(answer.outcomes)
    return wanted.holds(answer.outcomes)


def _is_odd(work: Work, plan: Plan, wanted: Condition, seed: int) -> bool:
    """Whether the lowest step fulfils it and the highest does not."""
    return bool(_held(work, plan.cells[0], seed, wanted)) and not _held(work, plan.cells[-1], seed, wanted)


def quantile_of(ranks: list[int], share: float) -> tuple[int | None, int | None, int | None]:
    """
    The least value with at least this share of the sorted ones at or below it, and the ends of its interval.

    Source: order statistics and the binomial (Conover 1999, section 3.2). None for an end that so few cannot give.
    """
    from math import ceil

    from scipy import stats

    n = len(ranks)
    if not n:
        return None, None, None
    tail = (1 - CONFIDENCE) / 2
    at = ranks[max(0, ceil(share * n - 1e-9) - 1)]
    below, above = int(stats.binom.ppf(tail, n, share)), int(stats.binom.ppf(1 - tail, n, share)) + 1
    return at, ranks[below - 1] if below >= 1 else None, ranks[above - 1] if above <= n else None


def _named(values: tuple[str, ...], index: int | None) -> str:
    return values[index] if index is not None and index < len(values) else ""
