"""A sweep in a row a cell: shares, dates and means with their intervals, and differences to the first cell by seed."""

import json
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from events.problems import Usage
from model.experiments.plan import Cell
from model.experiments.results import Row
from model.experiments.statistics import Estimate, Paired, Survival, mean, paired, share, survival
from model.experiments.sweeps import SCENARIO, Swept


@frozen
class CellSummary:
    """
    What a cell's seeds say.

    `defaulting` is the share of seeds with a default; `first_default` and `first_miss` the curves until the first;
    `means` and `differences` (to the first cell, seed by seed) are by outcome.
    """

    cell: Cell
    n: int
    failed: int
    defaulting: Estimate
    first_default: Survival
    first_miss: Survival
    means: dict[str, Estimate]
    differences: dict[str, Paired]


@frozen
class Summary:
    """A row a cell, in the order of the plan; `outcomes` were asked for; the world opens and ends on these dates."""

    opens: str
    ends: str
    outcomes: tuple[str, ...]
    cells: tuple[CellSummary, ...]


def summed_up(swept: Swept, outcomes: Sequence[str] = ()) -> Summary:
    """
    The summary of a sweep.

    Raises:
        Usage: an outcome that no run has, or that is no number; the nearest names are given.
    """
    names = known_outcomes(swept.rows)
    for name in outcomes:
        if name not in names:
            raise Usage(f"no outcome of this name that is a number; did you mean {near(name, names)}?", name)
    opens, ends = span_of(json.loads((swept.folder / SCENARIO).read_bytes()))
    rows = {cell.number: swept.of(cell.number) for cell in swept.plan.cells}
    base = swept.plan.cells[0].number
    cells = [
        _summed(cell, rows[cell.number], rows[base], swept, (opens, ends), outcomes) for cell in swept.plan.cells
    ]
    return Summary(opens, ends, tuple(outcomes), tuple(cells))


def known_outcomes(rows: Sequence[Row]) -> list[str]:
    """The outcomes that are numbers in some run, in order of name."""
    return sorted({name for row in rows for name, value in row.outcomes.items() if isinstance(value, int)})


def by_seed(rows: Sequence[Row], name: str) -> dict[int, float]:
    """An outcome by seed, where a run has it."""
    return {row.seed: float(value) for row in rows if isinstance(value := row.outcomes.get(name), int)}


def _summed(
    cell: Cell, rows: list[Row], base: list[Row], swept: Swept, span: tuple[str, str], outcomes: Sequence[str]
) -> CellSummary:
    failed = sum(row.cell.number == cell.number for row in swept.failed)
    hits = sum(bool(row.outcomes["defaults"]) for row in rows)
    return CellSummary(
        cell=cell, n=len(rows), failed=failed, defaulting=share(hits, len(rows)),
        first_default=survival(*span, [date_of(row, "first_default_date") for row in rows]),
        first_miss=survival(*span, [date_of(row, "first_miss_date") for row in rows]),
        means={name: mean(list(by_seed(rows, name).values())) for name in outcomes},
        differences={name: paired(by_seed(base, name), by_seed(rows, name)) for name in outcomes},
    )  # fmt: skip


def date_of(row: Row, name: str) -> str | None:
    """A date among the outcomes; None where it never came to it."""
    return str(row.outcomes[name]) or None


def span_of(tree: dict[str, Any]) -> tuple[str, str]:
    """The first and the last day of a resolved scenario."""
    opens, ends = (tree[name]["value"] if isinstance(tree[name], dict) else tree[name] for name in ("opens", "ends"))
    return str(opens), str(ends)


def near(name: str, names: Sequence[str]) -> str:
    """The names that look most like this one."""
    import difflib

    return " or ".join(difflib.get_close_matches(name, names, 2, 0.0)) or "(there is none)"
