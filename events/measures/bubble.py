"""How far things have run ahead: capex against revenue, plans against demand, prices against value."""

from collections.abc import Iterable

from events import catalogue as c
from events.accounts import PROPERTY
from events.books import Books
from events.record import Record
from events.units import PPM, divide


def capex_by_year_cents(records: Iterable[Record], firms: Iterable[str] = ()) -> dict[int, int]:
    """
    Systems delivered and buildings billed, by calendar year, US cents (ASC 230-10-45-13, when billed, not when paid).

    Args:
        firms: whose; all where none is named.
    """
    wanted, sums = set(firms), dict[int, int]()
    for record in records:
        event = record.event
        if isinstance(event, c.GpusDelivered):
            who, cents = event.buyer, event.amount_cents
        elif isinstance(event, c.CostsBilled) and event.account == PROPERTY:
            who, cents = event.firm, event.amount_cents
        else:
            continue
        if not wanted or who in wanted:
            year = int(record.date[:4])
            sums[year] = sums.get(year, 0) + cents
    return dict(sorted(sums.items()))


def ai_revenue_by_year_cents(records: Iterable[Record]) -> dict[int, int]:
    """What customers paid labs, and what buyers who resell none used of compute, by calendar year, US cents."""
    sums: dict[int, int] = {}
    labs: set[str] = set()
    for record in records:
        event, year = record.event, int(record.date[:4])
        if isinstance(event, c.FirmFounded) and event.trade in ("ai_lab", "startups", "cloud", "neocloud", "box"):
            labs.add(event.firm)
        elif isinstance(event, c.CustomersServed):
            sums[year] = sums.get(year, 0) + event.amount_cents
        elif isinstance(event, c.ComputeBilled) and event.buyer not in labs:
            sums[year] = sums.get(year, 0) + event.taken_cents
    return dict(sorted(sums.items()))


def capex_to_revenue_ppm(records: Iterable[Record]) -> dict[int, int]:
    """Capex of all over AI revenue, by calendar year, in millionths; years without revenue left out."""
    listed = list(records)
    revenue = ai_revenue_by_year_cents(listed)
    return {y: divide(v * PPM, revenue[y]) for y, v in capex_by_year_cents(listed).items() if revenue.get(y)}


def expected_to_realised_ppm(books: Books, lab: str) -> dict[str, int]:
    """By month, what a lab expected of its customers over what it could serve, in millionths; months of nothing out."""
    rows = books.market.by_month.get(lab, [])
    return {f"{row[3] // 100}-{row[3] % 100:02d}": divide(row[0] * PPM, row[2]) for row in rows if row[2]}


def price_to_value_ppm(books: Books) -> dict[str, int]:
    """By listed share, the last close over the fundamental value of the last quarter, in millionths."""
    values = books.market.value_cents
    return {
        name: divide(cents * PPM, values[name])
        for name, cents in sorted(books.market.share_cents.items())
        if values.get(name)
    }


def utilisation_ppm(books: Books) -> int:
    """Compute in use over all there is, in ppm, as of the last month; 0 before the first."""
    return books.market.utilisation_ppm


def required_revenue_cents(chips_year_cents: int) -> int:
    """
    What AI must earn a year to carry a year of chips: twice for the whole data centre, twice for a margin of a half.

    Source: Sequoia Capital, AI's 600 billion dollar question (2024-06-20); 41.1 bn a quarter of chips asks for 660 bn.
    """
    return 4 * chips_year_cents


def required_cash_cents(capex_cents: int, life_years: int, margin_ppm: int) -> int:
    """What AI must earn a year in cash so that capex comes back over its life at an operating margin, US cents."""
    return divide(capex_cents * PPM, life_years * margin_ppm) if margin_ppm > 0 and life_years > 0 else 0


def chips_by_year_cents(records: Iterable[Record]) -> dict[int, int]:
    """Chips invoiced by all makers, by calendar year, US cents."""
    sums: dict[int, int] = {}
    for record in records:
        if isinstance(record.event, c.GpusDelivered):
            year = int(record.date[:4])
            sums[year] = sums.get(year, 0) + record.event.amount_cents
    return dict(sorted(sums.items()))
