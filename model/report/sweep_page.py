"""The page of a sweep: its table, its curves, its fans, and where two parameters were varied a map of them."""

import datetime
from collections.abc import Iterator, Sequence
from shlex import quote

from model.experiments.fans import Fan, fans
from model.experiments.kept import Kept
from model.experiments.plan import Cell
from model.experiments.statistics import Survival, survival
from model.experiments.summary import CellSummary, Summary, date_of
from model.experiments.sweeps import Swept
from model.report import charts
from model.report.charts import Line
from model.report.colours import of_several
from model.report.page import Chart, Heading, Part, Spec, Table, Words, escape
from model.telling import amount, median, percent

MOST_CELLS = 6  # lines in one chart: more cannot be told apart
SERIES = {
    "cash_cents": "Cash of all firms in the circle at each month's end",
    "loans_cents": "Principal that they owe",
    "users_paid_cents": "What users pay AI labs in a month",
    "chips_delivered_cents": "Chips delivered in a month",
    "missed_cents": "Bills missed so far",
    "defaults": "Firms in default so far",
}


def of_sweep(swept: Swept, found: Summary) -> Iterator[Part]:
    """All that a sweep's page shows, in its order."""
    yield from _story(swept, found)
    yield Heading("Cells", "cells")
    yield _table(found)
    yield Words("Intervals of 95 %: Wilson for shares, Student for means and for differences seed by seed; medians of "
                "Kaplan and Meier, “&gt;” where half of the runs never came to it.", faint=True)  # fmt: skip
    yield from _map(swept, found)
    shown = _some(found.cells)
    yield Heading("How long until the first default", "survival")
    if len(shown) < len(found.cells):
        yield Words(f"{len(shown)} of {len(found.cells)} cells are drawn, evenly chosen.", faint=True)
    yield Chart("first-default", _curves(shown, found),
                "Share of seeds in which nobody has defaulted yet, with 95 % intervals (Kaplan, Meier).")  # fmt: skip
    yield from _firms(swept, found, shown)
    yield from _fans(swept, [cell.cell for cell in shown])
    yield from _trust(swept)


def _story(swept: Swept, found: Summary) -> Iterator[Part]:
    paths = " and ".join(f"<code>{escape(path)}</code>" for path in swept.plan.paths) or "nothing"
    whole = len(swept.rows) - len(swept.failed)
    yield Words(
        f"{escape(swept.plan.name)}, with {paths} varied: {len(found.cells)} cells over {len(swept.plan.seeds)} seeds, "
        f"{whole} of {swept.plan.size} runs whole. The same seeds are run in every cell, so cells are compared seed by "
        "seed."
    )
    if swept.failed:
        yield Words(f"{len(swept.failed)} runs are not whole and count nowhere; results.parquet says why.")
    ranked = sorted((cell for cell in found.cells if cell.n), key=lambda cell: cell.defaulting.value)
    if ranked and len(ranked) > 1:
        least, most = ranked[0], ranked[-1]
        yield Words(
            f"Fewest seeds with a default: {escape(least.cell.label)}, {percent(least.defaulting)}. "
            f"Most: {escape(most.cell.label)}, {percent(most.defaulting)}."
        )


def _table(found: Summary) -> Table:
    head = ["cell", "n", "seeds with a default", "first miss, median", "first default, median"]
    for name in found.outcomes:
        head += [name, "less the first cell"]
    rows = []
    for cell in found.cells:
        row = [cell.cell.label, str(cell.n), percent(cell.defaulting), median(cell.first_miss, found),
               median(cell.first_default, found)]  # fmt: skip
        for name in found.outcomes:
            row += [amount(cell.means[name], name), amount(cell.differences[name].by_t, name)]
        rows.append(row)
    return Table(head, rows, range(1, len(head)))


def _map(swept: Swept, found: Summary) -> Iterator[Part]:
    """Where the cells are a grid of just two paths."""
    if len(swept.plan.paths) != 2 or swept.plan.design != "grid":
        return
    columns, rows = (list(dict.fromkeys(cell.values[at][1] for cell in swept.plan.cells)) for at in (0, 1))
    at = {(cell.cell.values[0][1], cell.cell.values[1][1]): cell for cell in found.cells}
    names = (swept.plan.paths[0], swept.plan.paths[1])
    yield Heading("Map of the two parameters", "map")
    shares = [[at[column, row].defaulting.value for column in columns] for row in rows]
    texts = [[f"{cell.defaulting.value * cell.n:.0f} of {cell.n}" if cell.n else "-"
              for cell in (at[column, row] for column in columns)] for row in rows]  # fmt: skip
    yield Chart("map-defaults", charts.heat(columns, rows, shares, texts, names, "share of seeds"),
                "Share of seeds in which somebody defaults.")  # fmt: skip
    for number, name in enumerate(found.outcomes):
        values = [[at[column, row].means[name].value for column in columns] for row in rows]
        texts = [[amount(at[column, row].means[name], name) for column in columns] for row in rows]
        unit, scale = charts.unit_of(name)
        scaled = [[value / scale for value in row] for row in values]
        yield Chart(f"map-{number}", charts.heat(columns, rows, scaled, texts, names, unit),
                    f"Mean of {name} over the seeds, with half its interval.")  # fmt: skip


