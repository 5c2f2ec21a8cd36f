"""The command line: one verb a question.

Results go to stdout (with `--json` exactly one object, for errors too), everything else to stderr. What a command
needs is imported when it runs, so that help answers at once and an audit never loads a simulator.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from events.problems import Diverged, OtherHistory, OutputFailed, Problem, Stopped, Usage, original, safe
from model.cli_audit import AUDITS
from model.cli_compare import compare
from model.cli_experiments import EXPERIMENTS
from model.cli_index import index_command
from model.cli_options import common, quiet_option, report_option, runs_folder, runs_option

if TYPE_CHECKING:
    from events.replay import Replayed
    from model.diagnostics import Diagnostics
    from model.outcomes import CameTo
    from model.run import Ran
    from model.scenario import Loaded
    from model.stops import Stops
    from model.terminal import World

PROGRAM = "python -m model"
INTERNAL, OUT_OF_MEMORY, INTERRUPTED = 70, 71, 130


class Session:
    """What the commands of one call share: how to answer, and whom to tell what goes wrong inside."""

    def __init__(self, as_json: bool, verbose: bool) -> None:
        self.as_json, self.verbose = as_json, verbose
        self.folder: Path | None = None
        self._diagnostics: Diagnostics | None = None

    @property
    def diagnostics(self) -> "Diagnostics":
        if self._diagnostics is None:
            from model.diagnostics import Diagnostics

            self._diagnostics = Diagnostics(self.verbose)
        return self._diagnostics

    def answer(self, result: dict[str, Any]) -> None:
        """The one object on stdout."""
        click.echo(json.dumps(result, ensure_ascii=True, indent=1))

    def close(self) -> None:
        if self._diagnostics is not None:
            self._diagnostics.close()


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; nothing it meets becomes a traceback."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    session = Session("--json" in options, "--verbose" in options)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _called(arguments, session)
        sys.stdout.flush()
        return code
    except (BrokenPipeError, SystemExit):  # click turns the one into the other
        _hush()
        return 0
    except BaseException as error:
        return _told(error, session)
    finally:
        session.close()


def _called(arguments: Sequence[str], session: Session) -> int:
    try:
        done = cli.main(list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=session)
        return done if isinstance(done, int) else 0
    except click.UsageError as wrong:
        place = wrong.ctx.command_path.removeprefix(PROGRAM).strip() if wrong.ctx else ""
        help_line = f"{PROGRAM} {place} --help".replace("  ", " ")
        found = safe(wrong.format_message().rstrip("."), 200)
        message = f"{found[:1].lower()}{found[1:]}; see `{help_line}` for what is allowed"
        raise Usage(message, place or PROGRAM) from None
    except click.ClickException as wrong:
        raise Usage(safe(wrong.format_message(), 200), PROGRAM) from None


def _told(error: BaseException, session: Session) -> int:
    """Tell what went wrong in one line, or one object; returns the exit code."""
    problem = _problem(error, session)
    try:
        if session.as_json:
            session.answer(_as_object(problem))
            sys.stdout.flush()
        else:
            print(problem.line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _hush()
    return problem.code


def _problem(error: BaseException, session: Session) -> Problem:
    if isinstance(error, Problem):
        first = original(error)
        told = first if isinstance(first, Problem) else error
        told.where = told.where or str(session.folder or PROGRAM)
        return told
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Stopped("interrupted; nothing was changed", PROGRAM, code=INTERRUPTED)
    if isinstance(error, MemoryError):
        message = "out of memory; what is sealed stays; give more, then run the same again, which resumes"
        return _with_code(OUT_OF_MEMORY, message, str(session.folder or PROGRAM))
    if isinstance(error, OSError):
        where = error.filename if isinstance(error.filename, str) else "stdout"
        return OutputFailed(f"{error.strerror or safe(str(error))}; make room or give access, then try again", where)
    return _internal(error, session)


def _internal(error: BaseException, session: Session) -> Problem:
    """Something that nobody foresaw: where it was in the world, and where its traceback went."""
    from model.diagnostics import full_traceback, where_in_the_world

    first, where = original(error), where_in_the_world(error)
    session.diagnostics.tell.error(
        "failed", agent=where.agent, date=where.date, seq=where.seq, error=repr(first), traceback=full_traceback(error)
    )
    if session.folder is not None:
        session.diagnostics.keep_in(session.folder)
    kept = session.diagnostics.path
    traced = f"its traceback is in {safe(str(kept), 300)}" if kept else "--verbose shows its traceback"
    found = f"{type(first).__name__}: {safe(str(first))}" + (f" ({where})" if str(where) else "")
    place = f"{session.folder}:{where.seq}" if session.folder and where.seq >= 0 else str(session.folder or PROGRAM)
    return _with_code(INTERNAL, f"{found}; this is a fault of the program or of an agent; {traced}", place)


def _with_code(code: int, message: str, where: str) -> Problem:
    problem = Problem(message, where)
    problem.code = code
    return problem


def _as_object(problem: Problem) -> dict[str, Any]:
    """The same for a program; a scenario's complaints are all in it."""
    found: dict[str, Any] = {"error": {"code": problem.code, "where": problem.where, "message": str(problem)}}
    complaints = getattr(problem, "complaints", ())
    if complaints:
        from attrs import asdict

        found["complaints"] = [asdict(complaint) for complaint in complaints]
    difference = getattr(problem, "difference", None)
    if difference is not None:
        found["first_difference"] = {name: getattr(difference, name) for name in ("seq", "stored", "new")}
    return found | {"problems": [str(problem)]}


