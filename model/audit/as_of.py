"""The books at any moment of a log: at the end of a day, or right after an event."""

import datetime
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from events import replay as replays
from events.accounts import shares_of
from events.cap_table import cap_table, outstanding
from events.obligations import Claim
from events.problems import Usage
from events.statements import BalanceSheet, balance_sheet
from events.units import PPM
from model.complaints import unknown_firm


@frozen
class State:
    """
    The books at a moment; with a firm only what concerns it.

    `sheets` are by firm; `owed` and `due` are open bills; `contracts` are (name, kind, state); `holders` are shares by
    issuer and holder. `day_zero` is the opening, from which due days count.
    """

    date: str
    seq: int
    head: str
    day_zero: str
    sheets: dict[str, BalanceSheet]
    bills: tuple[Claim, ...]
    contracts: tuple[tuple[str, str, str], ...]
    holders: dict[str, dict[str, int]]
    outstanding: dict[str, int]

    def day(self, number: int) -> str:
        """A day of the log as a date."""
        return (datetime.date.fromisoformat(self.day_zero) + datetime.timedelta(days=number)).isoformat()


def as_of(folder: Path, at: str, firm: str = "") -> State:
    """
    The state of a run.

    The whole log is checked first; a log that does not verify has no state.

    Args:
        at: an ISO date, for the end of that day, or a sequence number, for right after that event; "" for the end.
        firm: only this one.

    Raises:
        Usage: no such moment, or no such firm.
    """
    until = "" if at.isdecimal() else at
    after = int(at) if at.isdecimal() else None
    checked = replays.replay(folder, until=until, after=after)
    if after is not None and after >= checked.events:
        raise Usage(f"no event {after} is in this log; its last one is {checked.events - 1}", "--at")
    books = checked.books
    if firm and firm not in books.firms:
        raise unknown_firm(firm, books.firms, "name a firm that was founded by then")
    outside = checked.genesis.outside
    inside = [firm] if firm else [name for name in books.firms if name not in outside]
    bills = books.obligations.open.values()
    concerned = [bill for bill in bills if not firm or firm in (bill.debtor, bill.creditor)]
    signed = books.by_party.get(firm, []) if firm else list(books.contracts.values())
    issuers = [name for name in books.firms if outstanding(books.ledger, name)]
    holders = {name: cap_table(books.ledger, name) for name in issuers}
    return State(
        date=min(until or books.date, books.date) if not at.isdecimal() else books.date, seq=books.seq,
        head=checked.head, day_zero=checked.genesis.opens,
        sheets={name: balance_sheet(books.ledger.balances, name) for name in inside},
        bills=tuple(concerned), contracts=tuple((one.contract, _kind(one.terms), one.state) for one in signed),
        holders={name: rows for name, rows in holders.items() if not firm or name == firm or firm in rows},
        outstanding={name: outstanding(books.ledger, name) for name in issuers},
    )  # fmt: skip


def _kind(terms: object) -> str:
    return type(terms).__name__


def part_ppm(state: State, issuer: str, shares: int) -> int:
    """Shares as a part of all that are outstanding."""
    return shares * PPM // state.outstanding[issuer]


def as_object(state: State) -> dict[str, Any]:
    """All of it as JSON knows it."""
    return {
        "date": state.date, "seq": state.seq, "head": state.head,
        "sheets": {name: asdict(sheet) for name, sheet in state.sheets.items()},
        "bills": [
            asdict(bill) | {"contract": bill.contract, "due_date": state.day(bill.due_day)} for bill in state.bills
        ],
        "contracts": [{"contract": name, "kind": kind, "state": now} for name, kind, now in state.contracts],
        "cap_tables": {shares_of(name): rows for name, rows in state.holders.items()},
    }  # fmt: skip
