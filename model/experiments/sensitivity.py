"""
Which assumption moves an outcome: Morris's screening and Sobol's indices over declared ranges, by SALib.

Each sample is a cell of a plan, run with the same seeds, and stands for the mean of the outcome over them. What may
never happen within the world is told as a day: that of the first default or missed payment, the day after the end where
there is none; such a day is for ranking, and is no estimate of a date.

Sources: Morris, Technometrics 33 (1991), with mu* of Campolongo et al. 2007; Sobol 2001, Saltelli et al. 2010;
Herman and Usher, SALib, Journal of Open Source Software 2 (2017).
"""

import datetime
import difflib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from events.problems import Usage
from model.assumptions import assumed
from model.experiments.plan import MOST_RUNS, Cell, Plan, planned, try_on
from model.experiments.results import Row
from model.experiments.sweeps import Swept
from model.experiments.vary import Vary, between, number_of
from model.scenario import load

DESIGN_SEED = 20250930
LEVELS = 4  # of Morris's grid
DAYS = {"first_default_day": "first_default_date", "first_miss_day": "first_miss_date"}


@frozen
class Effect:
    """
    What a path does to the outcome, in the outcome's unit (Morris) or as a part of its variance (Sobol).

    Morris: `main` is mu*, the mean size of the change from end to end of the range, `other` sigma, how much that
    depends on the rest. Sobol: `main` is the first-order index, `other` the total one. With half their 95 % intervals.
    """

    path: str
    main: float
    main_half: float
    other: float
    other_half: float


def ranges_of(scenario: Path, sets: Sequence[str], owner: str = "") -> list[Vary]:
    """
    All assumptions of a scenario whose ranges have numbers or dates for ends, or only those of one owner.

    Raises:
        Usage: there is none.
    """
    loaded = load(scenario, sets)
    rows = [row for row in assumed(loaded) if not owner or row.owner == owner]
    found = [
        Vary(row.path, (), row.low, row.high) for row in rows
        if row.low != row.high and number_of(row.low) is not None and number_of(row.high) is not None
    ]  # fmt: skip
    if not found:
        raise Usage("no assumption with a range of numbers; name another owner, or give --vary PATH=low:high", owner)
    return found


def plan_of(
    scenario: Path, sets: Sequence[str], ranges: Sequence[Vary], seeds: int, method: str, samples: int
) -> tuple[Plan, Any]:
    """
    The plan of a study, and the points of the unit cube that its cells stand for, shape (cells, paths).

    Args:
        method: `morris` (samples x (paths + 1) cells) or `sobol` (samples x (paths + 2) cells, samples a power of two).

    Raises:
        Usage: too many runs, samples that the method does not take, or the extra is not installed.
        BadScenario: an end of a range is refused.
    """
    cells = samples * (len(ranges) + (1 if method == "morris" else 2))
    if not 0 < cells * seeds <= MOST_RUNS:
        raise Usage(f"{cells:,} cells with {seeds} seeds; plan 1 to {MOST_RUNS:,} runs", "--samples")
    if method == "sobol" and samples & (samples - 1):
        raise Usage("Sobol's sequence takes a power of two; write such as 64 or 128", "--samples")
    points = _sample(method, _problem(ranges), samples)
    columns = [
        between(one.low, one.high, [Fraction(float(part)) for part in column], one.path)
        for one, column in zip(ranges, points.T, strict=True)
    ]
    base = planned(scenario, sets, [Vary(one.path, (one.low, one.high)) for one in ranges[:1]], seeds, method)
    for one in ranges[1:]:
        try_on(scenario, sets, one)
    paths = tuple(one.path for one in ranges)
    listed = [
        Cell(number, tuple(zip(paths, row, strict=True))) for number, row in enumerate(zip(*columns, strict=True))
    ]
    return evolve(base, design=f"{method} {samples}", paths=paths, cells=tuple(listed)), points


def effects(swept: Swept, points: Any, method: str, ranges: Sequence[Vary], outcome: str) -> list[Effect]:
    """
    The effect of each path, the largest first.

    Raises:
        Usage: a cell has no whole run, or there is no such outcome.
    """
    import numpy

    scenario = load(swept.plan.scenario, swept.plan.sets).scenario
    span = (datetime.date.fromisoformat(scenario.opens).toordinal(), scenario.ends_day)
    values = numpy.array([_mean(swept.of(cell.number), outcome, span) for cell in swept.plan.cells])
    problem = _problem(ranges)
    rows = _morris(problem, points, values) if method == "morris" else _sobol(problem, values)
    return sorted((Effect(one.path, *row) for one, row in zip(ranges, rows, strict=True)), key=lambda one: -one.main)


def _mean(rows: Sequence[Row], outcome: str, span: tuple[int, int]) -> float:
    if not rows:
        raise Usage("a cell has no whole run, so nothing can be said of the rest; see results.parquet", outcome)
    return sum(_number(row, outcome, span) for row in rows) / len(rows)


def _number(row: Row, outcome: str, span: tuple[int, int]) -> float:
    if outcome in DAYS:
        opens, ends = span
        date = str(row.outcomes[DAYS[outcome]])
        return datetime.date.fromisoformat(date).toordinal() - opens if date else ends + 1
    found = row.outcomes.get(outcome)
    if not isinstance(found, int):
        names = [*DAYS, *(name for name, value in row.outcomes.items() if isinstance(value, int))]
        near = " or ".join(difflib.get_close_matches(outcome, names, 2, 0.0))
        raise Usage(f"no outcome of this name that is a number; did you mean {near}?", outcome)
    return float(found)


def _problem(ranges: Sequence[Vary]) -> dict[str, Any]:
    return {"num_vars": len(ranges), "names": [one.path for one in ranges], "bounds": [[0.0, 1.0]] * len(ranges)}


def _sample(method: str, problem: dict[str, Any], samples: int) -> Any:
    try:
        from SALib.sample import morris, sobol
    except ImportError:
        raise Usage("this needs SALib; install the extra: pip install -e '.[sensitivity]'", "sensitivity") from None
    if method == "morris":
        return morris.sample(problem, samples, num_levels=LEVELS, seed=DESIGN_SEED)
    return sobol.sample(problem, samples, calc_second_order=False, seed=DESIGN_SEED)


def _morris(problem: dict[str, Any], points: Any, values: Any) -> list[tuple[float, float, float, float]]:
    from SALib.analyze import morris

    found = morris.analyze(problem, points, values, num_levels=LEVELS, seed=DESIGN_SEED)
    rows = zip(found["mu_star"], found["mu_star_conf"], found["sigma"], strict=True)
    return [(float(mu), float(half), float(sigma), float("nan")) for mu, half, sigma in rows]


def _sobol(problem: dict[str, Any], values: Any) -> list[tuple[float, float, float, float]]:
    from SALib.analyze import sobol

    if values.std() == 0:
        return [(0.0, 0.0, 0.0, 0.0)] * problem["num_vars"]  # nothing moves it
    found = sobol.analyze(problem, values, calc_second_order=False, seed=DESIGN_SEED)
    rows = zip(found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in rows]
