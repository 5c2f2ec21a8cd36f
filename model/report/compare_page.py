"""The page of a comparison: what was set otherwise, what came out otherwise, and the main series of each."""

from collections.abc import Iterator

from events.replay import records
from model.compare import Comparison, Parameter
from model.experiments.beside import Pair, SweepsBeside
from model.experiments.fans import fans
from model.report import charts
from model.report.charts import Line
from model.report.colours import of_several
from model.report.page import Chart, Heading, Part, Table, Words, escape
from model.report.sweep_page import SERIES, curve, fan_line, series_name
from model.series import Monthly, monthly
from model.telling import amount, day_named, outcome_text, percent

MOST_ROWS = 40
SMALL = 230  # pixels


def of_runs(found: Comparison) -> Iterator[Part]:
    """Runs side by side."""
    names = [run.name for run in found.runs]
    for run, parted in zip(found.runs[1:], found.differences, strict=True):
        told = (
            f"parts from {names[0]} on {parted.date} (seq {parted.seq})" if parted else f"is {names[0]} in every event"
        )
        yield Words(f"<strong>{escape(run.name)}</strong> {escape(told)}.")
    yield from _inputs(found.parameters, names)
    yield Heading("Outcomes", "outcomes")
    differing = {name: values for name, values in found.outcomes.items() if len(set(values)) > 1}
    rows = [[name, *(outcome_text(value, name) for value in values)] for name, values in differing.items()]
    yield Table(["outcome", *names], rows, range(1, len(names) + 1))
    yield Words(f"{len(found.outcomes) - len(differing)} more outcomes are the same in all.", faint=True)
    yield Heading("Main series", "series")
    outside = [run.outside for run in found.runs]
    drawn = [monthly(records(run.folder), out) for run, out in zip(found.runs, outside, strict=True)]
    for name in _series([one.lines for one in drawn]):
        lines = [_line(run, one, name, at) for at, (run, one) in enumerate(zip(names, drawn, strict=True))]
        unit, _ = charts.unit_of(name)
        shown = charts.lines([line for line in lines if line.x], unit, SMALL)
        yield Chart(f"series-{name.replace('.', '-')}", shown, f"{series_name(name)}.")
    yield Heading("How to check this", "check")
    for run in found.runs:
        yield Words(f'{escape(run.name)}: head <span class="hash">{escape(run.head)}</span>')


def _line(run: str, one: Monthly, name: str, at: int) -> Line:
    _, scale = charts.unit_of(name)
    values = [value / scale for value in one.lines.get(name, [])]
    return Line(run, [f"{month}-28" for month in one.months][: len(values)], values, of_several(at))


def _series(several: list[dict[str, list[int]]]) -> list[str]:
    """The names of the series that differ or move, the main ones first."""
    there = {name for lines in several for name, line in lines.items() if any(line)}
    return [*(name for name in SERIES if name in there), *sorted(there - SERIES.keys())]


def _inputs(rows: tuple[Parameter, ...], names: list[str]) -> Iterator[Part]:
    yield Heading("Inputs that differ", "inputs")
    if rows:
        yield Table(["parameter", *names], [[row.path, *row.values] for row in rows[:MOST_ROWS]])
    else:
        yield Words("None.")
    if len(rows) > MOST_ROWS:
        yield Words(f"{len(rows) - MOST_ROWS} more; all with <code>compare --json</code>.", faint=True)


def of_sweeps(found: SweepsBeside) -> Iterator[Part]:
    """Sweeps side by side: each after the first, held against it."""
    yield Words("The same seeds are held against each other: differences scatter less than the sweeps do. Intervals of "
                "95 %, by Student's t and by the bootstrap (BCa).")  # fmt: skip
    yield from _inputs(found.parameters, list(found.names))
    for number, (name, pairs) in enumerate(zip(found.names[1:], found.pairs, strict=True), start=1):
        yield Heading(f"{name} less {found.names[0]}", f"sweep-{number}")
        for pair in pairs:
            yield from _pair(pair, found, number)


def _pair(pair: Pair, found: SweepsBeside, number: int) -> Iterator[Part]:
    names = (found.names[0], found.names[number])
    label = pair.base.label if pair.base.values == pair.other.values else f"{pair.base.label} | {pair.other.label}"
    opens = found.sweeps[0].opens
    yield Heading(f"{label}, n = {pair.seeds} seeds", level=3)
    told = (
        f"{escape(name)}: {percent(share)} of seeds with a default, the first one at {day_named(opens, day)} (median)"
        for name, share, day in zip(names, pair.defaulting, pair.medians, strict=True)
    )
    yield Words("; ".join(told) + ".")
    rows = [
        [row.outcome, amount(row.base, row.outcome), amount(row.other, row.outcome),
         amount(row.difference.by_t, row.outcome), amount(row.difference.by_bootstrap, row.outcome)]
        for row in pair.differences[:MOST_ROWS]
    ]  # fmt: skip
    if rows:
        yield Table(["outcome", *names, "difference, by t", "by the bootstrap"], rows, (1, 2, 3, 4))
    else:
        yield Words("No outcome differs.")
    if len(pair.differences) > MOST_ROWS:
        yield Words(f"{len(pair.differences) - MOST_ROWS} more; all with <code>compare --json</code>.", faint=True)
    place = f"{number}-{pair.base.number}-{pair.other.number}"
    sides = ((found.sweeps[0], pair.base), (found.sweeps[number], pair.other))
    curves = [
        curve(name, kept, cell, of_several(at))
        for at, (name, (kept, cell)) in enumerate(zip(names, sides, strict=True))
    ]
    yield Chart(f"survival-{place}", charts.lines(curves, "share of seeds", SMALL, percent=True),
                "Share of seeds in which nobody has defaulted yet.")  # fmt: skip
    fanned = [fans(kept.swept, [cell]) for kept, cell in sides]
    for series in SERIES:
        there = [(name, fan[series][0]) for name, fan in zip(names, fanned, strict=True) if series in fan]
        if any(any(band) for _, fan in there for band in fan.bands):
            drawn = [fan_line(name, fan, of_several(at)) for at, (name, fan) in enumerate(there)]
            unit, _ = charts.unit_of(series)
            yield Chart(f"fan-{place}-{series}", charts.lines(drawn, unit, SMALL), f"{series_name(series)}.")
