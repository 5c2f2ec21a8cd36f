"""The page of one firm within a run's page: how it stood over time, whom it owes, what it holds, what it promised."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from events.accounts import shares_of
from events.books import Books
from events.cap_table import cap_table, outstanding
from events.measures import health
from events.measures.stakes import StakeValue
from events.terms import parties
from events.units import PPM
from model.report import charts
from model.report.charts import BN
from model.report.colours import OF_GROUP, faint
from model.report.page import Cell, Chart, Fold, Link, Part, Spec, Table, Words, packed
from model.report.run_fold import ASSETS, DEBTS, RunFold, Tested
from model.story import money, percent

LONGEST_RUNWAY = 20  # quarters that are drawn; beyond, a firm is not running out
MOST_ROWS = 15


def firm_page(fold: RunFold, firm: str, colour: str, names: dict[str, str], held: Sequence[StakeValue]) -> Fold:
    """
    All of a firm, closed until somebody opens it.

    Args:
        colour: the firm's on the whole page.
        names: anchors of firms that have a page.
        held: what it holds of others.
    """
    books = fold.books
    about = books.firms[firm]
    sheet = fold.sheets[firm]
    worth = _worth(sheet)
    state = f"defaulted {_day(fold, firm)}" if about.defaulted_seq is not None else ""
    said = f"{about.trade.replace('_', ' ')}, cash {money(sheet['cash'][-1])}, net worth {money(worth[-1])}"
    parts = list(_parts(fold, firm, colour, names, held))
    return Fold(firm, parts, names[firm], f"{said}{', ' + state if state else ''}")


def _day(fold: RunFold, firm: str) -> str:
    return next(record.date for record in fold.tale.defaults if record.event.firm == firm)  # type: ignore[attr-defined]


def _parts(fold: RunFold, firm: str, colour: str, names: dict[str, str], held: Sequence[StakeValue]) -> Iterator[Part]:
    sheet = fold.sheets[firm]
    yield Chart(
        f"cash-{names[firm]}", _standing(sheet, colour), f"{firm}: cash, loans and net worth at each month's end."
    )
    runway = fold.runway[firm]
    if any(quarters >= 0 for quarters in runway):
        yield Chart(f"runway-{names[firm]}", _runway(runway, colour),
                    f"{firm}: quarters that its cash lasts at the outflow of the last six months, new money apart; a "
                    f"gap where cash flows in, cut at {LONGEST_RUNWAY}.")  # fmt: skip
    yield Chart(f"sheet-{names[firm]}", _sheet(sheet),
                f"{firm}: balance sheet at each month's end; what it has above zero, what it owes below.")  # fmt: skip
    yield from _bills(fold.books, firm, names)
    yield from _promises(fold.books, firm, names)
    yield from _stakes(fold.books, firm, names, held)
    yield from _covenants([row for row in fold.covenants.values() if row.borrower == firm])


# --- charts -----------------------------------------------------------------------------------------------------------


def _worth(sheet: dict[str, list[int]]) -> list[int]:
    has = zip(*(sheet[group] for group in ASSETS), strict=True)
    owes = zip(*(sheet[group] for group in DEBTS), strict=True)
    return [sum(above) - sum(below) for above, below in zip(has, owes, strict=True)]


def _bn(values: Sequence[int]) -> list[float]:
    return [value / BN for value in values]


def _trace(name: str, values: Sequence[float], colour: str, unit: str, dash: str = "solid") -> dict[str, Any]:
    return {
        "x": "months", "y": packed(values), "mode": "lines", "name": name,
        "line": {"color": colour, "width": 2.2, "dash": dash},
        "hovertemplate": f"%{{x|%b %Y}}: %{{y:,.1f}} {unit}<extra>{name}</extra>",
    }  # fmt: skip


def _standing(sheet: dict[str, list[int]], colour: str) -> Spec:
    drawn = [
        ("cash", _bn(sheet["cash"]), colour, "solid"),
        ("net worth", _bn(_worth(sheet)), OF_GROUP["net worth"], "dash"),
    ]
    if any(sheet["loans"]):
        drawn.append(("loans", _bn(sheet["loans"]), OF_GROUP["loans"], "dot"))
    data = [_trace(name, values, tone, "bn USD", dash) for name, values, tone, dash in drawn]
    return {"data": data, "layout": charts.dated(260, "bn USD", [(name, tone) for name, _, tone, _ in drawn])}


def _runway(runway: Sequence[int], colour: str) -> Spec:
    values = [min(quarters / PPM, LONGEST_RUNWAY) if quarters >= 0 else math.nan for quarters in runway]
    layout = charts.dated(200, "quarters", [("runway", colour)])
    layout["yaxis"] |= {"rangemode": "tozero"}
    return {"data": [_trace("runway", values, colour, "quarters")], "layout": layout}


def _sheet(sheet: dict[str, list[int]]) -> Spec:
    data = []
    for groups, sign, stack in ((ASSETS, 1, "has"), (DEBTS, -1, "owes")):
        for group in groups:
            if any(sheet[group]):
                tone = OF_GROUP[group]
                area = {"stackgroup": stack, "fillcolor": faint(tone, 0.6), "line": {"width": 0.5, "color": tone}}
                data.append(_trace(group, _bn([sign * cents for cents in sheet[group]]), tone, "bn USD") | area)
    shown = [(group, OF_GROUP[group]) for group in (*ASSETS, *DEBTS) if any(sheet[group])]
    return {"data": data, "layout": charts.dated(260, "bn USD", shown)}


# --- tables -----------------------------------------------------------------------------------------------------------


def _named(firm: str, names: dict[str, str]) -> Cell:
    return Link(firm, names[firm]) if firm in names else firm


def _cut(rows: list[list[Cell]]) -> Iterator[Part]:
    if len(rows) > MOST_ROWS:
        yield Words(f"{len(rows) - MOST_ROWS} smaller ones are left out.", faint=True)


def _bills(books: Books, firm: str, names: dict[str, str]) -> Iterator[Part]:
    """Open bills by the other firm and the contract, at the end of the log."""
    sums: dict[tuple[str, str], list[int]] = {}
    for bill in books.obligations.open.values():
        if firm in (bill.debtor, bill.creditor):
            owes = bill.debtor == firm
            row = sums.setdefault((bill.creditor if owes else bill.debtor, bill.contract), [0, 0, 0])
            row[0 if owes else 1] += bill.amount_cents
            row[2] += bill.amount_cents if bill.missed_seq is not None else 0
    if not sums:
        return
    order = sorted(sums.items(), key=lambda item: (-max(item[1]), item[0]))
    rows: list[list[Cell]] = [
        [_named(other, names), contract, *(money(cents) if cents else "" for cents in (owes, owed, late))]
        for (other, contract), (owes, owed, late) in order
    ]  # fmt: skip
    yield Table(["open bills with", "under", "owes", "is owed", "of that missed"], rows[:MOST_ROWS], range(2, 5))
    yield from _cut(rows)


def _promises(books: Books, firm: str, names: dict[str, str]) -> Iterator[Part]:
    """Contracts by the other party, with what became of each."""
    rows: list[list[Cell]] = []
    for signed in books.of(firm):
        others = [other for other in parties(signed.terms) if other != firm]
        tally = books.obligations.tallies.get(signed.contract)
        rows.append([
            signed.contract, _named(others[0], names) if others else "", type(signed.terms).__name__, signed.status,
            signed.state, money(tally.opened) if tally else "", money(tally.met) if tally else "",
        ])  # fmt: skip
    if rows:
        yield Words(f"Still to be paid whatever is used: {money(health.committed_cents(books, firm))}. "
                    f"Still to come from customers: {money(health.contracted_cents(books, firm))}.")  # fmt: skip
        yield Table(["contract", "with", "kind", "status", "now", "billed", "paid"], rows, (5, 6))


def _stakes(books: Books, firm: str, names: dict[str, str], holds: Sequence[StakeValue]) -> Iterator[Part]:
    held: list[list[Cell]] = [
        [_named(stake.issuer, names), percent(stake.part_ppm), money(stake.market_cents), money(stake.book_cents)]
        for stake in holds
    ]  # fmt: skip
    if held:
        yield Table(["holds shares of", "part", "at market", "on the books"], held, (1, 2, 3))
    issued = outstanding(books.ledger, firm)
    if issued:
        table = sorted(cap_table(books.ledger, firm).items(), key=lambda item: (-item[1], item[0]))
        owners: list[list[Cell]] = [
            [_named(holder, names), percent(count * PPM // issued), f"{count:,}"] for holder, count in table if count
        ]
        yield Table([f"holder of {shares_of(firm)}", "part", "shares"], owners[:MOST_ROWS], (1, 2))
        yield from _cut(owners)


def _covenants(tested: list[Tested]) -> Iterator[Part]:
    """Each with what it requires, where it stands, and the least room that it has had."""
    rows: list[list[Cell]] = []
    for row in tested:
        known = [(date, found) for date, found in row.found if found != health.NONE]
        if not known:
            continue
        least = min(known, key=lambda item: row.headroom(item[1]))
        told = money if row.covenant == "minimum liquidity" else _times
        bound = f"at {'least' if row.least else 'most'} {told(row.required)}"
        rows.append([
            row.contract, row.covenant, bound, told(known[-1][1]), percent(row.headroom(known[-1][1])),
            f"{percent(row.headroom(least[1]))} on {least[0]}",
        ])  # fmt: skip
    if rows:
        head = ["loan", "covenant", "requires", "last", "headroom", "least headroom"]
        yield Table(head, rows, (3, 4, 5))


def _times(ppm: int) -> str:
    return f"{ppm / PPM:.2f} x"
