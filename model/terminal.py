"""What people see: the progress of a run, and its story in one screen. Names from elsewhere are shown escaped.

Results go to stdout, progress and notices to stderr. Colour, lines and widths are rich's business: it heeds NO_COLOR,
and what is not a terminal gets plain text of 100 columns.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from events.accounts import LOAN
from events.books import Books
from events.problems import safe
from events.units import PPM
from model import story
from model.outcomes import NOT_SET, CameTo, Tale, runway_ppm
from model.report.pictures import NAME as PAGE

if TYPE_CHECKING:
    from events.replay import Replayed
    from model.compare import Comparison, Parameter

PLAIN_COLUMNS = 100
NARROWEST = 40
ROOMY = 72  # columns from which a table of firms has room for the runway
NOTHING = "-"

Show = Any  # called with (date, day, last day) as a run goes on


class _Screen(Console):
    """A console that lets whoever called it know that nobody reads any more."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console(to_stderr: bool = False) -> Console:
    """Where to print; a terminal has its own width, everything else 100 columns (or COLUMNS)."""
    made = _Screen(stderr=to_stderr, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = PLAIN_COLUMNS
    made.width = max(NARROWEST, made.width)
    return made


@contextmanager
def progress(what: str, quiet: bool) -> Iterator[Show]:
    """A bar with the simulated date on a terminal; else a line a simulated year, all on stderr."""
    screen = console(to_stderr=True)
    if quiet:
        yield lambda date, day, last: None
    elif not screen.is_terminal:
        yield _Lines(what)
    else:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[date]}", markup=False),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=screen, transient=True) as bars:
            task = bars.add_task(safe(what), total=None, date="")
            yield lambda date, day, last: bars.update(task, total=last, completed=day, date=date)


