"""
Charts of sweeps and comparisons, as the plain data that Plotly draws.

Every axis has its unit; lines are named where they end, so that no legend has to be remembered; what is uncertain is
drawn with its interval. Texts from scenarios go through `label`.
"""

import math
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from model.report.colours import NOT_SO, ORDERED, SO, faint, of_several
from model.report.page import Spec, label

BN = 10**11  # US cents in a billion dollars
LEAST_HEIGHT = 160
NAME_PART = 0.065  # of a chart's height, that a name takes
ROW = 30  # pixels of a bar


def unit_of(name: str) -> tuple[str, int]:
    """The unit in which an outcome or a series is drawn, by its name, and how much of its own makes one of these."""
    kind = name.partition(".")[0]
    if kind.endswith("_cents"):
        return "bn USD", BN
    if kind.endswith("_ppm"):
        return "%", 10_000
    return ("days", 1) if kind.endswith("_day") else ("number", 1)


@frozen
class Line:
    """
    A line and what is around it: `y` over `x`, and bands as (low, high, strength) from the widest inwards.

    `step` is for shares that fall from one moment to the next.
    """

    name: str
    x: Sequence[Any]
    y: Sequence[float]
    colour: str
    bands: Sequence[tuple[Sequence[float], Sequence[float], float]] = ()
    step: bool = False


def lines(drawn: Sequence[Line], unit: str, height: int = 340, percent: bool = False) -> Spec:
    """Lines over dates, each named at its end, in its colour; on a narrow screen the page names them above."""
    data = [trace for line in drawn for trace in (*_bands(line), _middle(line, percent))]
    shown = {"tickformat": ".0%", "range": [0, 1.03]} if percent else {"rangemode": "tozero"}
    dates = [date for line in drawn for date in line.x]
    layout: dict[str, Any] = {
        "height": height, "showlegend": False, "meta": {"named": "at their ends"},
        "xaxis": {"type": "date", **({"range": [min(dates), max(dates)]} if dates else {})},
        "yaxis": {"title": {"text": unit}, **shown},
        "annotations": _names(drawn), "margin": {"r": 12 + 8 * max((len(line.name) for line in drawn), default=0)},
    }  # fmt: skip
    return {"data": data, "layout": layout}


