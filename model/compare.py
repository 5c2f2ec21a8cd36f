"""Two or more runs side by side: what was set otherwise, what came out otherwise, and from when on.

Everything follows from the runs' own files. Given the calm world, each of two shocks alone, and both, it also says how
much of each outcome either explains by itself, and how much only the two together.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from events.difference import parting
from events.files import read_object
from events.log import NAME
from events.replay import LONGEST_SCENARIO, SCENARIO, records, replay
from model.outcomes import NOT_SET, CameTo, Outcomes, came_to

ANNOTATION = frozenset(("value", "source", "date", "confidence", "note", "assumption", "range"))
WORDS = ("name", "asks", "finds", "note")  # what a scenario says to people
BOTH = ("base", "demand", "drought", "both")


@frozen
class Compared:
    """One run as a comparison knows it. `came` has its outcomes; `tree` is its resolved scenario."""

    name: str
    folder: Path
    head: str
    came: CameTo
    tree: dict[str, Any]
    outside: frozenset[str] = frozenset()

    @property
    def outcomes(self) -> Outcomes:
        return self.came.outcomes


@frozen
class Parameter:
    """A dotted path at which scenarios differ, and the value of each run as it was written."""

    path: str
    values: tuple[str, ...]


@frozen
class FirstDifference:
    """The first event line in which a run's log differs from the first run's; `date` is the earlier of the two."""

    run: str
    date: str
    seq: int


@frozen
class Share:
    """How an outcome parts: the base, the effect of each shock alone, and what only both together do."""

    base: int
    demand: int
    drought: int
    interaction: int
    both: int


@frozen
class Comparison:
    """
    All of it. `differences` belongs to the runs after the first, None where the events are the same; `shares` is None
    unless exactly the four worlds were given.
    """

    runs: tuple[Compared, ...]
    parameters: tuple[Parameter, ...]
    outcomes: dict[str, tuple[int | str, ...]]
    differences: tuple[FirstDifference | None, ...]
    shares: dict[str, Share] | None


def compare(folders: Sequence[Path]) -> Comparison:
    """
    Compare whole logs; each is checked first.

    Args:
        folders: those of at least two runs; the first is what the others are held against.

    Raises:
        Problem: as `events.replay.replay`, for the first log that is not whole and true.
    """
    logs = [folder if folder.is_dir() else folder.parent for folder in folders]
    runs = _named([_read(folder) for folder in logs])
    side_by_side = beside([run.outcomes for run in runs])
    return Comparison(
        runs,
        parameters([run.tree for run in runs]),
        side_by_side,
        tuple(first_difference(runs[0].folder, run.folder, run.name) for run in runs[1:]),
        decomposed([run.came for run in runs], side_by_side),
    )


def beside(each: Sequence[Outcomes]) -> dict[str, tuple[int | str, ...]]:
    """Outcomes by name, one for each run; 0 or "" where a run has none of that name."""
    names = list(dict.fromkeys(name for outcomes in each for name in outcomes))
    empty = {name: "" if any(isinstance(one.get(name), str) for one in each) else 0 for name in names}
    return {name: tuple(one.get(name, empty[name]) for one in each) for name in sorted(names, key=_place(each))}


def parameters(trees: Sequence[dict[str, Any]]) -> tuple[Parameter, ...]:
    """The paths at which resolved scenarios differ in a value; sources, notes and names are not values."""
    flat = [dict(leaves(tree)) for tree in trees]
    paths = sorted({path for one in flat for path in one}, key=_by_parts)
    rows = [Parameter(path, tuple(one.get(path, NOT_SET) for one in flat)) for path in paths]
    return tuple(row for row in rows if len(set(row.values)) > 1)


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Dotted paths and values of a scenario, as they were written; rows count from 1."""
    if isinstance(node, dict) and "value" in node and node.keys() <= ANNOTATION:
        yield from leaves(node["value"], path)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in WORDS:
                yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, value in enumerate(node, start=1):
            yield from leaves(value, f"{path}.{number}")
    else:
        yield path, node if isinstance(node, str) else json.dumps(node)


def first_difference(folder: Path, other: Path, run: str) -> FirstDifference | None:
    """Where the events of two logs part; None where they are the same."""
    found = parting(folder / NAME, other / NAME)
    return FirstDifference(run, found.date, found.seq) if found else None


def decomposed(each: Sequence[CameTo], side_by_side: dict[str, tuple[int | str, ...]]) -> dict[str, Share] | None:
    """The shares of every outcome that is a number, if these are the four worlds, in whatever order."""
    worlds = [_world(came) for came in each]
    if sorted(worlds) != sorted(BOTH):
        return None
    place = {world: worlds.index(world) for world in BOTH}
    shares = {}
    for name, values in side_by_side.items():
        base, demand, drought, both = (values[place[world]] for world in BOTH)
        if isinstance(base, int) and isinstance(demand, int) and isinstance(drought, int) and isinstance(both, int):
            shares[name] = Share(base, demand - base, drought - base, both - demand - drought + base, both)
    return shares


def _world(came: CameTo) -> str:
    """Which of the four worlds this is, by what its shocks touch."""
    touched = {record.event.touches for record in came.tale.shocks}  # type: ignore[attr-defined]
    if not touched:
        return "base"
    if "demand" not in touched:
        return "drought"
    return "demand" if touched == {"demand"} else "both"


def _read(folder: Path) -> Compared:
    found = replay(folder)
    came = came_to(records(folder), found.books, found.genesis.outside)
    return Compared(found.genesis.scenario, folder, found.head, came, _tree(folder), frozenset(found.genesis.outside))


def _tree(folder: Path) -> dict[str, Any]:
    """The resolved scenario beside a log; nothing where the log came without it."""
    path = folder / SCENARIO
    if not path.exists():
        return {}
    return read_object(path, LONGEST_SCENARIO, "take it from where the run was written")


def _named(runs: Sequence[Compared]) -> tuple[Compared, ...]:
    """By scenario, or by folder where two runs share a scenario's name."""
    names = [run.name for run in runs]
    return tuple(run if names.count(run.name) == 1 else evolve(run, name=run.folder.resolve().name) for run in runs)


def _place(each: Sequence[Outcomes]) -> Any:
    """Outcomes that only some runs have stand beside their like; the run with most of them gives the order."""
    fullest = sorted(each, key=len, reverse=True)
    kinds = list(dict.fromkeys(name.partition(".")[0] for outcomes in fullest for name in outcomes))
    return lambda name: (kinds.index(name.partition(".")[0]), name)


def _by_parts(path: str) -> list[tuple[int, str]]:
    """Rows in the order of their numbers, all else by name."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in path.split(".")]


