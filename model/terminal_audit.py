"""Answers to an auditor's questions on a screen, narrow or wide."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from events import codec
from events.problems import safe
from events.units import PPM
from model.audit.as_of import State, part_ppm
from model.audit.diff import Diff
from model.audit.explain import Explained, Step
from model.audit.follow import Followed
from model.audit.query import Answer
from model.indexing import THERE, UNKNOWN, Row
from model.story import money, percent
from model.terminal import console
from model.terminal_measures import billions

MOST = 30
OTHERS = 8  # that a year of `follow` names


def _table(*heads: str, right: Iterable[int] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, head in enumerate(heads):
        table.add_column(Text(safe(head, 60)), justify="right" if at in set(right) else "left", overflow="fold")
    return table


def show_explained(found: Explained) -> None:
    """The causes as a staircase from the root down, what its misses also name, then the effects as a tree."""
    screen = console()
    screen.print(_staircase(found.causes, found.asked.seq))
    for chain in found.beside:
        screen.print(Text("and besides:"))
        screen.print(_staircase(chain, -1))
    if found.effects:
        tree = Tree(Text("what came of it:"))
        at = {0: tree}
        for step in found.effects:
            at[step.depth] = at[step.depth - 1].add(_said(step))
        screen.print(tree)
    if found.more:
        screen.print(Text(f"{found.more} more effects; all with --most, or --json"))
    screen.print(Text("each event shown stands in a block that is as it was sealed; `replay` checks the whole log"))


def _staircase(chain: Sequence[Step], asked: int) -> Tree:
    tree = at = Tree(_said(chain[0], chain[0].record.seq == asked))
    for step in chain[1:]:
        at = at.add(_said(step, step.record.seq == asked))
    return tree


def _said(step: Step, strong: bool = False) -> Text:
    record = step.record
    corr = f", {safe(record.corr, 60)}" if record.corr else ""
    text = f"{record.date} {step.said} (seq {record.seq}{corr}, by {safe(record.actor, 40)})"
    return Text(text, style="bold" if strong else "")


def show_state(state: State, firm: str) -> None:
    """With a firm its sheet in full; without, a row a firm; then bills, contracts and owners."""
    screen = console()
    screen.print(Text(f"{state.date}, after event {state.seq}; head {state.head}"))
    if firm:
        sheet = state.sheets[firm]
        table = _table("account", "bn USD", right=(1,))
        for name, cents in (*sheet.assets_cents.items(), *((n, -c) for n, c in sheet.liabilities_cents.items())):
            table.add_row(Text(safe(name)), billions(cents))
        table.add_row("net worth", billions(sheet.net_worth_cents))
    else:
        table = _table("firm, in bn USD", "assets", "liabilities", "net worth", right=(1, 2, 3))
        for name, sheet in state.sheets.items():
            owed = sum(sheet.liabilities_cents.values())
            table.add_row(Text(safe(name)), billions(sum(sheet.assets_cents.values())), billions(owed),
                          billions(sheet.net_worth_cents))  # fmt: skip
    screen.print(table)
    _show_bills(state)
    _show_contracts(state)
    _show_owners(state)


def _show_bills(state: State) -> None:
    screen = console()
    bills = sorted(state.bills, key=lambda bill: (bill.missed_seq is None, -bill.amount_cents))
    screen.print(Text(f"{len(bills)} open bills, {money(sum(bill.amount_cents for bill in bills))}"))
    if not bills:
        return
    table = _table("bill", "owes", "to", "amount", "due", "missed at seq", right=(3, 5))
    for bill in bills[:MOST]:
        table.add_row(Text(safe(bill.claim)), Text(safe(bill.debtor)), Text(safe(bill.creditor)),
                      money(bill.amount_cents), state.day(bill.due_day),
                      "" if bill.missed_seq is None else str(bill.missed_seq))  # fmt: skip
    screen.print(table)
    if len(bills) > MOST:
        screen.print(Text(f"and {len(bills) - MOST} more; all with --json"))


def _show_contracts(state: State) -> None:
    counts: dict[str, list[str]] = {}
    for name, _, now in state.contracts:
        counts.setdefault(now, []).append(name)
    for now, names in sorted(counts.items()):
        shown = ", ".join(safe(name, 60) for name in names[:MOST]) + (", ..." if len(names) > MOST else "")
        console().print(Text(f"contracts {now}: {len(names)} ({shown})"))


def _show_owners(state: State) -> None:
    table = _table("shares of", "holder", "shares", "part", right=(2, 3))
    for issuer, rows in state.holders.items():
        for holder, shares in sorted(rows.items(), key=lambda row: -row[1])[:5]:
            table.add_row(Text(safe(issuer)), Text(safe(holder)), f"{shares:,}",
                          percent(part_ppm(state, issuer, shares)))  # fmt: skip
    if table.row_count:
        console().print(table)


def show_diff(found: Diff) -> None:
    """Where they part with both lines, then what differs at the ends."""
    screen = console()
    one, other = (safe(name, 60) for name in found.names)
    if found.parting is None:
        screen.print(Text(f"{one} and {other} have the same events."))
        return
    records = (found.parting.one, found.parting.other)
    date = min(record.date for record in records if record)
    screen.print(Text(f"{one} and {other} part at event {found.parting.seq}, {date}:"))
    for name, record in zip((one, other), records, strict=True):
        line = codec.encode(record).decode().rstrip("\n") if record else "(its log has ended)"
        screen.print(Text(f"{name}: {safe(line, 600)}"))
    for what, rows in (("firm", found.fates), ("contract", found.contracts)):
        if rows:
            table = _table(what, one, other)
            for name, pair in list(rows.items())[:MOST]:
                table.add_row(Text(safe(name)), *(Text(safe(word)) for word in pair))
            screen.print(table)
    table = _table("at the end, bn USD", "account", one, other, "difference", right=(2, 3, 4))
    for (firm, account), (mine, theirs) in list(found.balances.items())[:MOST]:
        table.add_row(Text(safe(firm)), Text(safe(account)), billions(mine), billions(theirs), billions(theirs - mine))
    screen.print(table)
    if len(found.balances) > MOST:
        screen.print(Text(f"and {len(found.balances) - MOST} more balances differ; all with --json"))


def show_followed(found: Followed) -> None:
    """By year, the largest others first; the totals below."""
    screen = console()
    table = _table("year", "other", "received", "of it own, pro rata", "first in, first out", "paid", "of it finance",
                   right=(2, 3, 4, 5, 6))  # fmt: skip
    for year in sorted({flow.year for flow in found.flows}):
        rows = sorted((f for f in found.flows if f.year == year), key=lambda f: -(f.received_cents + f.paid_cents))
        for at, flow in enumerate(rows[:OTHERS]):
            table.add_row(year if at == 0 else "", Text(safe(flow.other)), billions(flow.received_cents),
                          billions(flow.own_pro_rata_cents), billions(flow.own_fifo_cents),
                          billions(flow.paid_cents), billions(flow.financed_cents))  # fmt: skip
        if len(rows) > OTHERS:
            table.add_row("", f"{len(rows) - OTHERS} more", *[""] * 5)
    screen.print(Text(f"{safe(found.firm)}, in bn USD"))
    screen.print(table)
    received, own, fifo = (
        found.total(name) for name in ("received_cents", "own_pro_rata_cents", "own_fifo_cents")
    )  # fmt: skip
    part, other = (percent(cents * PPM // received if received else 0) for cents in (own, fifo))
    screen.print(
        Text(
            f"received {money(received)}, of which its own finance come back: {part} pro rata, {other} first in, first "
            f"out; paid {money(found.total('paid_cents'))}, of which as finance {money(found.total('financed_cents'))}"
        )
    )


def show_index(rows: Sequence[Row], newest: str) -> None:
    """A row a run, those that are not as they were first."""
    table = _table("run", "how it stands", "events", "head", right=(2,))
    for row in sorted(rows, key=lambda row: row.state in (THERE, UNKNOWN)):
        table.add_row(Text(safe(row.name)), row.state, f"{row.events:,}" if row.events else "", row.head[:16])
    console().print(table)
    console().print(Text(f"the index ends at {newest or 'nothing yet'}: whoever knows this hash sees any change in it"))


def show_answer(found: Answer) -> None:
    """The rows as a table."""
    table = _table(*found.columns)
    for row in found.rows[:1000]:
        table.add_row(*(Text("" if value is None else safe(str(value), 200)) for value in row))
    console().print(table)
    left = len(found.rows) - 1000
    if left > 0 or found.cut:
        console().print(Text("there are more rows; ask for fewer, or take --json (at most 10,000)"))