def dated(height: int, unit: str, names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The layout of lines over the page's months; their names stand above, each in its colour."""
    shown = "  ".join(f'<span style="color:{colour}">▬ {label(name)}</span>' for name, colour in names)
    title = {"text": shown, "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
             "showarrow": False, "align": "left", "yshift": 6}  # fmt: skip
    return {
        "height": height, "showlegend": False, "xaxis": {"type": "date"}, "yaxis": {"title": {"text": unit}},
        "annotations": [title], "margin": {"t": 34},
    }  # fmt: skip


def _bands(line: Line) -> list[dict[str, Any]]:
    """Two invisible edges a band, with the colour between them."""
    shape = {"shape": "hv"} if line.step else {}
    edge = {"x": list(line.x), "mode": "lines", "line": {"width": 0, **shape}, "hoverinfo": "skip", "showlegend": False}
    found = []
    for low, high, strength in line.bands:
        found.append(edge | {"y": _known(low)})
        found.append(edge | {"y": _known(high), "fill": "tonexty", "fillcolor": faint(line.colour, strength)})
    return found


def _middle(line: Line, percent: bool) -> dict[str, Any]:
    shape = {"shape": "hv"} if line.step else {}
    number = ".0%" if percent else ",.1f"
    return {
        "x": list(line.x), "y": _known(line.y), "mode": "lines", "name": label(line.name),
        "line": {"color": line.colour, "width": 2.2, **shape},
        "hovertemplate": f"%{{x|%b %Y}}: %{{y:{number}}}<extra>{label(line.name)}</extra>",
    }  # fmt: skip


def _names(drawn: Sequence[Line]) -> list[dict[str, Any]]:
    """
    A line's name at its last point. Names that would lie upon each other are moved apart: those of the lower half
    upwards, those of the upper half downwards.
    """
    ends = [line.y[-1] if line.y and not math.isnan(line.y[-1]) else 0.0 for line in drawn]
    values = [end for line in drawn for end in line.y if not math.isnan(end)]
    lowest, reach = min([*values, 0.0]), max([*values, 0.0]) - min([*values, 0.0]) or 1.0
    shifts: dict[int, int] = {}
    for upper in (False, True):
        last: float | None = None
        half = [(end, at) for at, end in enumerate(ends) if (end - lowest > reach / 2) is upper]
        for end, at in sorted(half, reverse=upper):
            gap = -NAME_PART * reach if upper else NAME_PART * reach
            place = end if last is None else (min(end, last + gap) if upper else max(end, last + gap))
            shifts[at], last = round((place - end) / reach * 260), place
    return [
        {
            "x": line.x[-1], "y": ends[at], "text": label(line.name), "xanchor": "left", "yanchor": "middle",
            "showarrow": False, "font": {"color": line.colour}, "xshift": 5, "yshift": shifts[at],
        }
        for at, line in enumerate(drawn) if line.x
    ]  # fmt: skip


@frozen
class Bar:
    """A bar from nothing to `value`, with half its interval, `nan` where that is not known."""

    name: str
    value: float
    half: float


def tornado(bars: Sequence[Bar], unit: str) -> Spec:
    """The largest on top; names at the left, intervals as whiskers."""
    rows = list(bars)[::-1]
    data = [{
        "type": "bar", "orientation": "h", "y": [label(row.name) for row in rows], "x": _known([r.value for r in rows]),
        "marker": {"color": of_several(0)}, "hovertemplate": "%{y}: %{x:,.1f}<extra></extra>",
        "error_x": {"type": "data", "array": [0 if math.isnan(row.half) else row.half for row in rows],
                    "color": "#7F7F7F", "thickness": 1.4},
    }]  # fmt: skip
    height = max(LEAST_HEIGHT, 80 + ROW * len(rows))
    layout = {"height": height, "xaxis": {"title": {"text": unit}}, "yaxis": {"type": "category"}}
    return {"data": data, "layout": layout}


def heat(columns: Sequence[str], rows: Sequence[str], values: Sequence[Sequence[float]], texts: Sequence[Sequence[str]],
         names: tuple[str, str], unit: str) -> Spec:  # fmt: skip
    """`values[row][column]`, each cell with its text; `names` are those of the columns' and the rows' axes."""
    scale = [[at / (len(ORDERED) - 1), colour] for at, colour in enumerate(ORDERED)]
    data = [{
        "type": "heatmap", "x": [label(text) for text in columns], "y": [label(text) for text in rows],
        "z": [_known(row) for row in values], "text": [[label(text) for text in row] for row in texts],
        "texttemplate": "%{text}", "colorscale": scale, "xgap": 2, "ygap": 2,
        "colorbar": {"title": {"text": unit, "side": "right"}, "thickness": 12},
        "hovertemplate": "%{x}, %{y}: %{text}<extra></extra>",
    }]  # fmt: skip
    layout = {
        "height": max(220, 110 + 42 * len(rows)),
        "xaxis": {"type": "category", "title": {"text": label(names[0])}},
        "yaxis": {"type": "category", "title": {"text": label(names[1])}},
    }
    return {"data": data, "layout": layout}


def points(xs: Sequence[float], ys: Sequence[float], held: Sequence[bool], names: tuple[str, str],
           boxes: Sequence[tuple[float, float, float, float, str]]) -> Spec:  # fmt: skip
    """Runs by two parameters, those in which it held apart; boxes as (left, right, bottom, top, text)."""
    data = []
    for so, colour, symbol, name in ((False, NOT_SO, "circle-open", "did not hold"), (True, SO, "diamond", "held")):
        there = [at for at, one in enumerate(held) if one is so]
        data.append({
            "x": [xs[at] for at in there], "y": [ys[at] for at in there], "mode": "markers", "name": name,
            "marker": {"color": colour, "symbol": symbol, "size": 8},
            "hovertemplate": f"%{{x:,.4g}}, %{{y:,.4g}}<extra>{name}</extra>",
        })  # fmt: skip
    shapes = [
        {"type": "rect", "x0": left, "x1": right, "y0": bottom, "y1": top, "line": {"color": SO, "width": 2},
         "fillcolor": faint(SO, 0.08), "layer": "below"}
        for left, right, bottom, top, _ in boxes
    ]  # fmt: skip
    texts = [
        {"x": left, "y": top, "text": label(text), "xanchor": "left", "yanchor": "bottom", "showarrow": False,
         "font": {"color": SO}}
        for left, _, _, top, text in boxes
    ]  # fmt: skip
    layout = {
        "height": 420, "xaxis": {"title": {"text": label(names[0])}}, "yaxis": {"title": {"text": label(names[1])}},
        "shapes": shapes, "annotations": texts, "legend": {"orientation": "h", "y": 1.12},
    }  # fmt: skip
    return {"data": data, "layout": layout}


def _known(values: Sequence[float]) -> list[float | None]:
    return [None if isinstance(value, float) and math.isnan(value) else _short(value) for value in values]


def _short(value: float) -> float:
    """Five digits: more cannot be seen, and fewer bytes open faster."""
    return value if isinstance(value, int) or value == 0 else float(f"{value:.5g}")