def _hush() -> None:
    """Nobody reads any more: let what is still buffered go nowhere, and without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


# --- the commands ---------------------------------------------------------------------------------------------------


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(invoke_without_command=True, context_settings=_SETTINGS)
@click.version_option(package_name="compute-circle", message="%(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Contracts between chip makers, clouds and AI labs: run them, check what happened, compare.

    RUN is a path, the unique beginning of a name in the runs folder, or `last`.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command()
@click.argument("scenario")
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change a value, as shocks.demand.depth=60 %.")
@click.option("--seed", type=int, metavar="N", help="Change the seed.")
@click.option("--without", multiple=True, metavar="CONTRACT", help="Also run it without this deal, and compare.")
@report_option
@runs_option
@quiet_option
@common
def run(
    session: Session,
    scenario: str,
    sets: tuple[str, ...],
    seed: int | None,
    without: tuple[str, ...],
    report: bool,
    runs: str,
    quiet: bool,
) -> None:
    """Run a scenario and tell its story."""
    from model import scenario as scenarios
    from model.finishing import finish
    from model.stops import Stops

    changes = sets + (() if seed is None else (f"seed={seed}",))
    folder = runs_folder(runs)
    with Stops() as stops:
        loaded = scenarios.load(scenarios.find(scenario), changes)
        lacking = [*changes, *(f"contracts.{name}.runs=false" for name in without)]
        other = scenarios.load(scenarios.find(scenario), lacking) if without else None
        ran, world = _execute(session, loaded, folder, quiet, stops)
        result = finish(ran, world.outside, report)
        if other:
            counterfactual, world = _execute(session, other, folder, quiet, stops)
            finish(counterfactual, world.outside, report)
    if other:
        from model import comparing

        comparing.show_runs(session, [ran.folder, counterfactual.folder])
        return
    if session.as_json:
        session.answer(_run_object(ran, result))
        return
    from model import terminal

    if ran.first_difference:
        terminal.notice(f"note: {ran.first_difference}")
    terminal.show_run(ran.folder, ran.outcome, ran.head, result, ran.books, world)


@cli.command()
@click.argument("run", metavar="RUN")
@click.option("--at", required=True, metavar="DATE", help="The day from whose morning on the changes hold.")
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="What is otherwise from then on.")
@runs_option
@quiet_option
@common
def fork(session: Session, run: str, at: str, sets: tuple[str, ...], runs: str, quiet: bool) -> None:
    """Another future from a day of a run on: the same past byte for byte, then what would have been."""
    from model import comparing
    from model.audit import fork as forking
    from model.finishing import finish
    from model.folders import find_run, folder_of
    from model.stops import Stops

    folder = runs_folder(runs)
    parent = folder_of(find_run(run, folder))
    loaded, _ = forking.forked(parent, at, sets)
    with Stops() as stops:
        ran, world = _execute(session, loaded, folder, quiet, stops)
        finish(ran, world.outside, report=True)
    prefix = forking.shared(parent, ran.folder, at)
    if not session.as_json:
        click.echo(f"{prefix.blocks} blocks and {prefix.events:,} events are the parent's, byte for byte; "
                   f"files {ran.folder}/")  # fmt: skip
    comparing.show_runs(session, [parent, ran.folder])


@cli.command()
@click.argument("scenario")
@common
def check(session: Session, scenario: str) -> None:
    """Is this scenario right? Every complaint at once."""
    from model import scenario as scenarios

    loaded = scenarios.load(scenarios.find(scenario))
    counts = {
        "firms": len(loaded.scenario.firms),
        "contracts": len(loaded.scenario.contracts),
        "assumptions": sum("assumption" in origin for origin in loaded.origins.values()),
    }
    if session.as_json:
        session.answer({"right": True, "scenario": loaded.scenario.name, "digest": loaded.digest} | counts)
    else:
        words = (f"{number} {noun if number != 1 else noun[:-1]}" for noun, number in counts.items())
        click.echo(f"right: {', '.join(words)}")


@cli.command()
@click.argument("run", metavar="RUN")
@click.option("--until", default="", metavar="DATE", help="The books as of the end of this day.")
@click.option("--head", default="", metavar="HASH", help="The head as it is known from elsewhere.")
@click.option("--rerun", is_flag=True, help="Run the scenario again and compare every byte.")
@click.option("--rebuild-manifest", is_flag=True, help="First write the manifest anew from the log.")
@runs_option
@quiet_option
@common
def replay(
    session: Session, run: str, until: str, head: str, rerun: bool, rebuild_manifest: bool, runs: str, quiet: bool
) -> None:
    """Is this log whole and true, and what are the books it adds up to?"""
    from events import manifest
    from events import replay as replays
    from model.folders import find_run, folder_of

    path = find_run(run, runs_folder(runs))
    if rebuild_manifest:
        manifest.rebuild(folder_of(path))
    known = head or _known_head(path)
    found = replays.replay(path, until=until, head=known)
    level = found.level
    if rerun:
        _rerun(folder_of(path), session, quiet)
        level = "re-executed"
    if session.as_json:
        session.answer(_replay_object(found, level, anchored=bool(known)))
        return
    from model import terminal

    date = min(until or found.last_date, found.last_date)
    terminal.show_replay(found, level, terminal.World(found.genesis.outside, date))


@cli.command()
@click.argument("run", metavar="RUN")
@click.option("--at", default="", metavar="DATE", help="Up to the end of this day.")
@click.option("--firm", default="", metavar="FIRM", help="Only what concerns this firm.")
@click.option("--group", default="", metavar="GROUP", help="circularity, health, bubble, losses or stakes.")
@runs_option
@common
def measures(session: Session, run: str, at: str, firm: str, group: str, runs: str) -> None:
    """How circular, how sound, how far ahead: all measures of a run, with their definitions."""
    from attrs import asdict

    from model import measuring
    from model.folders import find_run, folder_of

    found = measuring.measure(folder_of(find_run(run, runs_folder(runs))), at, firm, group)
    if session.as_json:
        session.answer(asdict(found))
        return
    from model import terminal_measures

    terminal_measures.show_measures(found)


@cli.command()
@click.argument("run", metavar="RUN")
@click.argument("firm", default="sector", metavar="[FIRM]")
@click.option("--from", "since", default="", metavar="DATE", help="The first day; the opening if not given.")
@click.option("--until", default="", metavar="DATE", help="The last day; the end if not given.")
@runs_option
@common
def statement(session: Session, run: str, firm: str, since: str, until: str, runs: str) -> None:
    """Balance sheet, income and cash flows of a firm for any days; without a firm, who paid whom for what."""
    from attrs import asdict

    from model import stating
    from model.folders import find_run, folder_of

    found = stating.state(folder_of(find_run(run, runs_folder(runs))), firm, since, until)
    if session.as_json:
        session.answer({name: asdict(part) for name, part in found.items()})
        return
    from model import terminal_measures

    if "flows" in found:
        terminal_measures.show_matrix(found["flows"])
    else:
        terminal_measures.show_statements(found["balance_sheet"], found["income"], found["cash_flows"])


for command in (compare, index_command, *AUDITS, *EXPERIMENTS):
    cli.add_command(command)


# --- what the commands do ---------------------------------------------------------------------------------------------


def _execute(session: Session, loaded: "Loaded", runs: Path, quiet: bool, stops: "Stops") -> "tuple[Ran, World]":
    """Run it, heeding signals at each month's end, and telling the diagnostics how far it is."""
    from model import terminal
    from model.run import genesis_of
    from model.run import run as execute

    tell = session.diagnostics.tell

    def opened(folder: Path, outcome: str) -> None:
        session.folder = folder
        tell.info("opened", folder=str(folder), outcome=outcome)
        if outcome == "new":
            session.diagnostics.keep_in(folder)

    with terminal.progress(loaded.scenario.name, quiet) as show:

        def month_ended(date: str, day: int, last: int) -> None:
            show(date, day, last)
            tell.debug("month ended", date=date, day=day)
            if day < last:
                stops.check()

        ran = execute(loaded, runs, progress=month_ended, opened=opened)
    session.folder = ran.folder
    tell.info("ended", outcome=ran.outcome, head=ran.head, events=ran.events, seconds=round(ran.seconds, 3))
    if ran.outcome != "reproduced":
        session.diagnostics.keep_in(ran.folder)
    genesis = genesis_of(loaded)
    return ran, terminal.World(genesis.outside, genesis.ends)


