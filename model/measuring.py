"""All measures of a run in one table: what it is, of whom, how much, in which unit, and how it is defined."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from attrs import frozen

from events import measures as basic
from events.books import Books, replay
from events.measures import bubble, circularity, health, losses, stakes
from events.problems import Usage, safe
from events.record import Record
from events.replay import records as read
from events.replay import replay as checked
from events.units import PPM
from model.complaints import unknown_firm
from model.story import money, percent, tenths

GROUPS = ("circularity", "health", "bubble", "losses", "stakes")


@frozen
class Row:
    """One measured value; `value` is a whole number in `unit` (cents, ppm, days, count) or a text."""

    group: str
    measure: str
    of: str
    value: int | str
    unit: str
    definition: str


@frozen
class Measured:
    """The measures of a run up to a date."""

    name: str
    date: str
    head: str
    rows: list[Row]


def measure(folder: Path, at: str = "", firm: str = "", group: str = "") -> Measured:
    """
    The measures of a run.

    Args:
        folder: of the run.
        at: the last day that counts, an ISO date; "" for all.
        firm: only rows of this firm; "" for all.
        group: one of `GROUPS`; "" for all.

    Raises:
        Usage: a firm or a group that is not there.
        LogDamaged and others: the log does not verify.
    """
    found = checked(folder, until=at)
    listed = [record for record in read(folder) if not at or record.date <= at]
    books = replay(listed)
    if firm and firm not in books.firms:
        raise unknown_firm(firm, books.firms)
    if group and group not in GROUPS:
        raise Usage(f"no such group; it is one of {', '.join(GROUPS)}", safe(group))
    rows = [row for row in _all(listed, books, found.genesis.outside) if not group or row.group == group]
    chosen = [row for row in rows if not firm or firm in row.of.replace(" in ", " ").replace(" by ", " ").split()]
    return Measured(folder.resolve().name, min(at or books.date, books.date), found.head, chosen)


def of_records(records: Sequence[Record], books: Books, outside: Collection[str]) -> list[Row]:
    """All rows, of a log that was checked before and the books that it adds up to."""
    return list(_all(records, books, outside))


def in_words(row: Row) -> str:
    """A value with its unit, as people write it."""
    if isinstance(row.value, str):
        return row.value
    if row.unit == "cents":
        return money(row.value)
    if row.unit == "ppm":
        return percent(row.value)
    if row.unit == "ratio":
        return "none" if row.value == health.NONE else f"{tenths(row.value, PPM)} x"
    return f"{row.value:,} {row.unit}"


def _all(records: Sequence[Record], books: Books, outside: Collection[str]) -> Iterator[Row]:
    inside = [name for name in books.firms if name not in outside]
    yield from _circularity(records, books, outside)
    for name in inside:
        yield from _health(books, name)
    yield from _bubble(records, books)
    yield from _losses(records, books, inside)
    yield from _stakes(records, books)


def _circularity(records: Sequence[Record], books: Books, outside: Collection[str]) -> Iterator[Row]:
    pairs = circularity.circles(records)
    for row in circularity.own_money(records, pairs, outside):
        who = f"{row.supplier} by {row.lab}"
        yield Row("circularity", "receipts", who, row.receipts_cents, "cents", "cash for chips serving the lab")
        for words, cents in (
            ("own money, pro rata", row.pro_rata_cents), ("own money, first in first out", row.fifo_cents),
            ("own money, contract by contract", row.contract_cents), ("money of others who finance", row.others_cents),
            ("money of customers and the world", row.external_cents),
        ):  # fmt: skip
            part = cents * PPM // row.receipts_cents if row.receipts_cents else 0
            yield Row("circularity", words, who, part, "ppm", "part of these receipts, over all paths")
    makers = sorted({maker for maker, _ in pairs})
    margins = {maker: circularity.margins_ppm(books.ledger.balances, maker) for maker in makers}
    for back in circularity.paybacks(records, margins):
        who = f"{back.holder} in {back.issuer}"
        for words, date, multiple in (
            ("gross", back.gross_date, back.gross_multiple_ppm), ("net", back.net_date, back.net_multiple_ppm),
        ):  # fmt: skip
            meaning = f"{words} profit on chips for it, over what the stake has cost"
            yield Row("circularity", f"stake paid back at {words} margin", who, date or "not yet", "date", meaning)
            yield Row("circularity", f"multiple at {words} margin", who, multiple, "ppm", meaning)
    index = circularity.cycling_index_ppm(records, outside)
    yield Row("circularity", "cycling index", "all", index, "ppm", "Finn 1976: money that comes back to where it was")


def _health(books: Books, name: str) -> Iterator[Row]:
    months = max(1, books.last_day() * 12 // 365)
    ledger = books.ledger
    table = (
        ("cash", basic.cash_cents(books, name), "cents", "balance of Assets:Cash"),
        ("principal outstanding", basic.debt_cents(books, name), "cents", "balance of Liabilities:Loan"),
        ("net worth", ledger.net_worth_cents(name), "cents", "assets less liabilities"),
        ("a year's earnings", health.year_earnings_cents(books, name), "cents", "before interest and depreciation"),
        ("leverage", health.leverage_ppm(books, name), "ratio", "principal over a year's earnings"),
        ("debt to equity", health.debt_to_equity_ppm(books, name), "ratio", "principal over net worth"),
        ("interest cover", health.interest_cover_ppm(books, name, months), "ratio", "a year's earnings over interest"),
        ("contracted cover", health.contracted_cover_ppm(books, name), "ratio", "contracted receipts over principal"),
        ("loan to cost", health.loan_to_cost_ppm(books, name), "ratio", "principal over depreciated property"),
        ("contracted receipts", health.contracted_cents(books, name), "cents", "what customers must still pay"),
        ("committed", health.committed_cents(books, name), "cents", "what it must still pay, used or not"),
        ("commitments to revenue", health.commitments_to_revenue_ppm(books, name), "ratio", "over revenue of a year"),
    )
    for words, value, unit, meaning in table:
        if value and not (unit == "ratio" and value == health.NONE):
            yield Row("health", words, name, value, unit, meaning)
    for wall in health.renewal_wall(books, name):
        if wall.principal_cents:
            yield Row("health", f"principal due {wall.year}", name, wall.principal_cents, "cents", "at today's balance")


def _bubble(records: Sequence[Record], books: Books) -> Iterator[Row]:
    revenue = bubble.ai_revenue_by_year_cents(records)
    for year, cents in bubble.capex_by_year_cents(records).items():
        yield Row("bubble", f"capex {year}", "all", cents, "cents", "systems delivered and buildings billed")
        if revenue.get(year):
            ratio = cents * PPM // revenue[year]
            yield Row("bubble", f"AI revenue {year}", "all", revenue[year], "cents", "of labs, and of hosts' users")
            yield Row("bubble", f"capex to AI revenue {year}", "all", ratio, "ratio", "capex over AI revenue")
    for year, cents in bubble.chips_by_year_cents(records).items():
        meaning = "Sequoia 2024: chips times two times two"
        yield Row("bubble", f"required revenue {year}", "all", bubble.required_revenue_cents(cents), "cents", meaning)
    for lab in sorted(books.market.by_month):
        last = list(bubble.expected_to_realised_ppm(books, lab).values())[-12:]
        if last:
            mean = sum(last) // len(last)
            yield Row("bubble", "expected over realised demand", lab, mean, "ratio", "mean of the last twelve months")
    for name, ratio in bubble.price_to_value_ppm(books).items():
        yield Row("bubble", "price over value", name, ratio, "ratio", "last close over fundamental value")
    yield Row("bubble", "utilisation", "all", bubble.utilisation_ppm(books), "ppm", "compute in use over all there is")


def _losses(records: Sequence[Record], books: Books, inside: list[str]) -> Iterator[Row]:
    for fallen in losses.cascade(records):
        words = f"round {fallen.round}, {fallen.date}, by {fallen.contract} ({fallen.channel})"
        meaning = f"after {fallen.after}" if fallen.after else "no other default among its causes"
        yield Row("losses", "default", fallen.firm, words, "text", meaning)
    for channel, cents in losses.misses_by_channel_cents(records).items():
        yield Row("losses", f"missed: {channel}", "all", cents, "cents", "bills missed, by what they were for")
    for holder, row in losses.losses_cents(records).items():
        for channel, cents in row.items():
            yield Row("losses", f"lost on {channel}", holder, cents, "cents", "on the books")
    for holder, cents in losses.market_losses_cents(records, books).items():
        yield Row("losses", "lost at market", holder, cents, "cents", "listed shares, since before the first shock")
    for name, rank in losses.debt_ranks_ppm(books, inside).items():
        if rank:
            yield Row("losses", "DebtRank", name, rank, "ppm", "Battiston 2012: equity in distress if it failed")


def _stakes(records: Sequence[Record], books: Books) -> Iterator[Row]:
    for stake in stakes.stake_values(books):
        who = f"{stake.holder} in {stake.issuer}"
        yield Row("stakes", "at market", who, stake.market_cents, "cents", "at the last close or round")
        yield Row("stakes", "on the books", who, stake.book_cents, "cents", "as carried")
        yield Row("stakes", "part", who, stake.part_ppm, "ppm", "of all shares outstanding")
    for name, row in stakes.warrants(books).items():
        for stage in stakes.STAGES:
            yield Row("stakes", f"warrant, {stage}", name, row[stage], "shares", "shares at this stage")
        yield Row("stakes", "warrant, all of it", name, row["worth_cents"], "cents", "at the last close")
    for name in sorted({stake.issuer for stake in stakes.stake_values(books)}):
        months = stakes.dilution_ppm(records, name)
        if months:
            latest = list(months.values())[-1]
            yield Row("stakes", "shares over those of the opening", name, latest, "ratio", "dilution")
