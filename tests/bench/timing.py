"""CPU seconds of this process, and how a figure is told beside its floor."""

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any


def cpu(work: Callable[[], Any]) -> float:
    """CPU seconds, user and system, of one call."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def median_cpu(works: dict[str, Callable[[], Any]], rounds: int = 5) -> dict[str, float]:
    """The median of each, taken in turns, so that all of them meet the same machine."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(cpu(work))
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def tell(what: str, value: float, unit: str, floor: float, *, at_most: bool = False) -> None:
    """One row: the figure, its floor (or the most it may be), and whether it is reached."""
    reached = value <= floor if at_most else value >= floor
    bound = "at most" if at_most else "at least"
    print(f"  {what:<42}{value:>12,.2f} {unit:<14} {bound} {floor:>10,.2f}  {'reached' if reached else 'MISSED'}")
