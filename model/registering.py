"""The register of a scenario's numbers, for a person, a program or a page: what is assumed, known, and matters."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from events.files import Files, on_disk
from events.problems import Usage, safe
from model import scenario as scenarios
from model import terminal
from model.assumptions import Assumption, Known, assumed, known
from model.experiments.engine import cores
from model.experiments.materiality import CLASSES, Came, Moved, materiality


@frozen
class Register:
    """
    What a scenario assumes and what it knows.

    `base` and `moved` are there when the runs at the ends of the ranges were made; `moved` has the most material first.
    """

    scenario: str
    sets: tuple[str, ...]
    assumed: list[Assumption]
    known: list[Known]
    base: Came | None = None
    moved: tuple[Moved, ...] = ()


def register(scenario: str, sets: Sequence[str], owner: str, workers: int | None, quiet: bool) -> Register:
    """
    The register of a scenario; with `workers` (0: one a core) also what each assumption moves.

    Raises:
        BadScenario: with all that is wrong with it.
        Usage: nobody of that name is assumed anything about.
    """
    path = scenarios.find(scenario)
    loaded = scenarios.load(path, sets)
    rows, facts = assumed(loaded), known(loaded)
    if owner:
        names = sorted({row.owner for row in rows} | {row.owner for row in facts})
        if owner not in names:
            raise Usage(f"nobody of that name in this scenario; name one of {', '.join(names)}", owner)
        rows, facts = [r for r in rows if r.owner == owner], [r for r in facts if r.owner == owner]
    if workers is None:
        return Register(loaded.scenario.name, tuple(sets), rows, facts)
    with terminal.counting("assumptions", quiet) as told:
        base, moved = materiality(path, sets, rows, workers or cores(), told)
    return Register(loaded.scenario.name, tuple(sets), rows, facts, base, tuple(moved))


def as_object(found: Register) -> dict[str, Any]:
    """The register as JSON knows it."""
    told: dict[str, Any] = {
        "scenario": found.scenario,
        "sets": list(found.sets),
        "assumptions": [asdict(row) for row in found.assumed],
        "known": [asdict(row) for row in found.known],
    }
    if found.base is not None:
        base = found.base
        told["base"] = asdict(base)
        told["materiality"] = [
            {
                "path": one.assumption.path, "effect": one.effect(base), "days": one.reach(base),
                "low": asdict(one.low) if one.low else None, "high": asdict(one.high) if one.high else None,
            }
            for one in found.moved
        ]  # fmt: skip
    return told


def write_markdown(path: Path, found: Register) -> None:
    """
    The register as a page, atomically.

    Raises:
        OutputFailed: it cannot be written there.
    """
    with on_disk(path):
        Files().replace(path, ("\n".join(page(found)) + "\n").encode())


def page(found: Register) -> list[str]:
    """The lines of the page."""
    lines = [
        f"# The numbers of `{found.scenario}`", "",
        f"{len(found.assumed)} values are assumed, and {len(found.known)} are known, each with its source there.",
        "Written by `python -m model assumptions SCENARIO --markdown FILE`, what matters with `--materiality`.", "",
    ]  # fmt: skip
    if found.base is not None:
        lines += _materiality(found, found.base)
    lines += ["## All assumptions, by owner", ""]
    for owner in dict.fromkeys(row.owner for row in sorted(found.assumed, key=lambda row: (row.owner, row.path))):
        lines += [f"### {owner}", "", "| assumption | value | range | why | where |", "| --- | --- | --- | --- | --- |"]
        lines += [
            f"| {_cell(row.path)} | {_cell(row.value)} | {_cell(row.low)} to {_cell(row.high)} | {_cell(row.why)} "
            f"| {_cell(row.file)}:{row.line} |"
            for row in found.assumed if row.owner == owner
        ]  # fmt: skip
        lines.append("")
    return lines


def _materiality(found: Register, base: Came) -> list[str]:
    counts = {name: sum(one.effect(base) == name for one in found.moved) for name in CLASSES}
    lines = [
        "## What matters", "",
        f"Each assumption alone at the low and at the high end of its range, all others as they are. The base run "
        f"comes to: {told(base)}.", "",
        f"{counts['who']} change who defaults, {counts['when']} move the first missed payment by a quarter or more, "
        f"{counts['how much']} move chip receipts, equity raised or the maker's own money by a twentieth or more, and "
        f"{counts['little']} do little.", "",
        "| assumption | changes | low end | then | high end | then |", "| --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| {_cell(one.assumption.path)} | {one.effect(base)} | {_cell(one.assumption.low)} | {told(one.low)} "
        f"| {_cell(one.assumption.high)} | {told(one.high)} |"
        for one in found.moved if one.effect(base) != "little"
    ]  # fmt: skip
    return [*lines, ""]


def told(came: Came | None) -> str:
    """What a run came to, in a few words."""
    if came is None:
        return "not a valid scenario"
    first = f"first miss {came.first_miss}" if came.first_miss else "no miss"
    return f"{first}, {'default of ' + ', '.join(came.defaulted) if came.defaulted else 'nobody defaults'}"


def _cell(text: str) -> str:
    return safe(text, 200).replace("|", "\\|")
