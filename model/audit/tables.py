"""
A log as tables in DuckDB: events, postings, balances, prices, obligations, with declared types.

The log is checked and loaded first; then the database can reach nothing any more: no file, no network, no extension,
and a configuration that cannot be changed back. An allowed path would let a query overwrite the log.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from events import catalogue as c
from events import codec
from events.books import Books
from events.record import Record
from events.replay import Replayed, records, replay

Row = tuple[Any, ...]


@frozen
class Shape:
    """A table: its columns with their types, and what a row is."""

    name: str
    columns: tuple[tuple[str, str], ...]
    meaning: str

    @property
    def head(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)


EVENTS = Shape("events", (
    ("seq", "BIGINT"), ("date", "DATE"), ("type", "VARCHAR"), ("v", "INTEGER"), ("cause", "BIGINT"),
    ("corr", "VARCHAR"), ("actor", "VARCHAR"), ("data", "JSON"),
), "an event; data is the business fact")  # fmt: skip
POSTINGS = Shape("postings", (
    ("seq", "BIGINT"), ("date", "DATE"), ("type", "VARCHAR"), ("corr", "VARCHAR"), ("firm", "VARCHAR"),
    ("account", "VARCHAR"), ("asset", "VARCHAR"), ("quantity", "BIGINT"),
), "a posting; debit positive, US cents where the asset is USD")  # fmt: skip
BALANCES = Shape("balances", (
    ("firm", "VARCHAR"), ("account", "VARCHAR"), ("asset", "VARCHAR"), ("balance", "BIGINT"),
), "a balance at the end of the log, zeros left out")  # fmt: skip
PRICES = Shape("prices", (
    ("seq", "BIGINT"), ("date", "DATE"), ("name", "VARCHAR"), ("kind", "VARCHAR"), ("cents", "BIGINT"),
), "a price: of a share at a close or in a round, a fundamental value, or compute")  # fmt: skip
OBLIGATIONS = Shape("obligations", (
    ("claim", "VARCHAR"), ("contract", "VARCHAR"), ("channel", "VARCHAR"), ("debtor", "VARCHAR"),
    ("creditor", "VARCHAR"), ("amount_cents", "BIGINT"), ("due_date", "DATE"), ("opened_seq", "BIGINT"),
    ("missed_seq", "BIGINT"), ("closed_seq", "BIGINT"),
), "a bill; closed_seq is NULL while it is open, amount_cents its face when it was opened")  # fmt: skip
SHAPES = (EVENTS, POSTINGS, BALANCES, PRICES, OBLIGATIONS)


@frozen
class Tables:
    """A checked log with its rows by table."""

    found: Replayed
    rows: dict[str, list[Row]]


def tables(folder: Path) -> Tables:
    """
    Check a log and read it as rows.

    Raises:
        Problem: as `events.replay.replay`.
    """
    found = replay(folder)
    rows: dict[str, list[Row]] = {shape.name: [] for shape in SHAPES}
    for record in _folded(records(folder), rows["obligations"], found):
        event = record.event
        kind = type(event).__name__
        data = _data_of(record)
        rows["events"].append((record.seq, record.date, kind, event.V, record.cause, record.corr, record.actor, data))
        rows["postings"] += [(record.seq, record.date, kind, record.corr, *line) for line in record.post]
        rows["prices"] += _prices(record)
    balances = found.books.ledger.balances
    rows["balances"] = [(*key, balances[key]) for key in sorted(balances) if balances[key]]
    return Tables(found, rows)


def _data_of(record: Record) -> str:
    line = codec.encode(record)
    return line[line.index(b',"data":') + 8 : -2].decode()


def _folded(log: Iterator[Record], bills: list[Row], found: Replayed) -> Iterator[Record]:
    """The records one by one, and beside them every bill as it is opened and closed."""
    opens = datetime.date.fromisoformat(found.genesis.opens)
    books, faces = Books(), {}
    for record in log:
        before = set(books.obligations.open) if record.post else set()
        marked = {name: claim.missed_seq for name, claim in books.obligations.open.items()} if record.post else {}
        books.apply(record)
        now = books.obligations.open
        for name in [name for name in now if name not in before] if record.post else []:
            claim = now[name]
            due = (opens + datetime.timedelta(days=claim.due_day)).isoformat()
            faces[name] = [name, claim.contract, claim.channel, claim.debtor, claim.creditor, claim.amount_cents, due,
                           claim.opened_seq, None, None]  # fmt: skip
        for name in sorted(before - now.keys()):
            faces[name][8], faces[name][9] = marked.get(name), record.seq
        yield record
    for name, claim in books.obligations.open.items():
        faces[name][8] = claim.missed_seq
    bills += [tuple(row) for row in sorted(faces.values(), key=lambda row: (row[7], row[0]))]


def _prices(record: Record) -> list[Row]:
    event = record.event
    if isinstance(event, c.MarketClosed):
        return [(record.seq, record.date, name, "close", cents) for name, cents in event.prices]
    if isinstance(event, c.RoundClosed):
        return [(record.seq, record.date, event.issuer, "round", event.price_cents)]
    if isinstance(event, c.FundamentalsRevised):
        return [(record.seq, record.date, name, "value", cents) for name, cents in event.values]
    if isinstance(event, c.ComputePriceSet):
        return [(record.seq, record.date, "compute", "gigawatt-year", event.price_per_gw_year_cents)]
    return []
