"""The statements of a firm of a run, or the flow matrix of all of them, for any days."""

from pathlib import Path
from typing import Any

from events.books import replay
from events.replay import records as read
from events.replay import replay as checked
from events.statements import balance_sheet, cash_flow_statement, flow_matrix, income_statement
from model.complaints import unknown_firm

SECTOR = "sector"  # instead of a firm: all of them


def state(folder: Path, firm: str, since: str, until: str) -> dict[str, Any]:
    """
    `balance_sheet`, `income` and `cash_flows` of a firm, or `flows` of the whole sector.

    Args:
        folder: of the run; its log is verified first.
        firm: its name, or `sector`.
        since, until: ISO dates; "" for the opening, and for the end.

    Raises:
        Usage: a firm that is not there, or days that cannot be meant.
    """
    found = checked(folder)
    first, last = since or found.genesis.opens, until or found.last_date
    records = list(read(folder))
    if firm == SECTOR:
        return {"flows": flow_matrix(records, first, last)}
    if firm not in found.books.firms:
        raise unknown_firm(firm, [*found.books.firms, SECTOR], f"name a firm of the scenario, or {SECTOR}")
    income = income_statement(records, firm, first, last)
    cash = cash_flow_statement(records, firm, first, last)
    books = replay(record for record in records if record.date <= last)
    return {"balance_sheet": balance_sheet(books.ledger.balances, firm), "income": income, "cash_flows": cash}
