"""
Sweeps side by side: which inputs differ, and how outcomes of the cells that they share differ, seed by seed.

Each sweep after the first is held against the first one, over the seeds that both ran whole. Where the sweeps varied
the same paths, cells are the same if their values are; a sweep that varied nothing is one cell; else the cells are
paired by their place, if there are as many.
"""

from collections.abc import Sequence

from attrs import frozen

from events.problems import Usage
from model.compare import Parameter, parameters
from model.experiments.kept import Kept
from model.experiments.plan import Cell
from model.experiments.results import Row
from model.experiments.statistics import Estimate, Paired, mean, paired, share, survival
from model.experiments.summary import by_seed, date_of, known_outcomes, near, span_of

COUNTED = "defaults"


@frozen
class Difference:
    """One outcome of one pair of cells: `other` less `base` over their shared seeds; the means of those two beside."""

    outcome: str
    base: Estimate
    other: Estimate
    difference: Paired


@frozen
class Pair:
    """A cell of the first sweep, that of another, how many seeds they share, and all that differs in numbers."""

    base: Cell
    other: Cell
    seeds: int
    defaulting: tuple[Estimate, Estimate]
    medians: tuple[float | None, float | None]
    differences: tuple[Difference, ...]


@frozen
class SweepsBeside:
    """`pairs` belong to the sweeps after the first. The day of a median counts from the opening."""

    names: tuple[str, ...]
    sweeps: tuple[Kept, ...]
    parameters: tuple[Parameter, ...]
    pairs: tuple[tuple[Pair, ...], ...]


def beside(names: Sequence[str], sweeps: Sequence[Kept], outcomes: Sequence[str] = ()) -> SweepsBeside:
    """
    Hold sweeps against the first one.

    Args:
        names: of the sweeps, for people.
        outcomes: only these; all that differ anywhere, the surest differences first, if none is named.

    Raises:
        Usage: cells cannot be paired, sweeps share no seed, or an outcome is not there.
    """
    known = known_outcomes([row for kept in sweeps for row in kept.swept.rows])
    for name in outcomes:
        if name not in known:
            raise Usage(f"no outcome of this name that is a number; did you mean {near(name, known)}?", name)
    first = sweeps[0]
    pairs = tuple(_pairs(first, other, list(outcomes) or known, bool(outcomes)) for other in sweeps[1:])
    return SweepsBeside(tuple(names), tuple(sweeps), parameters([kept.tree for kept in sweeps]), pairs)


def _pairs(base: Kept, other: Kept, outcomes: Sequence[str], all_of_them: bool) -> tuple[Pair, ...]:
    matched = _matched(base, other)
    found = [_pair(base, other, cells, outcomes, all_of_them) for cells in matched]
    if not any(pair.seeds for pair in found):
        raise Usage(
            "these sweeps share no seed that ran whole in both; run both over the same seeds", other.swept.folder
        )
    return tuple(found)


def _matched(base: Kept, other: Kept) -> list[tuple[Cell, Cell]]:
    ones, others = base.swept.plan.cells, other.swept.plan.cells
    if base.swept.plan.paths == other.swept.plan.paths:
        by_values = {cell.values: cell for cell in others}
        same = [(cell, by_values[cell.values]) for cell in ones if cell.values in by_values]
        if same:
            return same
    if len(ones) == 1 or len(others) == 1:
        return [(one, two) for one in ones for two in others]
    if len(ones) != len(others):
        found = f"{len(ones)} and {len(others)} cells, none with the same values"
        raise Usage(
            f"{found}; sweep the same paths over the same values, or give sweeps of one cell", other.swept.folder
        )
    return list(zip(ones, others, strict=True))


def _pair(base: Kept, other: Kept, cells: tuple[Cell, Cell], outcomes: Sequence[str], all_of_them: bool) -> Pair:
    one = {row.seed: row for row in base.swept.of(cells[0].number)}
    two = {row.seed: row for row in other.swept.of(cells[1].number)}
    seeds = sorted(one.keys() & two.keys())
    left, right = [one[seed] for seed in seeds], [two[seed] for seed in seeds]
    rows = [_difference(name, left, right) for name in outcomes]
    if not all_of_them:
        rows = sorted((row for row in rows if _moves(row)), key=_surest)
    return Pair(
        cells[0], cells[1], len(seeds),
        (_defaulting(left), _defaulting(right)), (_median(base, left), _median(other, right)), tuple(rows),
    )  # fmt: skip


def _difference(name: str, left: Sequence[Row], right: Sequence[Row]) -> Difference:
    one, two = by_seed(left, name), by_seed(right, name)
    return Difference(name, mean(list(one.values())), mean(list(two.values())), paired(one, two))


def _moves(row: Difference) -> bool:
    estimate = row.difference.by_t
    return bool(estimate.n) and estimate.value != 0


def _surest(row: Difference) -> tuple[float, str]:
    """By how many half intervals the difference is away from nothing; of a single seed, or without scatter, by name."""
    estimate = row.difference.by_t
    half = estimate.halfwidth
    return (-abs(estimate.value) / half if half > 0 else float("-inf") if half == 0 else 0.0, row.outcome)


def _defaulting(rows: Sequence[Row]) -> Estimate:
    return share(sum(bool(row.outcomes[COUNTED]) for row in rows), len(rows))


def _median(kept: Kept, rows: Sequence[Row]) -> float | None:
    return survival(*span_of(kept.tree), [date_of(row, "first_default_date") for row in rows]).median()
