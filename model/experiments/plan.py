"""
The plan of a sweep: every cell and every seed, and a digest of them, written before the first run.

So a run that is missing or was not asked for shows, and the same plan under the same code goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from attrs import frozen

from events.problems import Usage
from model.experiments.vary import Vary, between
from model.run import MODEL, code_digest
from model.scenario import load

NAME = "plan.json"
MOST_RUNS = 1_000_000
MOST_TRIED = 100  # values of a path; a cell whose value does not fit is listed as failed all the same
DESIGN_SEED = 20250930  # of the design alone: where cells lie must not move with the seeds of the runs


@frozen
class Cell:
    """A point of the design: `values` are (path, text as a scenario has it), in the order in which they were varied."""

    number: int
    values: tuple[tuple[str, str], ...]

    @property
    def sets(self) -> tuple[str, ...]:
        """What `--set` takes to run it by itself."""
        return tuple(f"{path}={text}" for path, text in self.values)

    @property
    def label(self) -> str:
        """The cell in a few words: of each path as much of its end as tells it from the others, and its value."""
        paths = [path for path, _ in self.values]
        told = (f"{_end_of(path, paths)} {text}" for path, text in self.values)
        return ", ".join(told) or "as it is"


def _end_of(path: str, paths: Sequence[str]) -> str:
    """The shortest end of a path that no other one has."""
    parts = path.split(".")
    ends = (".".join(parts[-count:]) for count in range(1, len(parts)))
    return next((end for end in ends if sum(f".{other}".endswith(f".{end}") for other in paths) == 1), path)


@frozen
class Plan:
    """
    What a sweep runs.

    `scenario` is the file, `base` the digest of its resolved bytes with `sets`; `paths` are varied, each of `cells` is
    run with each of `seeds`. `model` and `code` are those of this version.
    """

    scenario: str
    name: str
    base: str
    sets: tuple[str, ...]
    design: str
    paths: tuple[str, ...]
    cells: tuple[Cell, ...]
    seeds: tuple[int, ...]
    keep_logs: bool
    model: int
    code: str

    def runs(self) -> Iterator[tuple[Cell, int]]:
        """Every run, cell by cell, in the order of the seeds."""
        return product(self.cells, self.seeds)

    @property
    def size(self) -> int:
        return len(self.cells) * len(self.seeds)

    def tree(self) -> dict[str, Any]:
        """All of it as plain data; seeds and log-keeping may grow without making it another plan."""
        return {
            "format": 1, "name": self.name, "base_sha256": self.base, "sets": list(self.sets), "design": self.design,
            "paths": list(self.paths), "cells": [dict(cell.values) for cell in self.cells], "model": self.model,
            "code_sha256": self.code,
        }  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 of `tree`, which says which cells there are and what runs them; seeds come on top."""
        return hashlib.sha256(json.dumps(self.tree(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @classmethod
    def decode(cls, tree: dict[str, Any]) -> "Plan":
        """
        A plan from its file's tree; the scenario's own file is not in it, so nothing can be run by this one.

        Raises:
            KeyError, TypeError, AttributeError: it is none.
        """
        paths = tuple(tree["paths"])
        cells = tuple(Cell(n, tuple((path, row[path]) for path in paths)) for n, row in enumerate(tree["cells"]))
        return cls(
            scenario="", name=tree["name"], base=tree["base_sha256"], sets=tuple(tree["sets"]), design=tree["design"],
            paths=paths, cells=cells, seeds=tuple(tree["seeds"]), keep_logs=tree["keep_logs"], model=tree["model"],
            code=tree["code_sha256"],
        )  # fmt: skip

    def encode(self) -> bytes:
        """The bytes of `plan.json`."""
        whole = self.tree() | {"seeds": list(self.seeds), "keep_logs": self.keep_logs, "sha256": self.digest}
        return json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"


def planned(
    scenario: Path,
    sets: Sequence[str] = (),
    vary: Sequence[Vary] = (),
    seeds: int | Sequence[int] = 10,
    design: str = "grid",
    samples: int = 0,
    keep_logs: bool = False,
) -> Plan:
    """
    The plan of a sweep; every path and every value that stands in it is tried on the scenario first.

    Args:
        scenario: a file.
        sets: changes that hold in every cell.
        vary: what to vary.
        seeds: seeds 1 to N, or the seeds.
        design: `lhs` for a Latin hypercube of so many `samples`, else a grid under this name.

    Raises:
        BadScenario: a path or a value does not fit; the nearest valid path is named.
        Usage: a path twice, no cell, more than a million runs, a range without `lhs`, or no samples for it.
    """
    paths = [one.path for one in vary]
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise Usage("this path is varied twice; write all its values in one --vary", sorted(twice)[0])
    numbers = tuple(range(1, seeds + 1)) if isinstance(seeds, int) else tuple(seeds)
    values = sampled(vary, samples) if design == "lhs" else gridded(vary)
    count = len(values) * len(numbers)
    if not 0 < count <= MOST_RUNS:
        found = f"{len(values)} cells with {len(numbers)} seeds are {count:,} runs"
        raise Usage(f"{found}; plan 1 to {MOST_RUNS:,}", design)
    base = load(scenario, sets)
    for one in vary:
        try_on(scenario, sets, one)
    return Plan(
        scenario=str(scenario), name=base.scenario.name, base=base.digest, sets=tuple(sets), design=design,
        paths=tuple(paths), cells=tuple(Cell(n, tuple(zip(paths, row, strict=True))) for n, row in enumerate(values)),
        seeds=numbers, keep_logs=keep_logs, model=MODEL, code=code_digest(),
    )  # fmt: skip


def try_on(scenario: Path, sets: Sequence[str], vary: Vary) -> None:
    """
    Load the scenario with each value of a path; of more than a hundred with the first and the last fifty.

    Raises:
        BadScenario: there is no such path, or a value does not fit it.
    """
    values = vary.values or (vary.low, vary.high)
    some = values if len(values) <= MOST_TRIED else (*values[: MOST_TRIED // 2], *values[-MOST_TRIED // 2 :])
    for text in some:
        load(scenario, [*sets, f"{vary.path}={text}"])


def gridded(vary: Sequence[Vary]) -> list[tuple[str, ...]]:
    """Every combination, the last path moving fastest."""
    for one in vary:
        if not one.values:
            raise Usage("a range has no values; write PATH=low:high:n, or --design lhs --samples N", one.path)
    if prod(len(one.values) for one in vary) > MOST_RUNS:
        raise Usage(f"more than {MOST_RUNS:,} cells; plan fewer, or sample with --design lhs", "--vary")
    return list(product(*(one.values for one in vary)))


def sampled(vary: Sequence[Vary], samples: int) -> list[tuple[str, ...]]:
    """
    A Latin hypercube: each path's range is cut into as many strips as there are samples, each hit once; of a list the
    values are strips.

    Source: McKay, Beckman and Conover, Technometrics 21 (1979); scipy.stats.qmc.
    """
    from scipy.stats import qmc

    if samples < 1 or samples > MOST_RUNS or not vary:
        found = f"{samples} samples of {len(vary)} paths"
        raise Usage(f"{found}; write --samples N and at least one --vary", "--design lhs")
    points = qmc.LatinHypercube(d=len(vary), rng=DESIGN_SEED).random(samples)
    columns = []
    for one, column in zip(vary, points.T, strict=True):
        parts = [Fraction(float(part)) for part in column]
        if one.values:
            columns.append([one.values[min(int(part * len(one.values)), len(one.values) - 1)] for part in parts])
        else:
            columns.append(between(one.low, one.high, parts, one.path))
    return list(zip(*columns, strict=True))