def _known_head(path: Path) -> str:
    """The head that the index beside a run's folder knows; "" where it does not know the run."""
    from events import index
    from events.log import NAME

    if path.is_file() and path.name != NAME:
        return ""
    folder = (path if path.is_dir() else path.parent).resolve()
    return index.find(folder.parent, folder.name) or ""


def _rerun(folder: Path, session: Session, quiet: bool) -> None:
    """Run the scenario beside a log again; raises where another log comes out."""
    from model import terminal
    from model.run import rerun
    from model.stops import Stops

    with Stops() as stops, terminal.progress(folder.resolve().name, quiet) as show:

        def month_ended(date: str, day: int, last: int) -> None:
            show(date, day, last)
            if day < last:
                stops.check()

        try:
            rerun(folder, month_ended)
        except OtherHistory as other:
            raise _of_other_code(other, folder) from other


def _of_other_code(other: OtherHistory, folder: Path) -> Diverged:
    """An audit that ran other code than the writer's says so; neither log is wrong by itself."""
    fields = f" (its genesis differs in {', '.join(other.fields)})" if other.fields else ""
    found = f"run again by other code, it is another log{fields}; {other.difference or str(other)}"
    problem = Diverged(f"{found}; only the same bytes are allowed; take the code that wrote it", folder)
    problem.difference = other.difference
    return problem


def _run_object(ran: "Ran", result: "CameTo") -> dict[str, Any]:
    defaults = [
        {"firm": record.event.firm, "date": record.date, "seq": record.seq}  # type: ignore[attr-defined]
        for record in result.tale.defaults
    ]
    return {
        "run": str(ran.folder),
        "head": ran.head,
        "events": ran.events,
        "seconds": round(ran.seconds, 3),
        "outcome": ran.outcome,
        "defaults": defaults,
        "outcomes": result.outcomes,
        "first_difference": ran.first_difference,
    }


def _replay_object(found: "Replayed", level: str, anchored: bool) -> dict[str, Any]:
    inside = [name for name in found.books.firms if name not in found.genesis.outside]
    return {
        "level": level,
        "anchored": anchored,
        "head": found.head,
        "events": found.events,
        "blocks": found.blocks,
        "opens": found.genesis.opens,
        "last_date": found.last_date,
        "scenario": found.genesis.scenario,
        "problems": found.problems,
        "notes": found.notes,
        "books": {name: found.books.ledger.sheet(name) for name in inside},
    }
