"""Sweeps, thresholds and sensitivities on a screen, narrow or wide."""

from rich import box
from rich.table import Table
from rich.text import Text

from events.problems import safe
from model.experiments.beside import Pair, SweepsBeside
from model.experiments.discover import Box
from model.experiments.sensitivity import Effect
from model.experiments.summary import CellSummary, Summary
from model.experiments.sweeps import Swept
from model.experiments.threshold import Threshold
from model.experiments.vary import Vary
from model.telling import amount, day_named, effect, in_words, median, percent
from model.terminal import console

MOST_EFFECTS = 25
MOST_INPUTS = 15
MOST_OUTCOMES = 12
WIDE = 96  # columns from which the first missed payment finds room too


def show_sweep(swept: Swept, found: Summary) -> None:
    """A row a cell; what failed; where it is and how any row is run by itself."""
    screen = console()
    wide = screen.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("cell", overflow="fold", min_width=12)
    table.add_column("n", justify="right")
    table.add_column("seeds with a default", justify="right")
    if wide:
        table.add_column("first miss, median", justify="right")
    table.add_column("first default, median", justify="right")
    for name in found.outcomes:
        table.add_column(Text(safe(name)), justify="right", overflow="fold")
        table.add_column("less the first cell", justify="right", overflow="fold")
    for cell in found.cells:
        table.add_row(*_cells(cell, found, wide))
    screen.print(table)
    screen.print(
        Text("95 % intervals: Wilson for shares, Student for means and for differences seed by seed; medians of "
             "Kaplan and Meier, '>' where half of the runs never came to it")
    )  # fmt: skip
    for row in swept.failed[:5]:
        screen.print(Text(f"{row.status}: {safe(row.cell.label, 80)}, seed {row.seed}: {safe(row.why, 200)}"))
    if len(swept.failed) > 5:
        screen.print(Text(f"and {len(swept.failed) - 5} more that are not whole, in results.parquet"))
    whole = len(swept.rows) - len(swept.failed)
    screen.print(
        Text(f"{whole} of {swept.plan.size} runs whole, {swept.reused} of them there before; plan {swept.plan.digest}")
    )
    screen.print(Text(f"files {swept.folder}/"))


def _cells(cell: CellSummary, found: Summary, wide: bool) -> list[Text]:
    row = [Text(safe(cell.cell.label, 120)), Text(str(cell.n)), Text(percent(cell.defaulting))]
    if wide:
        row.append(Text(median(cell.first_miss, found)))
    row.append(Text(median(cell.first_default, found)))
    for name in found.outcomes:
        difference = cell.differences[name].by_t
        row += [Text(amount(cell.means[name], name)), Text(amount(difference, name))]
    return row


def show_sweeps_beside(found: SweepsBeside) -> None:
    """What was set otherwise, then each sweep against the first, cell by cell."""
    screen = console()
    _show_inputs(found)
    for name, pairs in zip(found.names[1:], found.pairs, strict=True):
        screen.print(Text(f"{safe(name)} less {safe(found.names[0])}", style="bold"))
        for pair in pairs:
            _show_pair(pair, found)
    screen.print(
        Text("95 % intervals over seeds that both ran: Wilson for shares, Student's t and the bootstrap for "
             "differences seed by seed")
    )  # fmt: skip


def _show_inputs(found: SweepsBeside) -> None:
    screen = console()
    if not found.parameters:
        screen.print(Text("No parameter that holds in all cells differs."))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("parameter", *found.names):
        table.add_column(Text(safe(head, 40)), overflow="fold")
    for row in found.parameters[:MOST_INPUTS]:
        table.add_row(Text(safe(row.path, 100)), *(Text(safe(value, 60)) for value in row.values))
    screen.print(table)
    if len(found.parameters) > MOST_INPUTS:
        screen.print(Text(f"{len(found.parameters) - MOST_INPUTS} more; all with --json"))


def _show_pair(pair: Pair, found: SweepsBeside) -> None:
    screen = console()
    one, two = (percent(share) for share in pair.defaulting)
    first, then = (day_named(found.sweeps[0].opens, day) for day in pair.medians)
    screen.print(Text(f"{safe(pair.other.label, 120)}: seeds with a default {one}, then {two}; the first one, median, "
                      f"{first}, then {then}; n = {pair.seeds}"))  # fmt: skip
    if not pair.differences:
        screen.print(Text("no outcome differs"))
        return
    wide = screen.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("outcome", overflow="fold")
    for head in ("first", "then", "difference, by t", *(("by the bootstrap",) if wide else ())):
        table.add_column(head, justify="right", overflow="fold")
    for row in pair.differences[:MOST_OUTCOMES]:
        estimates = [row.base, row.other, row.difference.by_t, *([row.difference.by_bootstrap] if wide else [])]
        table.add_row(Text(safe(row.outcome)), *(Text(amount(one, row.outcome)) for one in estimates))
    screen.print(table)
    left = len(pair.differences) - MOST_OUTCOMES
    if left > 0:
        screen.print(Text(f"{left} more outcomes differ, less surely; all with --json"))


