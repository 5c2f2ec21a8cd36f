"""The commands `threshold`, `sensitivity` and `discover`: from what was typed to an answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import asdict

from events.problems import Usage
from model import scenario as scenarios
from model import terminal
from model.experiments import discover as discovery
from model.experiments import sensitivity as sensitivities
from model.experiments import sweeps
from model.experiments import threshold as thresholds
from model.experiments.condition import condition
from model.experiments.plan import Plan, planned
from model.experiments.sweeps import Told
from model.experiments.vary import Vary, parse
from model.report import pictures, search_page
from model.stops import Stops
from model.sweeping import NOT_WHOLE, engine_of, estimate

if TYPE_CHECKING:
    from model.cli import Session


@contextmanager
def listening(what: str, quiet: bool) -> Iterator[Told]:
    """A bar, and an ear for signals, after each run."""
    with Stops() as stops, terminal.counting_runs(what, quiet) as show:

        def told(done: int, of: int, failed: int) -> None:
            show(done, of, failed)
            stops.check()

        yield told


def threshold(
    session: "Session",
    scenario: str,
    runs: Path,
    *,
    varied: str,
    wanted: str,
    share: float,
    sets: Sequence[str],
    seeds: int,
    workers: int,
    quiet: bool,
    report: bool,
    png: bool,
) -> int:
    """Search, and show what was found; returns the exit code."""
    vary = parse(varied)
    if len(vary.values) < 3:
        raise Usage("the ends and the number of steps; write PATH=low:high:n with n of 3 or more", varied)
    plan = thresholds.plan_of(scenarios.find(scenario), tuple(sets), vary, seeds)
    with listening("threshold", quiet) as told:
        found = thresholds.threshold(plan, condition(wanted), share, runs, engine_of("", workers), told)
    pictures.of(found.folder, report, png)(f"Threshold in {plan.name}", search_page.of_threshold(found))
    if session.as_json:
        plain = asdict(found, filter=lambda field, _: field.name not in ("plan", "folder"))
        session.answer(plain | {"n": found.n, "plan": plan.digest, "folder": str(found.folder)})
    else:
        from model import terminal_sweep

        terminal_sweep.show_threshold(found)
    return NOT_WHOLE if found.n < seeds else 0


def sensitivity(
    session: "Session",
    scenario: str,
    runs: Path,
    *,
    varied: Sequence[str],
    owner: str,
    outcome: str,
    method: str,
    samples: int,
    sets: Sequence[str],
    seeds: int,
    workers: int,
    quiet: bool,
    report: bool,
    png: bool,
) -> int:
    """Run the study, and show the effects; returns the exit code."""
    path = scenarios.find(scenario)
    ranges = _ranges(varied) or sensitivities.ranges_of(path, sets, owner)
    plan, points = sensitivities.plan_of(path, sets, ranges, seeds, method, samples)
    swept = _swept(plan, runs, workers, quiet, "sensitivity")
    found = sensitivities.effects(swept, points, method, ranges, outcome)
    shown = search_page.of_effects(swept, found, method, outcome, ranges)
    pictures.of(swept.folder, report, png)(f"What moves {outcome} in {plan.name}", shown)
    if session.as_json:
        rows = [asdict(one) | {"low": r.low, "high": r.high} for one in found for r in ranges if r.path == one.path]
        plain = [{key: None if value != value else value for key, value in row.items()} for row in rows]
        session.answer({"method": method, "outcome": outcome, "cells": len(plan.cells), "seeds": seeds,
                        "plan": plan.digest, "folder": str(swept.folder), "effects": plain})  # fmt: skip
    else:
        from model import terminal_sweep

        terminal_sweep.show_effects(swept, found, method, outcome, ranges)
    return NOT_WHOLE if swept.failed else 0


def discover(
    session: "Session",
    scenario: str,
    runs: Path,
    *,
    varied: Sequence[str],
    wanted: str,
    samples: int,
    sets: Sequence[str],
    seeds: int,
    workers: int,
    quiet: bool,
    report: bool,
    png: bool,
) -> int:
    """Sample, cut, and show the boxes; returns the exit code."""
    looked_for = condition(wanted)
    plan = planned(scenarios.find(scenario), sets, [parse(text) for text in varied], seeds, "lhs", samples)
    swept = _swept(plan, runs, workers, quiet, "discover")
    found = discovery.boxes(swept, looked_for)
    shown = search_page.of_boxes(swept, found, looked_for)
    pictures.of(swept.folder, report, png)(f"Where {looked_for} in {plan.name}", shown)
    if session.as_json:
        boxes = [asdict(box, recurse=True) | {"density": estimate(box.density)} for box in found]
        session.answer({"condition": str(looked_for), "runs": len(swept.rows) - len(swept.failed),
                        "plan": plan.digest, "folder": str(swept.folder), "boxes": boxes})  # fmt: skip
    else:
        from model import terminal_sweep

        terminal_sweep.show_boxes(swept, found, str(looked_for))
    return NOT_WHOLE if swept.failed else 0


def _ranges(varied: Sequence[str]) -> list[Vary]:
    ranges = [parse(text) for text in varied]
    for one in ranges:
        if one.values:
            raise Usage("a study moves over a range; write PATH=low:high", one.path)
    return ranges


def _swept(plan: Plan, runs: Path, workers: int, quiet: bool, what: str) -> sweeps.Swept:
    with listening(f"{what} of {plan.name}", quiet) as told:
        return sweeps.sweep(plan, runs, engine_of("", workers), told=told)
