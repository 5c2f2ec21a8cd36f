"""The commands that ask a log: why, when, where two part, whose money; and those that hand it to other tools."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from events.problems import Usage
from model.cli_options import common, png_option, runs_folder, runs_option

if TYPE_CHECKING:
    from model.cli import Session


def _found(run: str, runs: str) -> Path:
    from model.folders import find_run

    return find_run(run, runs_folder(runs))


def _tell(session: "Session", found: Any, plain: Callable[[Any], Any], show: str, *more: Any) -> None:
    """As an object, or on the screen by a function of `terminal_audit`."""
    if session.as_json:
        session.answer(plain(found))
        return
    from model import terminal_audit

    getattr(terminal_audit, show)(found, *more)


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("seq", type=click.IntRange(0), metavar="SEQ")
@click.option("--effects", is_flag=True, help="Also what came of it.")
@click.option("--most", default=40, show_default=True, type=click.IntRange(1, 100_000), metavar="N")
@runs_option
@common
def explain(session: "Session", run: str, seq: int, effects: bool, most: int, runs: str) -> None:
    """Why did event SEQ happen, back to the scenario, and what came of it?"""
    from model.audit import explain as explaining

    found = explaining.explain(_found(run, runs), seq, effects, most)
    _tell(session, found, explaining.as_object, "show_explained")


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--at", default="", metavar="DATE|SEQ", help="The end of a day, or after an event.")
@click.option("--firm", default="", metavar="FIRM", help="Only what concerns this firm.")
@runs_option
@common
def state(session: "Session", run: str, at: str, firm: str, runs: str) -> None:
    """The books at any moment: balance sheets, open bills, contracts, who owns whom."""
    from model.audit import as_of

    found = as_of.as_of(_found(run, runs), at, firm)
    _tell(session, found, as_of.as_object, "show_state", firm)


@click.command()
@click.argument("one", metavar="RUN")
@click.argument("other", metavar="RUN")
@runs_option
@common
def diff(session: "Session", one: str, other: str, runs: str) -> None:
    """Where do two histories part, by content, and what followed?"""
    from model.audit import diff as diffing
    from model.folders import folder_of

    found = diffing.diff(folder_of(_found(one, runs)), folder_of(_found(other, runs)))
    _tell(session, found, diffing.as_object, "show_diff")


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("firm", metavar="FIRM")
@runs_option
@common
def follow(session: "Session", run: str, firm: str, runs: str) -> None:
    """Where did a firm's money come from, and how much of it had been its own?"""
    from model.audit import follow as following

    found = following.follow(_found(run, runs), firm)
    _tell(session, found, following.as_object, "show_followed")


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("sql", metavar="SQL")
@click.option("--timeout", default=60, show_default=True, type=click.FloatRange(0, min_open=True), metavar="S")
@runs_option
@common
def query(session: "Session", run: str, sql: str, timeout: float, runs: str) -> None:
    """SQL over events, postings, balances, prices and obligations; it can read nothing else, and write nothing."""
    from model.audit import query as querying

    found = querying.query(_found(run, runs), sql, timeout)
    _tell(session, found, querying.as_object, "show_answer")


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--to", "kind", required=True, type=click.Choice(["parquet", "csv", "beancount", "pack"]))
@click.option("--into", default="", metavar="FOLDER", help="Where; RUN-FORMAT in this folder if not given.")
@runs_option
@common
def export(session: "Session", run: str, kind: str, into: str, runs: str) -> None:
    """A run for other tools: Parquet, CSV, Beancount, or a pack that a stranger can check."""
    from model.audit import export as exporting
    from model.audit import pack as packing
    from model.folders import folder_of

    folder = folder_of(_found(run, runs))
    if into and not into.isprintable():
        raise Usage("not a folder; name a place to write to", "--into")
    place = Path(into or f"{folder.resolve().name}-{kind}")  # not among the runs: a pack has a log, and is none
    files = packing.pack(folder, place) if kind == "pack" else exporting.export(folder, kind, place)
    if session.as_json:
        session.answer({"folder": str(place), "files": [path.name for path in files]})
        return
    click.echo(f"{len(files)} files in {place}: {', '.join(path.name for path in files)}")


@click.command()
@click.argument("run", metavar="RUN")
@png_option
@runs_option
@common
def report(session: "Session", run: str, png: bool, runs: str) -> None:
    """Check a run and draw its page anew: report.html beside its log."""
    from model import reporting
    from model.folders import folder_of

    path = reporting.report(folder_of(_found(run, runs)), png=png)
    if session.as_json:
        session.answer({"report": str(path)})
        return
    click.echo(f"{path}  (open it in a browser)")


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--port", default=0, type=click.IntRange(0, 65_535), metavar="N", help="0: any that is free.")
@runs_option
@common
def view(session: "Session", run: str, port: int, runs: str) -> None:
    """Watch a run in a browser, and run it again beside with another fall of demand. Ctrl-C ends it."""
    from model import view as viewing
    from model.folders import folder_of

    server = viewing.Server(folder_of(_found(run, runs)), port)

    def ready() -> None:
        if session.as_json:
            session.answer({"url": server.url})
        else:
            click.echo(f"{server.url}  (this machine only; Ctrl-C ends it)")
        sys.stdout.flush()

    viewing.serve(server, ready)


AUDITS = (explain, state, diff, follow, query, export, report, view)
