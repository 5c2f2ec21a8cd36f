"""
Where in the space of parameters something happens: boxes that a regression tree cuts, with coverage and density.

Scenario discovery (Bryant and Lempert, Technological Forecasting and Social Change 77, 2010) with CART (Breiman et al.
1984, by scikit-learn) as the cutter. Coverage is the part of all cases that lies in a box, density the part of a box's
runs that are cases.
"""

import math
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from events.problems import Usage
from model.experiments.condition import Condition
from model.experiments.statistics import Estimate, share
from model.experiments.sweeps import Swept
from model.experiments.vary import number_of

DEEPEST = 3  # cuts a box: more than three conditions nobody remembers
LEAST = 0.05  # of all runs, below which a box is an anecdote
SEED = 20250930


@frozen
class Cut:
    """A path and the ends between which a box lies; None for no end. In the unit that the sweep varied it in."""

    path: str
    above: float | None
    below: float | None
    unit: str


@frozen
class Box:
    """A box: its cuts, how many runs and cases are in it, coverage, and density with its interval."""

    cuts: tuple[Cut, ...]
    runs: int
    cases: int
    coverage: float
    density: Estimate


def boxes(swept: Swept, wanted: Condition) -> list[Box]:
    """
    The boxes in which cases are denser than in all runs, the one with the largest coverage first.

    Raises:
        Usage: nothing was varied in numbers, no run is whole, or all or none are cases.
    """
    rows = [row for row in swept.rows if row.whole]
    paths = [at for at, _ in enumerate(swept.plan.paths) if all(_is_number(row.cell.values[at][1]) for row in rows)]
    if not rows or not paths:
        raise Usage("no whole run, or nothing varied in numbers; sweep with --design lhs over ranges", swept.plan.name)
    wanted.demand_known(rows[0].outcomes)
    cases = [wanted.holds(row.outcomes) for row in rows]
    if len(set(cases)) == 1:
        which = "every run" if cases[0] else "no run"
        raise Usage(f"{which} fulfils {wanted}, so there is no region to find; widen the ranges", swept.plan.name)
    points = [[number_of(row.cell.values[at][1]) or 0.0 for at in paths] for row in rows]
    tree, leaves = _grown(points, cases)
    names = [swept.plan.paths[at] for at in paths]
    units = [rows[0].cell.values[at][1].partition(" ")[2] for at in paths]
    found = [_box(tree, leaf, leaves, cases, names, units) for leaf in sorted(set(leaves))]
    base = sum(cases) / len(cases)
    dense = [box for box in found if box.runs and box.cases / box.runs > base]
    return sorted(dense, key=lambda box: (-box.coverage, box.runs))


def _is_number(text: str) -> bool:
    return number_of(text) is not None


def _grown(points: Sequence[Sequence[float]], cases: Sequence[bool]) -> tuple[Any, list[int]]:
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise Usage("this needs scikit-learn; install the extra: pip install -e '.[sensitivity]'", "discover") from None
    least = max(2, math.ceil(LEAST * len(cases)))
    grown = DecisionTreeClassifier(
        max_depth=DEEPEST, min_samples_leaf=least, random_state=SEED, ccp_alpha=0.005
    ).fit(points, cases)  # fmt: skip
    return grown.tree_, [int(leaf) for leaf in grown.apply(points)]


def _box(
    tree: Any, leaf: int, leaves: Sequence[int], cases: Sequence[bool], names: Sequence[str], units: Sequence[str]
) -> Box:
    inside = [case for at, case in zip(leaves, cases, strict=True) if at == leaf]
    ends: dict[int, list[float | None]] = {}
    for feature, edge, is_below in _way(tree, leaf):
        low, high = ends.setdefault(feature, [None, None])
        ends[feature] = [low, edge if high is None else min(high, edge)] if is_below else [
            edge if low is None else max(low, edge), high,
        ]  # fmt: skip
    cuts = tuple(Cut(names[at], low, high, units[at]) for at, (low, high) in sorted(ends.items()))
    hits = sum(inside)
    return Box(cuts, len(inside), hits, hits / sum(cases), share(hits, len(inside)))


def _way(tree: Any, leaf: int) -> list[tuple[int, float, bool]]:
    """The cuts from the root to a leaf: (feature, edge, whether the leaf lies below it)."""
    parents: dict[int, tuple[int, bool]] = {}
    for node in range(tree.node_count):
        if tree.children_left[node] >= 0:
            parents[int(tree.children_left[node])] = (node, True)
            parents[int(tree.children_right[node])] = (node, False)
    way, at = [], leaf
    while at in parents:
        at, is_below = parents[at]
        way.append((int(tree.feature[at]), float(tree.threshold[at]), is_below))
    return way
