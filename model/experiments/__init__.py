"""
Runs over parameters and seeds. In a notebook::

    from model.experiments import sweep
    sweep("bubble", ["shocks.demand.depth=20 %,40 %"], seeds=10).to_pandas()
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.experiments.sweeps import Swept


def sweep(
    scenario: str | Path,
    vary: Sequence[str] = (),
    *,
    sets: Sequence[str] = (),
    seeds: int = 10,
    design: str = "grid",
    samples: int = 0,
    runs: str | Path = "runs",
    workers: int = 1,
    keep_logs: bool = False,
) -> "Swept":
    """
    The command `sweep` as a function; it keeps the same folder, and goes on where that stopped.

    Args:
        scenario: a file, or the name of one under `scenarios/`.
        vary: paths with their values, as `--vary` takes them.
        sets: changes that hold in every cell.
        seeds: seeds 1 to so many.
        design: `grid`, or `lhs` with so many `samples`.
        runs: where sweeps are kept.
        workers: processes; with more than one, a script needs its `if __name__ == "__main__":`.
        keep_logs: whether each run's log is kept.

    Returns:
        Rows in the order of the plan; `.table()`, `.to_pandas()` and `.to_polars()` are the table.

    Raises:
        Problem: what was asked for cannot be meant, or the disk refused; see `events.problems`.
    """
    from model.experiments import sweeps
    from model.experiments.engine import InThisProcess, Processes
    from model.experiments.plan import planned
    from model.experiments.vary import parse
    from model.scenario import find

    path = scenario if isinstance(scenario, Path) else find(scenario)
    plan = planned(path, sets, [parse(text) for text in vary], seeds, design, samples, keep_logs)
    return sweeps.sweep(plan, Path(runs), Processes(workers) if workers > 1 else InThisProcess())