def show_threshold(found: Threshold) -> None:
    """The value, its interval, and how the seeds lie."""
    screen = console()
    path = found.plan.paths[0]
    where = found.at or f"beyond {found.values[-1]}"
    low = found.low or "open below"
    high = found.high or "open above"
    too_few = "these seeds are too few to say" if not found.low and not found.high else f"{low} to {high}"
    asked = f"{found.condition} in at least {found.share:.0%} of seeds".replace("%", " %")
    screen.print(Text(f"{asked}: {safe(path)} {safe(where)}"))
    screen.print(Text(f"95 % interval by order statistics: {safe(too_few)}; n = {found.n} seeds"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("from", "seeds that begin there", "seeds so far"):
        table.add_column(name, justify="right")
    so_far = 0
    for index in sorted(set(found.by_seed.values())):
        here = sum(at == index for at in found.by_seed.values())
        so_far += here
        value = found.values[index] if index < len(found.values) else f"beyond {found.values[-1]}"
        table.add_row(Text(safe(value)), Text(str(here)), Text(f"{so_far} of {found.n}"))
    screen.print(table)
    if found.odd:
        listed = ", ".join(map(str, found.odd))
        screen.print(Text(f"in seeds {listed} it holds at the lower end and not at the upper one: look at these"))
    lacking = len(found.plan.seeds) - found.n
    if lacking:
        screen.print(Text(f"{lacking} seeds have runs that are not whole, and are not counted"))
    screen.print(Text(f"{found.runs} runs of {found.plan.size} on the steps; files {found.folder}/"))


def show_effects(swept: Swept, found: list[Effect], method: str, outcome: str, ranges: list[Vary]) -> None:
    """The paths by effect; those that move nothing are counted only."""
    screen = console()
    ends = {one.path: f"{one.low} to {one.high}" for one in ranges}
    main, other = ("mean change", "spread") if method == "morris" else ("alone", "with all others")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("assumption", overflow="fold")
    if screen.width >= WIDE:
        table.add_column("range", overflow="fold")
    table.add_column(main, justify="right")
    table.add_column(other, justify="right")
    moving = [one for one in found if one.main or one.other]
    for one in moving[:MOST_EFFECTS]:
        cells = [Text(safe(one.path))]
        if screen.width >= WIDE:
            cells.append(Text(safe(ends[one.path])))
        table.add_row(*cells, Text(effect(one.main, one.main_half, outcome, method)),
                      Text(effect(one.other, one.other_half, outcome, method)))  # fmt: skip
    screen.print(table)
    seeds = len(swept.plan.seeds)
    what = "from end to end of each range" if method == "morris" else "part of the variance"
    screen.print(Text(f"{outcome}: {what}, with 95 % intervals; {len(swept.plan.cells)} cells, {seeds} seeds each"))
    left = len(found) - len(moving[:MOST_EFFECTS])
    if left:
        screen.print(Text(f"{left} more, of which {len(found) - len(moving)} move nothing; all with --json"))
    screen.print(Text(f"files {swept.folder}/"))


def show_boxes(swept: Swept, found: list[Box], wanted: str) -> None:
    """The boxes, one below the other, in words."""
    screen = console()
    whole = len(swept.rows) - len(swept.failed)
    cases = round(sum(box.cases for box in found))
    screen.print(Text(f"{wanted} in {whole} runs: {len(found)} boxes hold {cases} of the runs in which it does"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("where", overflow="fold")
    for name in ("runs", "coverage", "density"):
        table.add_column(name, justify="right")
    for one in found:
        where = "; ".join(in_words(cut) for cut in one.cuts) or "everywhere"
        coverage = f"{one.coverage:.0%}".replace("%", " %")
        table.add_row(Text(safe(where, 300)), Text(str(one.runs)), Text(coverage), Text(percent(one.density)))
    screen.print(table)
    screen.print(
        Text("coverage: part of all such runs that lies in the box; density: part of its runs that are such, with "
             "Wilson's interval")
    )  # fmt: skip
    screen.print(Text(f"files {swept.folder}/"))
