"""The timeline: what happened, below what was expected of demand and what came of it."""

import math
from collections.abc import Iterator
from typing import Any

from events import catalogue as c
from model import story
from model.report import charts
from model.report.charts import BN
from model.report.cited import Cited
from model.report.colours import SEVERAL
from model.report.page import Chart, Heading, Part, Spec, label, packed
from model.report.run_fold import RunFold
from model.report.told import Told
from model.story import money

MOST_MARKS = 80  # of one sort


# What is marked, in which row, and how its markers look.
MARKS: dict[type[c.Event], tuple[str, str, str]] = {
    c.WarrantVested: ("vestings", "diamond", SEVERAL[2]),
    c.SharesIssued: ("shares issued", "square", SEVERAL[5]),
    c.ShockStruck: ("shocks", "triangle-down", SEVERAL[1]),
    c.ScenarioChanged: ("shocks", "star", SEVERAL[1]),
    c.CovenantTripped: ("covenants tripped", "x-thin-open", SEVERAL[4]),
    c.PaymentMissed: ("missed payments", "circle-open", SEVERAL[3]),
    c.Defaulted: ("defaults", "x", SEVERAL[1]),
    c.Rescued: ("rescues", "cross", SEVERAL[2]),
}


def timeline(told: Told, fold: RunFold, cited: Cited) -> Iterator[Part]:
    yield Heading("Timeline", "timeline")
    yield Chart("timeline-chart", _dates(told, fold, cited),
                "Above, what users of all labs were expected to spend a month and what was served; below, what "
                "happened. A mark leads to its event. Deliveries are a mark a month and maker, larger where more was "
                f"delivered; of every other sort the first {MOST_MARKS} are marked.")  # fmt: skip


def _dates(told: Told, fold: RunFold, cited: Cited) -> Spec:
    months = range(len(fold.months))
    data: list[dict[str, Any]] = [
        {"x": "months", "mode": "lines", "name": name,
         "y": packed(path[at] / BN if at in path else math.nan for at in months),
         "line": {"color": colour, "dash": dash, "width": 2.2},
         "hovertemplate": f"%{{x|%b %Y}}: %{{y:,.1f}} bn USD<extra>{name}</extra>"}
        for name, path, colour, dash in (("expected", fold.expected, SEVERAL[0], "dot"),
                                         ("realised", fold.served, SEVERAL[0], "solid"))
    ]  # fmt: skip
    rows = _marks(told, cited)
    data += [{"yaxis": "y2", "mode": "markers", **row} for row in (*_deliveries(fold), *rows)]
    names = list(dict.fromkeys(["deliveries", *(row["name"] for row in rows)]))
    layout = charts.dated(300 + 26 * len(names), "bn USD a month", [("expected (dotted) and realised", SEVERAL[0])])
    split = 26 * len(names) / (240 + 26 * len(names))
    layout |= {
        "yaxis": {"title": {"text": "bn USD a month"}, "domain": [split + 0.05, 1], "rangemode": "tozero"},
        "yaxis2": {"domain": [0, split], "type": "category", "categoryarray": names[::-1],
                   "range": [-0.6, len(names) - 0.4]},
    }  # fmt: skip
    layout["xaxis"] |= {"anchor": "y2", "range": [told.opens, told.ends]}
    return {"data": data, "layout": layout}


def _deliveries(fold: RunFold) -> Iterator[dict[str, Any]]:
    largest = max((cents for row in fold.delivered.values() for cents in row.values()), default=1)
    for maker, row in sorted(fold.delivered.items()):
        yield {
            "name": "deliveries", "x": [f"{fold.months[at]}-28" for at in row], "y": ["deliveries"] * len(row),
            "marker": {"color": "#7F7F7F", "opacity": 0.55,
                       "size": [round(5 + 13 * math.sqrt(cents / largest), 1) for cents in row.values()]},
            "text": [f"{label(maker)} delivered {money(cents)}" for cents in row.values()],
            "hovertemplate": "%{x|%b %Y}: %{text}<extra></extra>",
        }  # fmt: skip


def _marks(told: Told, cited: Cited) -> list[dict[str, Any]]:
    """A row of markers for each sort of event that there was; the first ones of each where there are too many."""
    found: dict[str, dict[str, Any]] = {}
    for record in told.records:
        if type(record.event) not in MARKS:
            continue
        name, symbol, colour = MARKS[type(record.event)]
        row = found.setdefault(name, {
            "name": name, "x": [], "y": [], "text": [], "customdata": [],
            "marker": {"symbol": symbol, "color": colour, "size": 10, "line": {"width": 2, "color": colour}},
            "hovertemplate": "%{x|%d %b %Y}: %{text}<extra></extra>",
        })  # fmt: skip
        if len(row["x"]) < MOST_MARKS:
            row["x"].append(record.date)
            row["y"].append(name)
            row["text"].append(label(story.phrase(record.event)))
            row["customdata"].append(cited.cite(record))
    order = list(dict.fromkeys(name for name, _, _ in MARKS.values()))
    return [found[name] for name in order if name in found]
