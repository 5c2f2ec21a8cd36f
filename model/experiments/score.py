"""Scoring a world against its marks, over seeds."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from attrs import frozen

from model.experiments.in_memory import run_in_memory
from model.experiments.many import ask_all
from model.scenario import Loaded, load
from model.targets import Mark, Targets, measured

Question = tuple[str, str, tuple[str, ...]]  # scenario, targets, what is set


@frozen
class Scored:
    """
    A mark and what a world says of it over seeds.

    `values` in cents or kilowatts, one a seed; none where the firm or contract is not in this world. `hits` counts the
    seeds within the mark; it is hit where the median is.
    """

    name: str
    mark: Mark
    values: tuple[int, ...]
    source: str
    date: str
    confidence: str

    @property
    def median(self) -> int:
        return round(median(self.values)) if self.values else 0

    @property
    def hits(self) -> int:
        return sum(self.mark.low <= value <= self.mark.high for value in self.values)

    @property
    def verdict(self) -> str:
        """`hit`, `miss`, or `absent`."""
        if not self.values:
            return "absent"
        return "hit" if self.mark.low <= self.median <= self.mark.high else "miss"


def targets_in(path: Path) -> Loaded:
    """
    The marks in a file.

    Raises:
        BadScenario: with all that is wrong with it.
        Usage: there is no such file.
    """
    return load(path, schema=Targets)


def score(
    scenario: Path, targets: Path, seeds: list[int], workers: int, told: Callable[[int, int], None] | None = None
) -> list[Scored]:
    """
    Every mark of a file, measured in a world over seeds.

    Args:
        scenario, targets: files.
        seeds: of the runs, one after the other; seeds are common to all marks.
        workers: processes.
        told: told (runs done, runs in all).
    """
    known = targets_in(targets)
    questions = [(str(scenario), str(targets), (f"seed={seed}",)) for seed in seeds]
    answers = ask_all(measure_once, questions, workers, told)
    rows = []
    for name, mark in known.scenario.marks.items():
        origin = known.origins.get(f"marks.{name}.{'target' if mark.target_cents else 'power'}", {})
        values = tuple(value for answer in answers if (value := answer[name]) is not None)
        rows.append(
            Scored(
                name, mark, values, str(origin.get("source", "")), str(origin.get("date", "")),
                str(origin.get("confidence", "")),
            )
        )  # fmt: skip
    return rows


def measure_once(question: Question) -> dict[str, int | None]:
    """One run, and what it says of each mark."""
    scenario, targets, sets = question
    world = run_in_memory(load(scenario, sets))
    marks = targets_in(Path(targets)).scenario.marks
    return {name: measured(mark, world) for name, mark in marks.items()}
