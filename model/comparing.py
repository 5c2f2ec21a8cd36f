"""The command `compare`: from what was typed to runs or sweeps side by side, on a screen, as an object or a page."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict

from events.files import Files, open_folder
from events.problems import Usage
from model import compare as runs_beside
from model import terminal
from model.folders import find_run, find_sweep, folder_of

if TYPE_CHECKING:
    from model.cli import Session
    from model.compare import Comparison
    from model.experiments.beside import SweepsBeside
    from model.report.page import Part


def compare(
    session: "Session", names: Sequence[str], runs: Path, outcomes: Sequence[str], page: Path | None, png: bool
) -> None:
    """
    Compare, and show it.

    Raises:
        Usage: fewer than two are given, runs are mixed with sweeps, or pictures are asked for without a place.
    """
    if len(names) < 2:
        raise Usage("one run is given; at least two can be compared; name another", "compare")
    if png and page is None:
        raise Usage("pictures of a comparison need a place; add --page FOLDER", "--png")
    sweeps = [find_sweep(name, runs) for name in names]
    if all(sweeps):
        _compare_sweeps(session, [folder for folder in sweeps if folder], outcomes, page, png)
        return
    if any(sweeps):
        raise Usage("runs and sweeps are mixed; compare runs with runs, and sweeps with sweeps", "compare")
    if outcomes:
        raise Usage("of runs all outcomes are shown; leave it out, or name sweeps", "--outcome")
    show_runs(session, [folder_of(find_run(name, runs)) for name in names], page, png)


def show_runs(session: "Session", folders: Sequence[Path], page: Path | None = None, png: bool = False) -> None:
    """Runs side by side, the first of which the others are held against."""
    found = runs_beside.compare(folders)
    if page is not None:
        from model.report import compare_page

        _draw(page, png, "Runs side by side", compare_page.of_runs(found))
    _tell(session, found, runs_as_object, terminal.show_comparison)


def _compare_sweeps(
    session: "Session", folders: Sequence[Path], outcomes: Sequence[str], page: Path | None, png: bool
) -> None:
    from model import terminal_sweep
    from model.experiments import kept
    from model.experiments.beside import beside
    from model.report import compare_page

    names = [folder.resolve().name for folder in folders]
    found = beside(names, [kept.read(folder) for folder in folders], outcomes)
    if page is not None:
        _draw(page, png, "Sweeps side by side", compare_page.of_sweeps(found))
    _tell(session, found, sweeps_as_object, terminal_sweep.show_sweeps_beside)


def _tell(session: "Session", found: Any, plain: Callable[[Any], Any], show: Callable[[Any], None]) -> None:
    """On the screen, or as an object."""
    if session.as_json:
        session.answer(plain(found))
    else:
        show(found)


def _draw(page: Path, png: bool, title: str, parts: Iterator["Part"]) -> None:
    from model.report import pictures

    open_folder(page, Files())
    pictures.of(page, True, png)(title, parts)


def runs_as_object(found: "Comparison") -> dict[str, Any]:
    """Runs side by side, as JSON knows them."""
    names = [run.name for run in found.runs]
    return {
        "runs": [{"name": run.name, "run": str(run.folder), "head": run.head} for run in found.runs],
        "parameters": {row.path: dict(zip(names, row.values, strict=True)) for row in found.parameters},
        "outcomes": {name: dict(zip(names, values, strict=True)) for name, values in found.outcomes.items()},
        "first_difference": {
            name: {"date": parted.date, "seq": parted.seq} if parted else None
            for name, parted in zip(names[1:], found.differences, strict=True)
        },
        "shares": {name: asdict(share) for name, share in found.shares.items()} if found.shares else None,
    }


def sweeps_as_object(found: "SweepsBeside") -> dict[str, Any]:
    """Sweeps side by side, as JSON knows them; what cannot be said is null."""
    from model.sweeping import estimate

    return {
        "sweeps": [
            {"name": name, "folder": str(kept.swept.folder), "plan": kept.swept.plan.digest}
            for name, kept in zip(found.names, found.sweeps, strict=True)
        ],
        "parameters": {row.path: dict(zip(found.names, row.values, strict=True)) for row in found.parameters},
        "pairs": {
            name: [
                {
                    "cell": dict(pair.base.values),
                    "held_against": dict(pair.other.values),
                    "n": pair.seeds,
                    "defaulting": [estimate(one) for one in pair.defaulting],
                    "first_default_median_day": list(pair.medians),
                    "outcomes": {
                        row.outcome: {
                            "means": [estimate(row.base), estimate(row.other)],
                            "t": estimate(row.difference.by_t),
                            "bootstrap": estimate(row.difference.by_bootstrap),
                        }
                        for row in pair.differences
                    },
                }
                for pair in pairs
            ]
            for name, pairs in zip(found.names[1:], found.pairs, strict=True)
        },
    }
