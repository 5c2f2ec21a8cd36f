"""Capacity backstop: each quarter the guarantor buys what the beneficiary's customers leave unused, up to a cap.

By hand: Nvidia for CoreWeave, 6.3 bn to 2032-04-13. Even reading: at most 0.24 bn a quarter, nothing carried over.
100 MW unsold at 12.5 bn a GW-year would be 0.3125 bn a quarter: the bill is 0.24 bn. Front-loaded: 0.3125 bn a quarter,
while the 6.3 bn last.
"""

from events import catalogue as c
from events.books import Freed
from events.terms import CapacityBackstop
from events.units import divide
from model.economy import Economy, Process


def perform(terms: CapacityBackstop, economy: Economy, contract: str, signed: int) -> Process:
    """Bill at each quarter's end what is unsold, until the total or the time is used up."""
    left = terms.total_cents
    while economy.day < terms.expiry_day and left > 0:
        yield economy.month_end()
        if not economy.calendar.is_quarter_end(economy.day) or economy.day > terms.expiry_day:
            continue
        unsold = unsold_kw(economy, terms.beneficiary)
        cents = min(left, payable_cents(terms, unsold))
        if cents > 0:
            bill(terms, economy, contract, unsold, cents)
            left -= cents
    economy.record(c.ContractEnded(contract=contract, reason="used up or expired"), signed, corr=contract)


def payable_cents(terms: CapacityBackstop, unsold: int) -> int:
    """A quarter of the price of what is unsold, capped as the reading has it."""
    worth = divide(unsold * terms.price_per_gw_year_cents, 4_000_000)
    return min(worth, terms.quarter_cap_cents) if terms.reading == "even" else worth


def unsold_kw(economy: Economy, beneficiary: str) -> int:
    """Power of the beneficiary and its boxes that was freed by a lost customer and is not let again."""
    return sum(freed.kw - freed.let_kw for freed in freed_of(economy, beneficiary))


def freed_of(economy: Economy, beneficiary: str) -> list[Freed]:
    """What rejected contracts have freed at the beneficiary and its boxes."""
    own = {beneficiary, *economy.books.boxes.get(beneficiary, ())}
    return [freed for freed in economy.books.market.freed.values() if freed.seller in own]


def bill(terms: CapacityBackstop, economy: Economy, contract: str, unsold: int, cents: int) -> None:
    """The guarantor's bill, because of the rejection that left the capacity unsold."""
    event = c.BackstopBilled(
        claim=economy.claim(contract), contract=contract, guarantor=terms.guarantor, beneficiary=terms.beneficiary,
        unsold_kw=unsold, amount_cents=cents, due_day=economy.day + terms.days_to_pay,
    )  # fmt: skip
    latest = max(freed.seq for freed in freed_of(economy, terms.beneficiary))
    economy.record(event, latest, corr=contract, actor=terms.beneficiary)