def _curves(cells: Sequence[CellSummary], found: Summary) -> Spec:
    drawn = [_curve(cell.cell.label, cell.first_default, found, of_several(at)) for at, cell in enumerate(cells)]
    return charts.lines(drawn, "share of seeds", percent=True)


def _curve(name: str, found: Survival, span: Summary | Kept, colour: str) -> Line:
    """From the opening, where all are left, to the end of the world."""
    start = datetime.date.fromisoformat(span.opens)
    days = [0.0, *found.days]
    left, low, high = [1.0, *found.left], [1.0, *found.low], [1.0, *found.high]
    reach = (datetime.date.fromisoformat(span.ends) - start).days
    if days[-1] < reach:
        days, left, low, high = [*days, float(reach)], [*left, left[-1]], [*low, low[-1]], [*high, high[-1]]
    dates = [(start + datetime.timedelta(days=int(day))).isoformat() for day in days]
    return Line(name, dates, left, colour, [(low, high, 0.12)], step=True)


def curve(name: str, kept: Kept, cell: Cell, colour: str) -> Line:
    """The curve until the first default in a cell of a kept sweep."""
    dates = [date_of(row, "first_default_date") for row in kept.swept.of(cell.number)]
    return _curve(name, survival(kept.opens, kept.ends, dates), kept, colour)


def _firms(swept: Swept, found: Summary, shown: Sequence[CellSummary]) -> Iterator[Part]:
    """Which firms still stand, cell by cell."""
    prefix = "default_date."
    fallen = sorted({name for row in swept.rows for name in row.outcomes if name.startswith(prefix)})
    if not fallen:
        return
    yield Heading("Which firms still stand", "firms")
    colour = {name: of_several(at) for at, name in enumerate(fallen)}
    for cell in shown:
        rows = swept.of(cell.cell.number)
        here = [name for name in fallen if any(name in row.outcomes for row in rows)]
        if not here:
            continue
        curves = {
            name: survival(found.opens, found.ends, [str(row.outcomes.get(name, "")) or None for row in rows])
            for name in here
        }
        drawn = [_curve(name.removeprefix(prefix), curves[name], found, colour[name]) for name in here[:MOST_CELLS]]
        said = f"{cell.cell.label}: share of {cell.n} seeds in which a firm has not defaulted yet"
        left = f"; {len(here) - MOST_CELLS} more are in results.parquet" if len(here) > MOST_CELLS else ""
        yield Chart(f"firms-{cell.cell.number}", charts.lines(drawn, "share of seeds", 260, percent=True),
                    f"{said}{left}.")  # fmt: skip


def _fans(swept: Swept, cells: Sequence[Cell]) -> Iterator[Part]:
    drawn = fans(swept, cells)
    if not drawn:
        return
    yield Heading("Main series", "series")
    yield Words("Lines are medians over the seeds; half of the runs lie in the dark bands, nine in ten in the light "
                "ones. Of fewer than twenty seeds the light band holds nearly all.", faint=True)  # fmt: skip
    for name in [*(name for name in SERIES if name in drawn), *sorted(drawn.keys() - SERIES.keys())]:
        if any(any(band) for fan in drawn[name] for band in fan.bands):
            unit, _ = charts.unit_of(name)
            lines = [fan_line(fan.cell.label, fan, of_several(at)) for at, fan in enumerate(drawn[name])]
            yield Chart(f"fan-{name.replace('.', '-')}", charts.lines(lines, unit, 300),
                        f"{series_name(name)}; {_counted(drawn[name])}.")  # fmt: skip


def _counted(drawn: Sequence[Fan]) -> str:
    """How many runs are in a fan."""
    least, most = min(fan.n for fan in drawn), max(fan.n for fan in drawn)
    return f"n = {most} runs a cell" if least == most else f"n = {least} to {most} runs a cell"


def series_name(name: str) -> str:
    """A series in words."""
    return SERIES.get(name) or f"Cash of {name.partition('.')[2]} at each month's end"


def fan_line(name: str, fan: Fan, colour: str) -> Line:
    """The median of a fan with its two bands, under a name."""
    _, scale = charts.unit_of(fan.name)
    low, quarter, middle, three, high = ([value / scale for value in band] for band in fan.bands)
    return Line(
        name, [f"{month}-28" for month in fan.months], middle, colour, [(low, high, 0.1), (quarter, three, 0.22)]
    )


def _some(cells: Sequence[CellSummary]) -> list[CellSummary]:
    """At most six cells: the first, the last, and evenly between."""
    if len(cells) <= MOST_CELLS:
        return list(cells)
    return [cells[round(at * (len(cells) - 1) / (MOST_CELLS - 1))] for at in range(MOST_CELLS)]


def _trust(swept: Swept) -> Iterator[Part]:
    yield Heading("How to check this", "check")
    one = swept.rows[-1] if swept.rows else None
    sets = "".join(f" --set {quote(text)}" for text in (*swept.plan.sets, *(one.cell.sets if one else ())))
    yield Words(f"Plan <code>{swept.plan.digest}</code>. Any row runs by itself, and has the head that its row in "
                "<code>results.parquet</code> says; the last one:")  # fmt: skip
    if one:
        line = f"python -m model run {quote(swept.plan.scenario)}{sets} --seed {one.seed}"
        yield Words(f"<code>{escape(line)}</code>")
        yield Words(f'head <span class="hash">{escape(one.head or "(not whole)")}</span>')
