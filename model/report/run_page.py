"""The page of a run: what happened, why, whose money it was, and how to check all of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from events.measures.stakes import StakeValue, stake_values
from events.record import Record
from model import measuring, story
from model.measuring import Row, in_words
from model.report.cascade import cascade
from model.report.cited import Cited
from model.report.colours import of_firms
from model.report.firm_page import firm_page
from model.report.money_circle import money_circle
from model.report.page import Cell, Contents, Heading, Lines, Link, Part, Shared, Table, Tree, Words, escape
from model.report.run_fold import RunFold, run_fold
from model.report.run_measures import how_circular, share_prices
from model.report.run_scenario import what_was_put_in
from model.report.timeline import timeline
from model.report.told import Told
from model.story import money

MOST_DEFAULTS = 8
SECTIONS = {
    "circle": "The circle of money", "timeline": "Timeline", "firms": "Firms", "measures": "How circular",
    "prices": "Share prices and values", "cascade": "The cascade", "scenario": "The scenario", "check": "Check it",
    "events": "Events",
}  # fmt: skip


def of_run(told: Told) -> Iterator[Part]:
    """The parts of a run's page, in their order."""
    fold = run_fold(told.records, told.outside)
    cited = Cited(told.name)
    order = _by_flow(fold)
    names = {firm: _anchor(firm, at) for at, firm in enumerate(fold.sheets)}
    colours = of_firms(order)
    yield Shared({"months": [f"{month}-28" for month in fold.months]})
    yield from _story(told, cited)
    yield Contents([Link(text, anchor) for anchor, text in SECTIONS.items()])
    yield Heading("The circle of money: who paid whom, and what came back", "circle")
    yield money_circle(fold, colours)
    yield from timeline(told, fold, cited)
    yield from _firms(fold, order, colours, names)
    measured = measuring.of_records(told.records, fold.books, told.outside)
    yield from how_circular(told, measured)
    yield from share_prices(fold, colours)
    yield from _cascade(told, cited, measured)
    yield from what_was_put_in(told, fold)
    yield from _check(told)
    yield from cited.parts()


def _by_flow(fold: RunFold) -> list[str]:
    """Firms inside, those with the largest flows within the circle first."""
    size = dict.fromkeys(fold.sheets, 0)
    for (giver, taker), by_month in fold.flows["within the circle"].items():
        size[giver] += sum(by_month.values())
        size[taker] += sum(by_month.values())
    return sorted(size, key=lambda firm: (-size[firm], firm))


def _anchor(firm: str, at: int) -> str:
    """A firm's place on the page: by its name where that is one of ours, by its number otherwise."""
    plain = firm.replace("-", "").isalnum() and firm.isascii()
    return f"firm-{firm}" if plain else f"firm-number-{at}"


# --- the story --------------------------------------------------------------------------------------------------------


def _story(told: Told, cited: Cited) -> Iterator[Part]:
    came, tale = told.came, told.came.tale
    yield Words(f"{told.opens} to {told.ends}, {len(told.records):,} events.", faint=True)
    if told.so_far:
        yield Words(f"<strong>Not at its end:</strong> what is sealed up to {told.so_far}.")
    for text in story.shocks(tale):
        yield Words(cited.link(tale.shocks[0], text))
    yield Words(" ".join(_fate(told, cited)))
    if came.why:
        yield Words(f"<strong>Why:</strong> {_chain(came.why, cited)}.")
    if came.beside:
        yield Words(f"What its debtor had counted on as well: {_chain(came.beside, cited)}.")
    if circle := story.circle(came):
        yield Words(f"<strong>Whose money:</strong> {Link(circle, 'measures')}")
    for text, anchor in ((story.built(came), "timeline"), (story.not_binding(tale), "scenario")):
        if text:
            yield Words(str(Link(text, anchor)))
    yield Words(
        f"<strong>Can this be trusted?</strong> Its log was read from the first byte to the last, and each of the "
        f'{told.blocks} seals held; head <span class="hash">{escape(told.head[:16])}…</span>. '
        f"{Link('Check it yourself', 'check')}; {Link('what is assumed', 'scenario')} decides the rest."
    )


