"""The pages of the three searches: where it begins, what moves it, in which region it holds."""

from collections.abc import Iterator, Sequence

from model.experiments.condition import Condition
from model.experiments.discover import Box
from model.experiments.sensitivity import Effect
from model.experiments.sweeps import Swept
from model.experiments.threshold import Threshold
from model.experiments.vary import Vary, number_of
from model.report import charts
from model.report.charts import Bar
from model.report.colours import of_several
from model.report.page import Chart, Heading, Part, Spec, Table, Words, escape, label
from model.telling import effect, in_words, percent

MOST_BARS = 25


def of_threshold(found: Threshold) -> Iterator[Part]:
    """How the seeds' own thresholds lie, and the quantile that was asked for."""
    path = found.plan.paths[0]
    where = found.at or f"beyond {found.values[-1]}"
    ends = f"{found.low or 'open below'} to {found.high or 'open above'}"
    share = f"{found.share:.0%}".replace("%", " %")
    yield Words(f"<strong>{escape(found.condition)}</strong> holds in at least {share} of the seeds from "
                f"<code>{escape(path)}</code> = <strong>{escape(where)}</strong> on "
                f"(95 % interval by order statistics: {escape(ends)}; n = {found.n} seeds).")  # fmt: skip
    yield Chart("threshold", _steps(found), f"Share of {found.n} seeds in which it holds, by {path}; each seed's own "
                "threshold is found by halving.")  # fmt: skip
    rows, so_far = [], 0
    for index in sorted(set(found.by_seed.values())):
        here = sum(at == index for at in found.by_seed.values())
        so_far += here
        value = found.values[index] if index < len(found.values) else f"beyond {found.values[-1]}"
        rows.append([value, str(here), f"{so_far} of {found.n}"])
    yield Table(["from", "seeds that begin there", "seeds so far"], rows, (1, 2))


def _steps(found: Threshold) -> Spec:
    shares = [sum(at <= index for at in found.by_seed.values()) / max(1, found.n) for index in range(len(found.values))]
    colour = of_several(0)
    data = [{
        "x": list(found.values), "y": shares, "mode": "lines+markers", "line": {"shape": "hv", "color": colour},
        "marker": {"color": colour}, "hovertemplate": "%{x}: %{y:.0%} of seeds<extra></extra>",
    }]  # fmt: skip
    layout = {
        "height": 320, "xaxis": {"type": "category", "title": {"text": label(found.plan.paths[0])}},
        "yaxis": {"title": {"text": "share of seeds"}, "tickformat": ".0%", "range": [-0.02, 1.05]},
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": found.share, "y1": found.share,
                    "line": {"dash": "dot", "color": "#7F7F7F"}}],
        "annotations": [{"xref": "paper", "x": 0, "y": found.share, "text": "asked for", "showarrow": False,
                         "xanchor": "left", "yanchor": "bottom"}],
    }  # fmt: skip
    return {"data": data, "layout": layout}


def of_effects(
    swept: Swept, found: Sequence[Effect], method: str, outcome: str, ranges: Sequence[Vary]
) -> Iterator[Part]:
    """The tornado, and the figures behind it."""
    ends = {one.path: f"{one.low} to {one.high}" for one in ranges}
    moving = [one for one in found if one.main or one.other]
    what = "how far it moves from end to end of a range" if method == "morris" else "the part of its variance"
    seeds = len(swept.plan.seeds)
    over = f"{len(swept.plan.cells)} cells, {seeds} seed{'s' * (seeds > 1)} each"
    still = f" {len(found) - len(moving)} assumptions move nothing." if len(moving) < len(found) else ""
    yield Words(f"<code>{escape(outcome)}</code>: {what}, by {method.capitalize()}, over {over}.{still}")
    unit, scale = ("part of the variance", 1) if method == "sobol" else charts.unit_of(outcome)
    for title, name, rows in (
        ("Each alone" if method == "sobol" else "Mean size of the change", "tornado",
         [Bar(one.path, one.main / scale, one.main_half / scale) for one in moving[:MOST_BARS]]),
        ("With all that they do through others" if method == "sobol" else "Spread: how much that depends on the others",
         "through-others", [Bar(one.path, one.other / scale, one.other_half / scale) for one in moving[:MOST_BARS]]),
    ):  # fmt: skip
        if rows:
            yield Heading(title, f"{name}-heading")
            yield Chart(name, charts.tornado(rows, unit), f"{title}, with intervals of 95 % where they are known.")
    table = [
        [one.path, ends[one.path], effect(one.main, one.main_half, outcome, method),
         effect(one.other, one.other_half, outcome, method)]
        for one in moving
    ]  # fmt: skip
    yield Heading("Figures", "figures")
    head = ["alone", "with all others"] if method == "sobol" else ["mean change", "spread"]
    yield Table(["assumption", "range", *head], table, (2, 3))


