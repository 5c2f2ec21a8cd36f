"""How a firm stands: cover, leverage, loan to value, what it has promised, and when it must renew."""

import datetime

from attrs import frozen

from events.accounts import INTEREST, LOAN, PROPERTY
from events.books import Books
from events.schedules import by_month
from events.terms import ComputeCommitment, DataCentreLease, TermLoan, VehicleLease
from events.units import PPM, USD, divide, portion

IN_FORCE = ("live", "assumed")
NONE = -1  # there is nothing to divide by, so that the ratio has no end


def year_earnings_cents(books: Books, firm: str) -> int:
    """Income before interest, depreciation and gains of the last twelve months, US cents (EBITDA, by our accounts)."""
    return books.earnings.year_cents(firm)


def leverage_ppm(books: Books, firm: str) -> int:
    """Principal over a year's earnings, in millionths (rating agencies' debt to EBITDA); -1 without earnings."""
    debt, year = -books.ledger.balance(firm, LOAN), year_earnings_cents(books, firm)
    if debt <= 0:
        return 0
    return divide(debt * PPM, year) if year > 0 else NONE


def debt_to_equity_ppm(books: Books, firm: str) -> int:
    """Principal outstanding over net worth, in millionths; -1 where liabilities exceed assets."""
    debt, worth = -books.ledger.balance(firm, LOAN), books.ledger.net_worth_cents(firm)
    if debt <= 0:
        return 0
    return divide(debt * PPM, worth) if worth > 0 else NONE


def interest_cover_ppm(books: Books, firm: str, months: int) -> int:
    """
    A year's earnings over a year's interest, in millionths; -1 where no interest was billed.

    Args:
        months: how many months the interest in the books has been added up over.
    """
    interest = books.ledger.balance(firm, INTEREST)
    if interest <= 0 or months <= 0:
        return NONE
    return divide(year_earnings_cents(books, firm) * PPM * months, interest * 12)


def contracted_cents(books: Books, seller: str) -> int:
    """What customers who have not filed must still pay a seller whatever they use, US cents (ASC 606-10-50-13)."""
    total, today = 0, books.last_day()
    for signed in books.of(seller):
        terms = signed.terms
        if signed.state not in IN_FORCE:
            continue
        if isinstance(terms, ComputeCommitment) and terms.seller == seller and not books.firms[terms.buyer].in_estate:
            last = _month(books, terms.end_day)
            months = by_month(terms.minimums, _month(books, 1))
            total += portion(
                sum(v for m, v in months.items() if _month(books, today) < m <= last), terms.take_or_pay_ppm
            )
        elif isinstance(terms, DataCentreLease) and terms.landlord == seller:
            total += 0 if books.firms[terms.tenant].in_estate else terms.to_come_cents(today)
        elif isinstance(terms, VehicleLease) and terms.vehicle == seller:
            total += 0 if books.firms[terms.lessee].in_estate else terms.to_come_cents(today)
    return total


def contracted_cover_ppm(books: Books, firm: str) -> int:
    """Contracted receipts to come over principal outstanding, in millionths; -1 without debt."""
    debt = -books.ledger.balance(firm, LOAN)
    return divide(contracted_cents(books, firm) * PPM, debt) if debt > 0 else NONE


def loan_to_cost_ppm(books: Books, borrower: str) -> int:
    """Principal outstanding over depreciated property, in millionths; -1 without property."""
    debt, cost = -books.ledger.balance(borrower, LOAN), books.ledger.balance(borrower, PROPERTY)
    if debt <= 0:
        return 0
    return divide(debt * PPM, cost) if cost > 0 else NONE


def loan_to_value_ppm(books: Books, borrower: str, value_per_gw_cents: int) -> int:
    """Principal outstanding over what the borrower's systems would fetch at a price a gigawatt; -1 without systems."""
    debt, kw = -books.ledger.balance(borrower, LOAN), books.capacity.host_kw.get(borrower, 0)
    value = divide(kw * value_per_gw_cents, 1_000_000)
    if debt <= 0:
        return 0
    return divide(debt * PPM, value) if value > 0 else NONE


