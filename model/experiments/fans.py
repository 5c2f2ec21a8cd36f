"""The monthly series of a sweep's cells over its seeds: between which values half and nine in ten of the runs lie."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy
from attrs import frozen

from events.files import on_disk
from model.experiments.plan import Cell
from model.experiments.results import SERIES
from model.experiments.sweeps import Swept
from model.series import Monthly

PARTS = (0.05, 0.25, 0.5, 0.75, 0.95)


@frozen
class Fan:
    """A series of one cell: `bands` has, for each of `PARTS`, that quantile of `n` runs in each month."""

    cell: Cell
    name: str
    months: tuple[str, ...]
    bands: tuple[tuple[float, ...], ...]
    n: int


def fans(swept: Swept, cells: Sequence[Cell]) -> dict[str, list[Fan]]:
    """
    The fans of these cells by series, in the order of the cells; what no whole run has is left out.

    Returns:
        Nothing where the sweep's folder has no series: it was swept by a version that kept none.
    """
    wanted = {(cell.number, seed): cell for cell in cells for seed in swept.plan.seeds}
    whole = {(row.cell.number, row.seed) for row in swept.rows if row.whole}
    kept: dict[tuple[str, int], dict[int, list[int]]] = {}
    months: dict[int, tuple[str, ...]] = {}
    for number, seed, series in read(swept.folder / SERIES):
        if (number, seed) in wanted and (number, seed) in whole:
            months[number] = tuple(series.months)
            for name, line in series.lines.items():
                kept.setdefault((name, number), {})[seed] = line
    found: dict[str, list[Fan]] = {}
    for cell in cells:
        for name, number in kept:
            if number == cell.number:
                lines = list(kept[name, number].values())
                found.setdefault(name, []).append(_fan(cell, name, months[number], lines))
    return found


def read(path: Path) -> Iterator[tuple[int, int, Monthly]]:
    """(cell, seed, series) of each whole line of a sweep's series; a line that a kill has torn is passed over."""
    if not path.exists():
        return
    with on_disk(path), path.open("rb") as lines:
        for line in lines:
            try:
                found = json.loads(line)
                yield found["cell"], found["seed"], Monthly(found["first"], found["lines"])
            except (ValueError, KeyError, TypeError):
                continue


def _fan(cell: Cell, name: str, months: tuple[str, ...], lines: list[list[int]]) -> Fan:
    table = numpy.asarray(lines, dtype=float)
    bands = numpy.quantile(table, PARTS, axis=0)
    return Fan(cell, name, months, tuple(tuple(map(float, band)) for band in bands), len(lines))
