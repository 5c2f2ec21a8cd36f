"""How circular it was, and what shares cost against what they were worth: charts over time, with definitions."""

import math
from collections.abc import Iterator, Sequence

from events.flows import Circularity
from events.measures import circularity
from model.measuring import Row, in_words
from model.outcomes import CONVENTIONS
from model.report import charts
from model.report.colours import PALE, SEVERAL
from model.report.page import Chart, Fold, Heading, Part, Spec, Table, Words, packed
from model.report.run_fold import RunFold
from model.report.told import Told
from model.story import CONVENTION_NAMES, percent

MOST_PRICES = 12


_COUNTED = {
    "pro_rata": "a firm's cash is a mix, and what it pays has the origins of the mix",
    "fifo": "a firm's cash is a queue, and what it pays is the oldest of it",
    "contract": "a receipt is matched with what the maker had paid to the lab and its hosts",
}


def how_circular(told: Told, measured: Sequence[Row]) -> Iterator[Part]:
    yield Heading("How circular it was", "measures")
    loop = told.came.loop
    if loop is None:
        yield Words("No maker of chips was paid for chips of a lab that it had put money into.")
    else:
        yield Chart("own-money", _own_money(loop),
                    f"Of all that {loop.supplier} was paid for chips serving {loop.lab} so far: the part that had been "
                    f"{loop.supplier}'s own money, by three conventions.")  # fmt: skip
        rows = [[CONVENTION_NAMES[key], percent(loop.own_ppm[key]), meaning] for key, meaning in _COUNTED.items()]
        yield Table(["own money, counted", "at the end", "what is counted"], rows, (1,))
    yield Chart("cycling", _cycling(told), "Of all cash that moved in a year: the part that comes back to where it was "
                "(Finn's cycling index, 1976).")  # fmt: skip
    shown = [row for row in measured if row.group in ("circularity", "bubble")]
    rows = [[row.measure, row.of, in_words(row), row.definition] for row in shown]
    table = Table(["measure", "of", "value", "definition"], rows, (2,))
    yield Fold("All measures of circularity and of the bubble, with their definitions", [table], "all-measures",
               f"{len(rows)}")  # fmt: skip


def _own_money(loop: Circularity) -> Spec:
    sums = dict.fromkeys(("receipts", *CONVENTIONS), 0)
    months: list[str] = []
    shares: dict[str, list[float]] = {name: [] for name in CONVENTIONS}
    for row in loop.by_month:
        months.append(f"{row.month}-28")
        sums["receipts"] += row.receipts_cents
        for name in CONVENTIONS:
            sums[name] += getattr(row, f"{name}_cents")
            shares[name].append(100 * sums[name] / sums["receipts"] if sums["receipts"] else 0.0)
    tones = dict(zip(CONVENTIONS, (SEVERAL[0], SEVERAL[2], SEVERAL[1]), strict=True))
    data = [
        {"x": months, "y": packed(shares[name]), "mode": "lines", "name": CONVENTION_NAMES[name],
         "line": {"color": tones[name], "width": 2.2},
         "hovertemplate": f"%{{x|%b %Y}}: %{{y:.1f}} %<br>{_COUNTED[name]}<extra></extra>"}
        for name in CONVENTIONS
    ]  # fmt: skip
    layout = charts.dated(280, "% of receipts so far", [(CONVENTION_NAMES[name], tones[name]) for name in CONVENTIONS])
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": data, "layout": layout}


def _cycling(told: Told) -> Spec:
    years = sorted({record.date[:4] for record in told.records})
    found = [
        circularity.cycling_index_ppm(told.records, told.outside, f"{year}-01-01", f"{year}-12-31") / 10_000
        for year in years
    ]
    data = [{"type": "bar", "x": years, "y": packed(found), "marker": {"color": SEVERAL[0]},
             "hovertemplate": "%{x}: %{y:.2f} %<extra></extra>"}]  # fmt: skip
    layout = {"height": 220, "xaxis": {"type": "category"}, "yaxis": {"title": {"text": "% of all cash that moved"}}}
    return {"data": data, "layout": layout}


def share_prices(fold: RunFold, colours: dict[str, str]) -> Iterator[Part]:
    yield Heading("Share prices and what they are worth on expected earnings", "prices")
    listed = sorted(fold.prices, key=lambda issuer: (-_swing(fold.prices[issuer]), issuer))
    if not listed:
        yield Words("Nobody's shares are traded in this world.")
        return
    parts = [
        Chart(f"price-{at}", _price(fold, issuer, colours.get(issuer, SEVERAL[0])),
              f"{issuer}: last close of each month, and the value that the model gives a share on expected earnings.")
        for at, issuer in enumerate(listed)
    ]  # fmt: skip
    yield from parts[:MOST_PRICES]
    if len(parts) > MOST_PRICES:
        yield Fold("Those that moved less", parts[MOST_PRICES:], "more-prices", f"{len(parts) - MOST_PRICES}")


def _swing(prices: dict[int, int]) -> float:
    return max(prices.values()) / max(1, min(prices.values()))


def _price(fold: RunFold, issuer: str, colour: str) -> Spec:
    months = range(len(fold.months))
    drawn = [("price", fold.prices[issuer], colour, "solid"), ("value", fold.values.get(issuer, {}), PALE, "dash")]
    data = [
        {"x": "months", "y": packed(path[at] / 100 if at in path else math.nan for at in months), "mode": "lines",
         "connectgaps": True, "name": name, "line": {"color": tone, "dash": dash, "width": 2.2},
         "hovertemplate": f"%{{x|%b %Y}}: %{{y:,.2f}} USD<extra>{name}</extra>"}
        for name, path, tone, dash in drawn if path
    ]  # fmt: skip
    shown = [(f"{issuer}, price", colour), ("value (dashed)", PALE)]
    layout = charts.dated(220, "USD a share", shown)
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": data, "layout": layout}
