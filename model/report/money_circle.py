"""The data of the circle of money: month by month, who gave whom how much, for those with the largest flows."""

from typing import Any

from model.report.charts import BN
from model.report.colours import REST
from model.report.page import Circle, packed
from model.report.run_fold import KINDS, RunFold

AROUND = 13  # firms in the circle, the others together


def money_circle(fold: RunFold, colours: dict[str, str]) -> Circle:
    kinds = [found for kind in KINDS if (found := _kind(fold, kind, colours))]
    caption = (
        "Around the ring stand the firms with the largest flows. A ribbon is, at each end, as wide as what the firm "
        "there gave the other: one with a thin end is money that did not come back. Its colour is the larger giver's."
    )
    return Circle("circle-of-money", {"months": fold.months, "kinds": kinds}, caption)


def _kind(fold: RunFold, kind: str, colours: dict[str, str]) -> dict[str, Any] | None:
    flows = fold.flows[kind]
    size: dict[str, int] = {}
    for pair, by_month in flows.items():
        for firm in pair:
            size[firm] = size.get(firm, 0) + sum(by_month.values())
    if not size:
        return None
    ranked = sorted(size, key=lambda firm: (-size[firm], firm))
    # Firms that deal with each other stand apart by turns, so that ribbons cross the middle.
    shown = sorted(ranked[:AROUND])
    names = [*shown, "all others"] if len(ranked) > AROUND else shown
    at = {firm: shown.index(firm) if firm in shown else len(shown) for firm in ranked}
    rows: dict[tuple[int, int], list[float]] = {}
    for (giver, taker), by_month in sorted(flows.items()):
        if at[giver] == at[taker]:
            continue
        row = rows.setdefault((at[giver], at[taker]), [0.0] * len(fold.months))
        for month, cents in by_month.items():
            row[month] += cents / BN
    firms = [{"name": name, "colour": colours.get(name, REST)} for name in names]
    values = packed(value for row in rows.values() for value in row)
    return {"name": kind, "unit": KINDS[kind], "firms": firms, "pairs": [list(pair) for pair in rows], "values": values}