def committed_cents(books: Books, firm: str) -> int:
    """What a firm must still pay under commitments and leases whatever it uses, US cents (ASC 440-10-50)."""
    total, today = 0, books.last_day()
    for signed in books.of(firm):
        terms = signed.terms
        if signed.state not in IN_FORCE:
            continue
        if isinstance(terms, ComputeCommitment) and terms.buyer == firm:
            tally = books.obligations.tallies.get(signed.contract)
            left = max(0, terms.total_cents - (tally.opened if tally else 0))
            total += portion(left, terms.take_or_pay_ppm)
        elif (isinstance(terms, DataCentreLease) and terms.tenant == firm) or (
            isinstance(terms, VehicleLease) and terms.lessee == firm
        ):
            total += terms.to_come_cents(today)
    return total


def commitments_to_revenue_ppm(books: Books, lab: str) -> int:
    """Commitments still to be paid over the last month's revenue times twelve, in millionths; -1 without revenue."""
    rows = books.market.by_month.get(lab, [])
    revenue = 12 * rows[-1][2] if rows else 0
    return divide(committed_cents(books, lab) * PPM, revenue) if revenue else NONE


@frozen
class Wall:
    """What of a firm ends in a calendar year: principal that falls due, and contracted receipts of the year after."""

    year: int
    principal_cents: int
    contracts_ending: tuple[str, ...]


def renewal_wall(books: Books, firm: str) -> list[Wall]:
    """
    By calendar year, principal that falls due at maturity or in instalments at today's balance, US cents, and the
    compute contracts, sold or bought, that end in it.
    """
    due: dict[int, int] = {}
    ending: dict[int, list[str]] = {}
    for signed in books.of(firm):
        terms = signed.terms
        if signed.state not in IN_FORCE:
            continue
        if isinstance(terms, TermLoan) and terms.borrower == firm:
            for year, cents in _repayments(books, signed.contract, terms).items():
                due[year] = due.get(year, 0) + cents
        elif isinstance(terms, ComputeCommitment):
            ending.setdefault(_month(books, terms.end_day)[0], []).append(signed.contract)
    years = sorted(due.keys() | ending.keys())
    return [Wall(year, due.get(year, 0), tuple(sorted(ending.get(year, [])))) for year in years]


def _repayments(books: Books, contract: str, terms: TermLoan) -> dict[int, int]:
    left = books.ledger.units(terms.lender, f"LOAN:{contract}")
    last = _month(books, terms.maturity_day)
    found: dict[int, int] = {}
    quarters = max(0, ((last[0] * 12 + last[1]) - sum(_months(books)) + 2) // 3)
    if terms.instalments and quarters:
        part = divide(left, min(terms.instalments, quarters))
        at = sum(_months(books)) - 1
        while left > 0 and at < last[0] * 12 + last[1] - 1:
            at += 3
            cents = min(part, left)
            left -= cents
            found[at // 12] = found.get(at // 12, 0) + cents
    if left > 0:
        found[last[0]] = found.get(last[0], 0) + left
    return found


def _months(books: Books) -> tuple[int, int]:
    year, month = _month(books, books.last_day())
    return (year * 12, month)


def _month(books: Books, day: int) -> tuple[int, int]:
    date = datetime.date.fromisoformat(books.opens) + datetime.timedelta(days=day)
    return (date.year, date.month)


def cash_share_ppm(books: Books, firm: str) -> int:
    """Cash over all assets, in ppm; 0 without assets."""
    assets = sum(
        v
        for (who, account, asset), v in books.ledger.balances.items()
        if who == firm and asset == USD and account.startswith("Assets:")
    )
    return divide(books.ledger.cash_cents(firm) * PPM, assets) if assets > 0 else 0
