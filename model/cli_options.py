"""What several commands share: their options, and the folder in which runs are kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from events.problems import Usage


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command has; `main` reads them, so that they count for errors of usage too."""
    for name, words in (
        ("--verbose", "Show on stderr what the program tells its operator."),
        ("--json", "Print one JSON object and nothing else."),
    ):
        command = click.option(name, is_flag=True, expose_value=False, help=words)(command)
    return click.pass_obj(command)


runs_option = click.option(
    "--runs", default="runs", show_default=True, metavar="DIR", help="Where runs are kept, one folder each."
)
quiet_option = click.option("--quiet", is_flag=True, help="Show no progress.")
report_option = click.option("--report/--no-report", default=True, help="Draw the page report.html, or do not.")
png_option = click.option("--png", is_flag=True, help="Charts as PNG files, too; needs the extra [png] and a Chromium.")
workers_option = click.option(
    "--workers", default=0, type=click.IntRange(0, 256), metavar="W", help="Processes; 0: one a core."
)
sets_option = click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change a value first.")


def over_seeds(default: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a command that runs cells over seeds, with so many of them unless more are asked for."""
    seeds_option = click.option(
        "--seeds",
        default=default,
        show_default=True,
        type=click.IntRange(1, 100_000),
        metavar="N",
        help="Seeds 1 to N.",
    )

    def having(command: Callable[..., Any]) -> Callable[..., Any]:
        command = common(command)
        for option in (png_option, report_option, quiet_option, runs_option, workers_option, seeds_option, sets_option):
            command = option(command)
        return command

    return having


def runs_folder(runs: str) -> Path:
    """
    Where runs are kept.

    Raises:
        Usage: that is no name of a folder.
    """
    if not runs or not runs.isprintable():
        raise Usage("not a folder; name where runs are kept", "--runs")
    return Path(runs)
