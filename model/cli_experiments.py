"""The commands that run a scenario more than once."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.cli_options import common, over_seeds, quiet_option, runs_folder

if TYPE_CHECKING:
    from model.cli import Session


@click.command()
@click.argument("scenario")
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change a value first.")
@click.option("--owner", default="", metavar="NAME", help="Only those of this firm, contract, shock or market.")
@click.option("--materiality", is_flag=True, help="Run it at both ends of each range: two runs an assumption.")
@click.option("--workers", default=0, type=click.IntRange(0, 256), metavar="W", help="Processes; 0: one a core.")
@click.option("--markdown", default="", metavar="FILE", help="Write the register to this file, too.")
@quiet_option
@common
def assumptions(
    session: "Session",
    scenario: str,
    sets: tuple[str, ...],
    owner: str,
    materiality: bool,
    workers: int,
    markdown: str,
    quiet: bool,
) -> None:
    """What does this scenario assume, in which range, and how much does each assumption matter?"""
    from model import registering

    register = registering.register(scenario, sets, owner, workers if materiality else None, quiet)
    if markdown:
        registering.write_markdown(Path(markdown), register)
    if session.as_json:
        session.answer(registering.as_object(register))
        return
    from model import terminal_experiments

    terminal_experiments.show_register(register)


@click.command()
@click.argument("scenario", default="baseline")
@click.option("--targets", default="scenarios/targets/baseline.yaml", metavar="FILE", help="The marks.")
@click.option("--seeds", default=20, type=click.IntRange(1, 1000), metavar="N", help="Runs, with seeds 1 to N.")
@click.option("--workers", default=0, type=click.IntRange(0, 256), metavar="W", help="Processes; 0: one a core.")
@quiet_option
@common
def score(session: "Session", scenario: str, targets: str, seeds: int, workers: int, quiet: bool) -> None:
    """How near is the calm world to what was reported and guided? Misses are shown."""
    from attrs import asdict

    from model import scenario as scenarios
    from model import terminal
    from model.experiments import score as scoring
    from model.experiments.engine import cores

    with terminal.counting("score", quiet) as told:
        rows = scoring.score(
            scenarios.find(scenario), Path(targets), list(range(1, seeds + 1)), workers or cores(), told
        )
    if session.as_json:
        told_rows = [asdict(row) | {"median": row.median, "hits": row.hits, "verdict": row.verdict} for row in rows]
        session.answer({"scenario": scenario, "seeds": seeds, "marks": told_rows})
        return
    from model import terminal_experiments

    terminal_experiments.show_score(rows, seeds)


@click.command()
@click.argument("scenario")
@click.option("--vary", "varied", multiple=True, metavar="PATH=a,b|lo:hi:n|lo:hi", help="What to vary; repeatable.")
@click.option("--design", default="grid", type=click.Choice(["grid", "lhs"]), help="All combinations, or sampled.")
@click.option("--samples", default=0, type=click.IntRange(0, 10**6), metavar="N", help="Cells of a Latin hypercube.")
@click.option("--outcome", "outcomes", multiple=True, metavar="NAME", help="Show this outcome, too; repeatable.")
@click.option("--until-halfwidth", default="", metavar="OUTCOME=X", help="More seeds until each mean is as sure.")
@click.option("--keep", default="", type=click.Choice(["", "logs"]), help="Keep the log of every run.")
@click.option("--timeout", default=0, type=click.FloatRange(0), metavar="S", help="Seconds that a run may take.")
@click.option("--cluster", default="", metavar="ADDRESS", help="A Dask scheduler, or `local` to start one.")
@over_seeds(10)
def sweep(session: "Session", scenario: str, **asked: Any) -> int:
    """How do outcomes move with parameters? A table of cells and seeds, in a folder that resumes."""
    from model import sweeping

    return sweeping.sweep(session, scenario, runs_folder(asked.pop("runs")), **asked)


@click.command()
@click.argument("scenario")
@click.option("--vary", "varied", required=True, metavar="PATH=lo:hi:n", help="What moves, and in how many steps.")
@click.option("--until", "wanted", default="defaults>=1", show_default=True, metavar="CONDITION", help="What to hold.")
@click.option(
    "--share",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    metavar="P",
    help="In at least this share of the seeds.",
)
@over_seeds(10)
def threshold(session: "Session", scenario: str, **asked: Any) -> int:
    """How far must it go until a condition holds in at least a share P of the seeds?"""
    from model import searching

    return searching.threshold(session, scenario, runs_folder(asked.pop("runs")), **asked)


@click.command()
@click.argument("scenario")
@click.option(
    "--vary", "varied", multiple=True, metavar="PATH=lo:hi", help="A range; all assumptions if none is given."
)
@click.option("--owner", default="", metavar="NAME", help="Only assumptions about this firm, contract or market.")
@click.option("--outcome", default="first_miss_day", show_default=True, metavar="NAME", help="What they are to move.")
@click.option("--method", default="morris", show_default=True, type=click.Choice(["morris", "sobol"]))
@click.option(
    "--samples",
    default=8,
    show_default=True,
    type=click.IntRange(1, 10**6),
    metavar="N",
    help="Trajectories of Morris, base samples of Sobol.",
)
@over_seeds(1)
def sensitivity(session: "Session", scenario: str, **asked: Any) -> int:
    """Which assumption moves an outcome most, by Morris's screening or Sobol's indices?"""
    from model import searching

    return searching.sensitivity(session, scenario, runs_folder(asked.pop("runs")), **asked)


@click.command()
@click.argument("scenario")
@click.option("--vary", "varied", multiple=True, required=True, metavar="PATH=lo:hi", help="A range; repeatable.")
@click.option(
    "--when", "wanted", default="defaults>=1", show_default=True, metavar="CONDITION", help="What to look for."
)
@click.option("--samples", default=100, show_default=True, type=click.IntRange(10, 10**6), metavar="N", help="Cells.")
@over_seeds(1)
def discover(session: "Session", scenario: str, **asked: Any) -> int:
    """In which region of the parameters does a condition hold?"""
    from model import searching

    return searching.discover(session, scenario, runs_folder(asked.pop("runs")), **asked)


EXPERIMENTS = (assumptions, score, sweep, threshold, sensitivity, discover)