@contextmanager
def counting(what: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar over many runs on a terminal, with the time left; else a line now and then, all on stderr."""
    screen = console(to_stderr=True)
    if quiet:
        yield lambda done, of: None
    elif not screen.is_terminal:
        yield lambda done, of: notice(f"{safe(what)}: {done} of {of}") if done % 20 == 0 or done == of else None
    else:
        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=None), TimeRemainingColumn())
        with Progress(*columns, console=screen, transient=True) as bars:
            task = bars.add_task(safe(what), total=None)
            yield lambda done, of: bars.update(task, total=of, completed=done)


@contextmanager
def counting_runs(what: str, quiet: bool) -> Iterator[Callable[[int, int, int], None]]:
    """As `counting`, for runs that may fail: called with (done, in all, failed)."""
    screen = console(to_stderr=True)
    if quiet:
        yield lambda done, of, failed: None
    elif not screen.is_terminal:
        yield lambda done, of, failed: (
            notice(f"{safe(what)}: {done} of {of}, {failed} failed") if done % 20 == 0 or done == of else None
        )
    else:
        columns = (
            TextColumn("{task.description}", markup=False), BarColumn(bar_width=None),
            TextColumn("{task.completed} of {task.total}, {task.fields[failed]} failed"), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=screen, transient=True) as bars:
            task = bars.add_task(safe(what), total=None, failed=0)
            yield lambda done, of, failed: bars.update(task, total=of, completed=done, failed=failed)


class _Lines:
    """One line at the end of each simulated year."""

    def __init__(self, what: str) -> None:
        self.what = safe(what)

    def __call__(self, date: str, day: int, last: int) -> None:
        if date[5:7] == "12" or day >= last:
            notice(f"{self.what}: {date}, {day * 100 // last} %")


def notice(text: str) -> None:
    """A line on stderr for whoever waits."""
    with suppress(OSError, ValueError):  # nobody is there to read it
        print(text, file=sys.stderr, flush=True)


# --- the screens ----------------------------------------------------------------------------------------------------


def show_run(folder: Path, outcome: str, head: str, result: CameTo, books: Books, world: "World") -> None:
    """A run's story in one screen."""
    screen = console()
    screen.print(Text(story.headline(result), style="bold"))
    if result.tale.shocks or result.tale.misses or result.tale.covenants:
        screen.print()
        screen.print(_moments(result))
    screen.print()
    screen.print(firms_table(books, world, result.tale))
    screen.print()
    for text in (story.circle(result), story.built(result), story.not_binding(result.tale)):
        if text:
            screen.print(Text(text))
    files = f"{safe(str(folder), 300)}/ ({outcome}, {books.seq + 1:,} events)"
    drawn = [("page", safe(str(folder / PAGE), 300))] if (folder / PAGE).exists() else []
    screen.print(_footer(("head", head), ("files", files), *drawn, ("next", _next(folder))))


def show_replay(found: "Replayed", level: str, world: "World") -> None:
    """What a log is worth, and the books it adds up to."""
    screen = console()
    genesis = found.genesis
    screen.print(Text(f"{level}: {safe(genesis.scenario)} is whole and true.", style="bold"))
    size = f"{found.events:,} events in {found.blocks:,} blocks"
    screen.print(Text(f"{size}, {genesis.opens} to {found.last_date}; seed {genesis.seed}."))
    for note in found.notes:
        screen.print(Text(f"Note: {safe(note, 300)}."))
    screen.print()
    screen.print(Text(f"The books at the end of {world.date}:"))
    screen.print(firms_table(found.books, world, None))
    screen.print()
    screen.print(_footer(("head", found.head)))


def show_comparison(found: "Comparison") -> None:
    """Parameters, outcomes and the day on which runs part; what both shocks only do together, if that can be said."""
    screen = console()
    names = [safe(run.name, 40) for run in found.runs]
    for run, parted in zip(found.runs[1:], found.differences, strict=True):
        base = names[0]
        screen.print(
            Text(
                f"{safe(run.name)} parts from {base} on {parted.date} (seq {parted.seq})."
                if parted
                else f"{safe(run.name)} has the same events as {base}."
            )
        )
    _show_parameters(screen, found, names)
    _show_outcomes(screen, found, names)
    if found.shares is not None:
        _show_shares(screen, found)


# --- the firms ------------------------------------------------------------------------------------------------------


@frozen
class World:
    """What a table of firms must know beside the books: who is outside the circle, and which day it is."""

    outside: Collection[str]
    date: str


def firms_table(books: Books, world: World, tale: Tale | None) -> Table:
    """A row a firm of the circle, with its boxes in it; the runway needs a tale, and a screen with room for it."""
    groups = _groups(books, world.outside)
    sheets = {firm: (_cash(books, group), _debt(books, group), _worth(books, group)) for firm, group in groups.items()}
    unit, word = _scale(cents for sheet in sheets.values() for cents in sheet)
    roomy = tale is not None and console().width >= ROOMY
    table = _table()
    table.add_column(f"firm, in {word}", overflow="fold", min_width=11)
    for head in ("cash", "debt", "net worth", *(("runway, quarters",) if roomy else ()), "share, USD"):
        table.add_column(head, justify="right")
    for firm, group in groups.items():
        runway = (_runway(runway_ppm(books, tale, group, world.date)),) if tale and roomy else ()
        numbers = (story.tenths(cents, unit) for cents in sheets[firm])
        table.add_row(_called(books, firm, group), *numbers, *runway, _price(books, tale, firm))
    return table


def _groups(books: Books, outside: Collection[str]) -> dict[str, list[str]]:
    """The firms of the circle, each with the boxes that it owns, itself first."""
    inside = [name for name in books.firms if name not in outside]
    owner = {name: books.firms[name].owner for name in inside}
    tops = [name for name in inside if owner[name] not in owner]
    return {top: [top, *(name for name in inside if owner[name] == top)] for top in tops}


def _called(books: Books, firm: str, group: Sequence[str]) -> str:
    failed = [name for name in group if books.firms[name].defaulted_seq is not None]
    boxes = f" + {len(group) - 1} box{'es' * (len(group) > 2)}" if len(group) > 1 else ""
    fate = " (defaulted)" if firm in failed else f" ({len(failed)} defaulted)" if failed else ""
    return f"{safe(firm, 40)}{boxes}{fate}"


def _cash(books: Books, group: Iterable[str]) -> int:
    return sum(books.ledger.cash_cents(name) for name in group)


def _debt(books: Books, group: Iterable[str]) -> int:
    return -sum(books.ledger.balance(name, LOAN) for name in group)


def _worth(books: Books, group: Sequence[str]) -> int:
    """Net worth of a firm with its boxes: what it has put into them is not counted twice."""
    in_boxes = books.ledger.balance(group[0], "Assets:Subsidiary")
    return sum(books.ledger.net_worth_cents(name) for name in group) - in_boxes


def _runway(ppm: int) -> str:
    return NOTHING if ppm < 0 else story.tenths(ppm, PPM)


def _price(books: Books, tale: Tale | None, firm: str) -> str:
    """The share's last price; failing that, the last round's, marked as such."""
    if firm in books.market.share_cents:
        return _dollars(books.market.share_cents[firm])
    last = (tale.prices if tale else books.market.round_cents).get(firm)
    return f"round {_dollars(last)}" if last else NOTHING


def _dollars(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def _scale(amounts: Iterable[int]) -> tuple[int, str]:
    """Billions, or millions where everything is small."""
    large = max((abs(cents) for cents in amounts), default=0) >= 2 * story.BILLION_CENTS
    return (story.BILLION_CENTS, "bn USD") if large else (story.MILLION_CENTS, "m USD")


# --- parts of a screen ----------------------------------------------------------------------------------------------


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")


def _moments(result: CameTo) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for moment in story.moments(result):
        grid.add_row(moment.date, moment.text)
        if result.why and moment.text.startswith("first payment missed"):
            grid.add_row("", Text(f"why: {story.why(result.why)}", style="dim"))
            if result.beside:
                grid.add_row("", Text(f"and: {story.why(result.beside)}", style="dim"))
    return grid


def _footer(*rows: tuple[str, str]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        grid.add_row(name, text)
    return grid


def _next(folder: Path) -> str:
    return f"python -m model replay {safe(str(folder), 300)}, or compare it with another run: compare RUN RUN"


def _show_parameters(screen: Console, found: "Comparison", names: Sequence[str]) -> None:
    screen.print()
    if not found.parameters:
        screen.print(Text("No parameter differs."))
        return
    table = _table()
    for head in ("parameter", *names):
        table.add_column(head, overflow="fold")
    for path, values in _gathered(found.parameters):
        table.add_row(safe(path, 100), *(safe(value, 60) for value in values))
    screen.print(table)


def _gathered(rows: Iterable["Parameter"]) -> Iterator[tuple[str, Sequence[str]]]:
    """Paths and values; a firm, deal or shock that some runs lack, and the others share, is one row."""
    for group, several in groupby(rows, key=lambda row: ".".join(row.path.split(".")[:2])):
        members = list(several)
        each = list(zip(*(row.values for row in members), strict=True))
        whole = [values for values in each if NOT_SET not in values]
        if len(members) > 2 and len(set(each)) == 2 and len(set(whole)) == 1:
            yield f"{group} ({len(members)} values)", ["set" if values in whole else NOT_SET for values in each]
        else:
            yield from ((row.path, row.values) for row in members)


def _show_outcomes(screen: Console, found: "Comparison", names: Sequence[str]) -> None:
    screen.print()
    different = {name: values for name, values in found.outcomes.items() if len(set(values)) > 1}
    same = len(found.outcomes) - len(different)
    if different:
        table = _table()
        table.add_column("outcome", overflow="fold")
        table.add_column(names[0], justify="right", overflow="fold")
        for name in names[1:]:
            table.add_column(f"{name} (difference)", justify="right", overflow="fold")
        for name, values in different.items():
            others = (_with_difference(name, values[0], value) for value in values[1:])
            table.add_row(_named(name), _shown(name, values[0]), *others)
        screen.print(table)
    screen.print(Text(f"{same} of {len(found.outcomes)} outcomes are the same in all."))


def _show_shares(screen: Console, found: "Comparison") -> None:
    shares = {name: share for name, share in (found.shares or {}).items() if share.both != share.base}
    screen.print()
    screen.print(Text("What explains the outcome of both together:", style="bold"))
    table = _table()
    table.add_column("outcome", overflow="fold")
    for head in ("base", "the fall", "the drought", "interaction", "both"):
        table.add_column(head, justify="right")
    for name, share in shares.items():
        effects = (_signed(name, share.demand), _signed(name, share.drought), _signed(name, share.interaction))
        table.add_row(_named(name), _shown(name, share.base), *effects, _shown(name, share.both))
    screen.print(table)


def _named(name: str) -> str:
    """An outcome's name for people, with the unit in which `_shown` shows it."""
    kind, _, who = name.partition(".")
    word = {"cents": ", bn USD", "ppm": ", %"}.get(kind.rpartition("_")[2], "")
    plain = kind.removesuffix("_cents").removesuffix("_ppm").replace("own_", "own_money_").replace("_", " ")
    return f"{safe(who)} {plain}{word}".strip()


def _shown(name: str, value: int | str) -> str:
    if isinstance(value, str):
        return safe(value) or NOTHING
    unit = name.partition(".")[0].rpartition("_")[2]
    if unit == "cents":
        return story.tenths(value, story.BILLION_CENTS)
    return story.tenths(value, PPM // 100) if unit == "ppm" else f"{value:,}"


def _signed(name: str, value: int) -> str:
    shown = _shown(name, value)
    return f"+{shown}" if value > 0 else shown


def _with_difference(name: str, base: int | str, value: int | str) -> str:
    if isinstance(base, int) and isinstance(value, int) and base != value:
        return f"{_shown(name, value)} ({_signed(name, value - base)})"
    return _shown(name, value)
