"""The command `compare`: of runs, or of sweeps."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.cli_options import common, png_option, runs_folder, runs_option

if TYPE_CHECKING:
    from model.cli import Session


@click.command()
@click.argument("runs_to_compare", nargs=-1, required=True, metavar="RUN RUN ... | SWEEP SWEEP ...")
@click.option("--outcome", "outcomes", multiple=True, metavar="NAME", help="Of sweeps: only this outcome; repeatable.")
@click.option(
    "--page", default="", metavar="FOLDER", help="Write report.html there: tables and charts."
)
@png_option
@runs_option
@common
def compare(
    session: "Session", runs_to_compare: tuple[str, ...], outcomes: tuple[str, ...], page: str, png: bool, runs: str
) -> None:
    """What differs between runs or sweeps, in which parameters and in which outcomes?"""
    from model import comparing

    comparing.compare(session, runs_to_compare, runs_folder(runs), outcomes, Path(page) if page else None, png)
