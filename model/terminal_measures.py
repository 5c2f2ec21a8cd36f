"""Measures and statements on a screen, narrow or wide."""

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text

from events.problems import safe
from events.statements import BalanceSheet, CashFlowStatement, FlowMatrix, IncomeStatement, Lines
from model.measuring import Measured, in_words
from model.terminal import console

WIDE = 90  # columns from which definitions find room


def show_measures(found: Measured) -> None:
    """A table a group; on a narrow screen without the definitions."""
    screen = console()
    screen.print(Text(f"{safe(found.name)} up to {found.date}"))
    if not found.rows:
        screen.print(Text("nothing of this was measured: no such thing happened in this run"))
    for group in dict.fromkeys(row.group for row in found.rows):
        table = Table(box=box.SIMPLE_HEAD, title=group, title_justify="left", pad_edge=False)
        table.add_column("measure", overflow="fold")
        table.add_column("of", overflow="fold")
        table.add_column("", justify="right", overflow="fold")
        if screen.width >= WIDE:
            table.add_column("definition", overflow="fold", style="dim")
        for row in found.rows:
            if row.group == group:
                cells = [Text(row.measure), Text(safe(row.of)), Text(safe(in_words(row), 200))]
                table.add_row(*cells, *([Text(row.definition)] if screen.width >= WIDE else []))
        screen.print(table)
    screen.print(Text(f"head  {found.head}", overflow="fold"))


def show_statements(sheet: BalanceSheet, income: IncomeStatement, cash: CashFlowStatement) -> None:
    """The three statements of a firm, one below the other, in bn USD."""
    screen = console()
    screen.print(Text(f"{safe(sheet.firm)}, {income.since} to {income.until}, in bn USD"))
    _lines("balance sheet at the end", (
        ("assets", sheet.assets_cents), ("liabilities", sheet.liabilities_cents),
        ("equity", sheet.equity_cents | {"retained": sheet.retained_cents}),
    ), ("net worth", sheet.net_worth_cents))  # fmt: skip
    _lines("income statement", (("income", income.income_cents), ("expenses", income.expenses_cents)),
           ("net income", income.net_income_cents))  # fmt: skip
    _lines("cash flow statement", (
        ("opening", {"cash": cash.opening_cents}), ("operating", cash.operating_cents),
        ("investing", cash.investing_cents), ("financing", cash.financing_cents),
    ), ("closing cash", cash.closing_cents))  # fmt: skip


def _lines(title: str, sections: Iterable[tuple[str, Lines]], total: tuple[str, int]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", show_header=False, pad_edge=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    for section, lines in sections:
        for place, (name, cents) in enumerate(lines.items()):
            table.add_row(section if place == 0 else "", Text(name.partition(":")[2] or name), billions(cents))
    table.add_section()
    table.add_row(total[0], "", billions(total[1]))
    console().print(table)


def show_matrix(matrix: FlowMatrix) -> None:
    """The flow matrix: a block of columns at a time, as many as find room; every row and column sums to zero."""
    screen = console()
    screen.print(Text(f"flows, {matrix.since} to {matrix.until}, in bn USD; sources positive, uses negative"))
    room = max(1, (screen.width - 34) // 13)
    names = list(matrix.sectors)
    for start in range(0, len(names), room):
        chosen = names[start : start + room]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("", overflow="fold", max_width=32)
        for name in chosen:
            table.add_column(Text(safe(name)), justify="right", overflow="fold")
        for row, entries in matrix.rows.items():
            if any(name in entries for name in chosen):
                table.add_row(Text(safe(row)), *(billions(entries[n]) if n in entries else "" for n in chosen))
        table.add_section()
        table.add_row("sum", *(billions(sum(matrix.column(name).values())) for name in chosen))
        screen.print(table)
    off = [name for name, entries in matrix.rows.items() if sum(entries.values())]
    screen.print(Text("every row sums to zero" if not off else f"rows that do not sum to zero: {', '.join(off)}"))


def billions(cents: int) -> str:
    """Billions of dollars with two decimals, rounded half away from zero."""
    size = (2 * abs(cents) + 10**9) // (2 * 10**9)
    return f"{'-' if cents < 0 and size else ''}{size // 100:,}.{size % 100:02d}"