def _fate(told: Told, cited: Cited) -> Iterator[str]:
    tale = told.came.tale
    if not tale.misses and not tale.defaults:
        yield "<strong>Nobody missed a payment, and nobody defaulted.</strong>"
        return
    if tale.misses:
        first = tale.misses[0]
        event: Any = first.event
        owed = f"{money(event.amount_cents)} to {event.creditor} ({event.channel})"
        text = f"{event.debtor}'s bill of {owed} on {first.date}"
        more = f"; {len(tale.misses) - 1} more were missed" if len(tale.misses) > 1 else ""
        yield f"<strong>What broke first:</strong> the first payment missed was {cited.link(first, text)}{more}."
    fallen = story.first_of_each(tale.defaults)
    if not fallen:
        yield "It was cured, and nobody defaulted."
        return
    links = [
        cited.link(record, f"{record.event.firm} on {record.date}")  # type: ignore[attr-defined]
        for record in fallen[:MOST_DEFAULTS]
    ]
    more = f" and {Link(f'{len(fallen) - MOST_DEFAULTS} more', 'cascade')}" if len(fallen) > MOST_DEFAULTS else ""
    yield f"Defaulted: {', '.join(links)}{more}."


def _chain(chain: Sequence[Record], cited: Cited) -> str:
    steps = [cited.link(record, f"{story.phrase(record.event)} ({record.date})") for record in chain]
    return ", so ".join(steps)


# --- firms ------------------------------------------------------------------------------------------------------------


def _firms(fold: RunFold, order: Sequence[str], colours: dict[str, str], names: dict[str, str]) -> Iterator[Part]:
    yield Heading("Firms", "firms")
    yield Words("Those with the largest flows within the circle first. Each opens to its cash and runway, balance "
                "sheet, bills by counterparty, contracts, stakes and covenants with headroom.", faint=True)  # fmt: skip
    held: dict[str, list[StakeValue]] = {}
    for stake in stake_values(fold.books):
        held.setdefault(stake.holder, []).append(stake)
    for firm in order:
        yield firm_page(fold, firm, colours[firm], names, held.get(firm, []))


# --- the cascade ------------------------------------------------------------------------------------------------------


def _cascade(told: Told, cited: Cited, measured: Sequence[Row]) -> Iterator[Part]:
    yield Heading("The cascade: what went wrong because of what", "cascade")
    branches = cascade(told.records, cited)
    if not branches:
        yield Words("Nothing went wrong: no shock, no missed payment, no default.")
        return
    yield Words("Each line was caused by the one that it hangs from, by the causes in the log; what lies between is "
                "passed over.", faint=True)  # fmt: skip
    yield Tree(branches)
    rows: list[list[Cell]] = [
        [row.of, row.measure.removeprefix("lost on "), in_words(row)]
        for row in measured
        if row.group == "losses" and row.measure.startswith("lost on ")
    ]
    if rows:
        yield Table(["who lost", "on", "on the books"], rows, (2,))


# --- trust ------------------------------------------------------------------------------------------------------------


def _check(told: Told) -> Iterator[Part]:
    yield Heading("How to check this run", "check")
    yield Words(f'Its head is <span class="hash">{escape(told.head)}</span>. Every figure here follows from '
                f"<code>events.jsonl</code> in the folder <code>{escape(told.name)}</code>, and that from "
                "<code>scenario.json</code> beside it.")  # fmt: skip
    yield Lines(
        f"python -m model replay {told.name} --head {told.head}\n"
        f"python events/verify.py runs/{told.name} --head {told.head}\n"
        f"python -m model replay {told.name} --rerun"
    )
    yield Words("The first checks the log by this program, the second by one short file of the standard library alone, "
                "the third runs the scenario again and compares every byte. What none can show is that the assumptions "
                "are right.")  # fmt: skip