def of_boxes(swept: Swept, found: Sequence[Box], wanted: Condition) -> Iterator[Part]:
    """The boxes in words, and over the two parameters that cut most."""
    rows = [row for row in swept.rows if row.whole]
    held = [wanted.holds(row.outcomes) for row in rows]
    yield Words(f"<strong>{escape(wanted)}</strong> in {sum(held)} of {len(rows)} runs. The boxes are those of a "
                "regression tree in which it holds more often than in all runs.")  # fmt: skip
    table = [
        ["; ".join(in_words(cut) for cut in one.cuts) or "everywhere", str(one.runs),
         f"{one.coverage:.0%}".replace("%", " %"), percent(one.density)]
        for one in found
    ]  # fmt: skip
    yield Table(["where", "runs", "coverage", "density"], table, (1, 2, 3))
    yield Words("Coverage: part of all such runs that lies in the box; density: part of its runs that are such, with "
                "Wilson's interval.", faint=True)  # fmt: skip
    axes = _axes(swept, found)
    columns = [[number_of(row.cell.values[at][1]) or 0.0 for row in rows] for at in axes]
    names = [_axis(swept, at) for at in axes]
    if len(axes) == 1:  # nothing else was varied: seeds spread the runs
        columns.append([float(row.seed) for row in rows])
        names.append("seed")
    ends = [(min(column), max(column)) for column in columns]
    drawn = [(*_reach(one, swept, axes, ends), f"box {number}") for number, one in enumerate(found, start=1)]
    caption = f"Runs by {names[0]} and {names[1]}; diamonds are those in which {wanted} holds."
    if any(len(one.cuts) > 2 for one in found):
        caption += " Boxes with a third cut are drawn without it."
    yield Chart("boxes", charts.points(columns[0], columns[1], held, (names[0], names[1]), drawn), caption)


def _axes(swept: Swept, found: Sequence[Box]) -> list[int]:
    """At most two paths, those that cut most boxes first."""
    cuts = [cut.path for one in found for cut in one.cuts]
    order = sorted(range(len(swept.plan.paths)), key=lambda at: (-cuts.count(swept.plan.paths[at]), at))
    numbers = [at for at in order if all(number_of(row.cell.values[at][1]) is not None for row in swept.rows)]
    return numbers[:2]


def _axis(swept: Swept, at: int) -> str:
    unit = swept.rows[0].cell.values[at][1].partition(" ")[2]
    return f"{swept.plan.paths[at]}, {unit}" if unit else swept.plan.paths[at]


def _reach(
    one: Box, swept: Swept, axes: Sequence[int], ends: Sequence[tuple[float, float]]
) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a box, as far as the runs reach where it is open."""
    sides: list[float] = []
    for place, (low, high) in enumerate(ends):
        path = swept.plan.paths[axes[place]] if place < len(axes) else ""
        cut = next((cut for cut in one.cuts if cut.path == path), None)
        sides += [
            low if cut is None or cut.above is None else cut.above,
            high if cut is None or cut.below is None else cut.below,
        ]
    return sides[0], sides[1], sides[2], sides[3]
