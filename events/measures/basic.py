"""Simple measures of a firm, each a function of books or of records, with unit, definition and source."""

import datetime
from collections.abc import Iterable

from events import catalogue as c
from events.accounts import LOAN
from events.books import Books
from events.record import Record
from events.schedules import Month, amount_in
from events.terms import ComputeCommitment
from events.units import PPM, divide, portion

IN_FORCE = ("live", "assumed")


def cash_cents(books: Books, firm: str) -> int:
    """Cash and cash equivalents, US cents: the balance of `Assets:Cash` (ASC 230-10-20)."""
    return books.ledger.cash_cents(firm)


def debt_cents(books: Books, firm: str) -> int:
    """
    Principal outstanding, US cents, positive: the balance of `Liabilities:Loan` (ASC 470-10).

    An instalment that has fallen due is a bill from then on, and no longer counted here.
    """
    return -books.ledger.balance(firm, LOAN)


def net_worth_cents(books: Books, firm: str) -> int:
    """Assets less liabilities, US cents; negative where a firm is insolvent by its books (FASB Concepts 8, ch. 4)."""
    return books.ledger.net_worth_cents(firm)


def remaining_performance_obligations_cents(books: Books, seller: str, month: Month) -> int:
    """
    Contracted revenue not yet earned by a seller of compute, as of the end of a month.

    The minimums still to come of its commitments in force, month by month up to each one's end; after its last year a
    commitment goes on at its last month's rate while part of its total is left. At most the total less what was billed
    for cash: of a prepayment only what was paid in is known to the books, so what use of it earned is not taken off
    this bound.

    Args:
        month: (year, month); later months are still to come.

    Returns:
        US cents, at least 0.

    Source: ASC 606-10-50-13.
    """
    total = 0
    for signed in books.of(seller):
        terms = signed.terms
        if isinstance(terms, ComputeCommitment) and terms.seller == seller and signed.state in IN_FORCE:
            total += _still_to_come(books, signed.contract, terms, month)
    return total


def _still_to_come(books: Books, contract: str, terms: ComputeCommitment, month: Month) -> int:
    opens = datetime.date.fromisoformat(books.opens)
    first = _month(opens + datetime.timedelta(days=1))
    last = _month(opens + datetime.timedelta(days=terms.end_day))
    tally = books.obligations.tallies.get(contract)
    billed = max(0, tally.opened - terms.prepayment_cents) if tally else 0
    planned = sum(
        amount_in(terms.minimums, first, (index // 12, index % 12 + 1))
        for index in range(_index(month) + 1, _index(last) + 1)
    )
    return portion(max(0, min(planned, terms.total_cents - billed)), terms.take_or_pay_ppm)


def _month(day: datetime.date) -> Month:
    return (day.year, day.month)


def _index(month: Month) -> int:
    return 12 * month[0] + month[1] - 1


def sales_by_customer_cents(records: Iterable[Record], seller: str) -> dict[str, int]:
    """
    What each customer was billed by a seller, US cents, in order of name.

    Chips at the invoice, compute on commitment at what the month was worth (paid before or not), compute on demand.
    The customer is the legal buyer: a host, not the lab that it serves.
    """
    sales: dict[str, int] = {}
    for record in records:
        event = record.event
        if isinstance(event, c.GpusDelivered) and event.maker == seller:
            cents = event.amount_cents
        elif isinstance(event, c.ComputeBilled) and event.seller == seller:
            cents = event.taken_cents + event.shortfall_cents
        elif isinstance(event, c.ComputeRented) and event.seller == seller:
            cents = event.amount_cents
        else:
            continue
        sales[event.buyer] = sales.get(event.buyer, 0) + cents
    return dict(sorted(sales.items()))


def customer_concentration_ppm(records: Iterable[Record], seller: str) -> int:
    """
    The largest customer's part of all that a seller billed, in parts per million; 0 where it billed nothing.

    Source: ASC 280-10-50-42, which asks for every customer of 10 % or more.
    """
    sales = sales_by_customer_cents(records, seller)
    return divide(max(sales.values()) * PPM, sum(sales.values())) if any(sales.values()) else 0


def runway_quarters_ppm(cash_cents: int, outflow_cents: int) -> int:
    """
    Quarters that cash lasts at a quarter's net outflow, in millionths of a quarter (2,500,000: two and a half).

    Returns:
        -1 where nothing flows out: the runway has no end.

    Source: cash over net burn, as in the going-concern outlook of ASC 205-40-50.
    """
    return divide(cash_cents * PPM, outflow_cents) if outflow_cents > 0 else -1
