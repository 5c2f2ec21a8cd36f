"""Sweeps, thresholds and sensitivities on a screen, narrow or wide."""

import datetime
import math

from rich import box
from rich.table import Table
from rich.text import Text

from events.problems import safe
from model.experiments.statistics import Estimate, Survival
from model.experiments.summary import CellSummary, Summary
from model.experiments.sweep import Swept
from model.story import money
from model.terminal import console

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


def percent(share: Estimate) -> str:
    """A share with its interval."""
    if not share.n:
        return "-"
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})".replace("%", " %")


def median(curve: Survival, found: Summary) -> str:
    """The month by which it had happened in half of the runs, or that it had not by the end."""
    if not curve.n:
        return "-"
    day = curve.median()
    if day is None:
        return f"> {found.ends[:7]}"
    return (datetime.date.fromisoformat(found.opens) + datetime.timedelta(days=day)).isoformat()


def amount(estimate: Estimate, name: str) -> str:
    """A mean with half its interval, in the unit that the outcome's name says."""
    if math.isnan(estimate.value):
        return "-"
    half = "" if math.isnan(estimate.low) else f" ±{_plain(estimate.halfwidth, name)}"
    return f"{_plain(estimate.value, name)}{half}"


def _plain(value: float, name: str) -> str:
    if "_cents" in name:
        return money(round(value))
    if name.endswith("_ppm"):
        return f"{value / 10_000:.2f} %"
    return f"{value:,.2f}".rstrip("0").rstrip(".")
