"""What many runs have said, on a screen, narrow or wide."""

from rich import box
from rich.table import Table
from rich.text import Text

from events.problems import safe
from events.units import KW_PER_MW
from model.experiments.score import Scored
from model.registering import Register, told
from model.story import money
from model.terminal import console

WIDE = 120  # columns from which sources find room


def show_score(rows: list[Scored], seeds: int) -> None:
    """Every mark: what is known, what the world says, hit or miss; and how many of each."""
    screen = console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("mark", overflow="fold")
    for name in ("known", "world", "over seeds"):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column("")
    if screen.width >= WIDE:
        table.add_column("source", overflow="fold", style="dim")
    for row in rows:
        world = shown(row, row.median) if row.values else "-"
        spread = "not in this world"
        if row.values:
            spread = f"{shown(row, min(row.values))} to {shown(row, max(row.values))}"
        style = {"hit": "green", "miss": "bold red", "absent": "dim"}[row.verdict]
        cells = [Text(safe(row.name)), Text(known(row)), Text(world), Text(spread), Text(row.verdict, style=style)]
        if screen.width >= WIDE:
            cells.append(Text(safe(f"{row.source} ({row.date})", 200)))
        table.add_row(*cells)
    screen.print(table)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("hit", "miss", "absent")}
    screen.print(
        Text(f"{counts['hit']} hit, {counts['miss']} missed, {counts['absent']} not in this world; {seeds} seeds")
    )


def known(row: Scored) -> str:
    """What is known, with its tolerance."""
    mark = row.mark
    low, high = mark.target_cents or mark.power_kw, mark.to_cents
    text = shown(row, low) if not high else f"{shown(row, low)} to {shown(row, high)}"
    return f"{text} ±{mark.tolerance_ppm // 10_000} %"


def shown(row: Scored, value: int) -> str:
    """A value with its unit."""
    if row.mark.power_kw:
        return f"{value // KW_PER_MW:,} MW"
    if row.mark.measure == "rent_per_gpu_hour":
        return f"{value // 100}.{value % 100:02d} USD"
    return money(value)


def show_register(found: Register) -> None:
    """Every assumption with its range, the most material first where that was measured."""
    screen = console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("assumption", "value", "range"):
        table.add_column(name, overflow="fold")
    measured = found.base is not None
    if measured:
        table.add_column("changes")
    if screen.width >= WIDE:
        table.add_column("low end, high end" if measured else "why", overflow="fold", style="dim")
    effects = {one.assumption.path: one for one in found.moved}
    for row in [one.assumption for one in found.moved] or found.assumed:
        cells = [Text(safe(row.path)), Text(safe(row.value)), Text(safe(f"{row.low} to {row.high}"))]
        why = row.why
        if found.base is not None:
            moved = effects[row.path]
            cells.append(Text(moved.effect(found.base)))
            why = f"{told(moved.low)}; {told(moved.high)}"
        if screen.width >= WIDE:
            cells.append(Text(safe(why, 300)))
        table.add_row(*cells)
    if table.row_count:
        screen.print(table)
    screen.print(Text(f"{len(found.assumed)} values assumed, {len(found.known)} known with a source"))
    if found.base is not None:
        screen.print(Text(f"base run: {told(found.base)}"))
