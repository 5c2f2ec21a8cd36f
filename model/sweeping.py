"""The command `sweep`: from what was typed to a plan, from rows to a screen or an object."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict

from events.problems import Usage
from model import scenario as scenarios
from model import terminal
from model.experiments import engine as engines
from model.experiments import sweeps
from model.experiments.plan import Plan, planned
from model.experiments.statistics import Estimate
from model.experiments.summary import Summary, known_outcomes, summed_up
from model.experiments.sweeps import Swept
from model.experiments.vary import parse
from model.report import pictures, sweep_page
from model.stops import Stops

if TYPE_CHECKING:
    from model.cli import Session

NOT_WHOLE = 1  # some runs failed, hung or lost their worker; all others are in the table
MOST_SEEDS = 2_000


def sweep(
    session: "Session",
    scenario: str,
    runs: Path,
    *,
    varied: Sequence[str],
    sets: Sequence[str],
    seeds: int,
    design: str,
    samples: int,
    outcomes: Sequence[str],
    until_halfwidth: str,
    keep: str,
    timeout: float,
    cluster: str,
    workers: int,
    quiet: bool,
    report: bool,
    png: bool,
) -> int:
    """Run it, show it; returns the exit code."""
    if cluster and timeout:
        raise Usage("a cluster's workers cannot be timed from here; leave it out, or run on this machine", "--timeout")
    vary, wanted = [parse(text) for text in varied], _halfwidth(until_halfwidth)
    path = scenarios.find(scenario)

    def plan_of(count: int) -> Plan:
        return planned(path, sets, vary, count, design, samples, keep == "logs")

    plan = plan_of(seeds)
    with Stops() as stops, terminal.counting_runs(f"sweep of {plan.name}", quiet) as show:

        def told(done: int, of: int, failed: int) -> None:
            show(done, of, failed)
            stops.check()

        engine = engine_of(cluster, workers)
        swept = sweeps.sweep(plan, runs, engine, timeout, told)
        while wanted and (more := _more_seeds(swept, *wanted)):
            plan = plan_of(more)
            swept = sweeps.sweep(plan, runs, engine_of(cluster, workers), timeout, told)
    shown = list(dict.fromkeys([*outcomes, *([wanted[0]] if wanted else [])]))
    found = summed_up(swept, shown)
    pictured = pictures.of(swept.folder, report, png)
    pictured(f"Sweep of {plan.name}", sweep_page.of_sweep(swept, found))
    if session.as_json:
        session.answer(as_object(swept, found))
    else:
        from model import terminal_sweep

        terminal_sweep.show_sweep(swept, found)
    return NOT_WHOLE if swept.failed else 0


def engine_of(cluster: str, workers: int) -> Any:
    """Processes of this machine, this process alone, or a Dask cluster."""
    if cluster:
        from model.experiments.cluster import Cluster

        return Cluster(cluster, workers)
    count = workers or engines.cores()
    return engines.Processes(count) if count > 1 else engines.InThisProcess()


def _halfwidth(text: str) -> tuple[str, float] | None:
    name, equals, width = text.partition("=")
    if not text:
        return None
    try:
        wanted = float(width)
    except ValueError:
        wanted = 0.0
    if not equals or not wanted > 0:
        raise Usage("write OUTCOME=X, with a positive number in the outcome's own unit, as own_pro_rata_ppm=500", text)
    return name, wanted


def _more_seeds(swept: Swept, name: str, wanted: float) -> int:
    """How many seeds to have next, half as many again, until every cell's mean is as sure; 0 when it is."""
    if name not in known_outcomes(swept.rows):
        return 0  # the summary will say so
    means = [cell.means[name] for cell in summed_up(swept, [name]).cells]
    sure = all(not isnan(mean.low) and mean.halfwidth <= wanted for mean in means)
    now = len(swept.plan.seeds)
    return 0 if sure or now >= MOST_SEEDS else min(MOST_SEEDS, now + max(2, now // 2))


def as_object(swept: Swept, found: Summary) -> dict[str, Any]:
    """A sweep as JSON knows it; what cannot be said is null."""
    return {
        "plan": swept.plan.digest,
        "folder": str(swept.folder),
        "runs": swept.plan.size,
        "whole": len(swept.rows) - len(swept.failed),
        "reused": swept.reused,
        "failed": [
            {"cell": row.cell.number, "seed": row.seed, "status": row.status, "why": row.why} for row in swept.failed
        ],
        "cells": [
            {
                "cell": cell.cell.number,
                "values": dict(cell.cell.values),
                "n": cell.n,
                "defaulting": estimate(cell.defaulting),
                "first_default": _curve(cell.first_default),
                "first_miss": _curve(cell.first_miss),
                "means": {name: estimate(value) for name, value in cell.means.items()},
                "less_the_first_cell": {
                    name: {"t": estimate(pair.by_t), "bootstrap": estimate(pair.by_bootstrap)}
                    for name, pair in cell.differences.items()
                },
            }
            for cell in found.cells
        ],
    }


def estimate(value: Estimate) -> dict[str, Any]:
    """An estimate as plain data."""
    return {key: _known(number) for key, number in asdict(value).items()}


def _known(number: float) -> float | None:
    return None if isnan(number) else number


def _curve(curve: Any) -> dict[str, Any]:
    plain = {
        key: [_known(number) for number in value] if isinstance(value, tuple) else value
        for key, value in asdict(curve).items()
    }
    return plain | {"median_day": curve.median()}
