"""Take-or-pay: a month's bill is the lesser of the minimum and what the accepted capacity could have served.

By hand: minimum 100, all delivered, taken 60, prepayment used 20: bill 80, of it 40 shortfall. With only 70 delivered
and 60 taken, the month is worth 70: shortfall 10. With a take-or-pay share of 80 % and 60 taken of 100, the bill is 80;
with 50 % it is the 60 that were taken.
"""

from attrs import frozen

from agents.ai_lab import AiLab
from events import catalogue as c
from events.minimums import minimum_cents
from events.terms import ComputeCommitment
from events.units import divide, portion
from model.economy import Economy, Process
from model.market.compute import bill_operations
from model.readings import need_cents, taken_cents, used_ppm


def perform(terms: ComputeCommitment, economy: Economy, contract: str, signed: int) -> Process:
    """Call the prepayment at signing, then bill every month until the term ends or an estate walks away."""
    left = call_prepayment(terms, economy, contract, signed)
    billed = 0
    while billed < terms.total_cents and economy.day < terms.end_day:
        yield economy.month_end()
        if economy.books.contracts[contract].state == "rejected":
            return
        month = measure(terms, economy, contract, terms.total_cents - billed, left)
        if month.worth_cents:
            bill(terms, month, economy, contract)
            left -= month.prepaid_cents
            billed += month.worth_cents
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)


def call_prepayment(terms: ComputeCommitment, economy: Economy, contract: str, signed: int) -> int:
    """What the buyer pays ahead; returns what later bills may use of it, what was paid before the opening included."""
    if terms.opening_prepaid_cents:
        brought = c.PrepaymentBroughtForward(
            contract=contract, seller=terms.seller, buyer=terms.buyer, amount_cents=terms.opening_prepaid_cents
        )
        economy.record(brought, signed, corr=contract, actor="scenario")
    if terms.prepayment_cents:
        event = c.PrepaymentCalled(
            claim=economy.claim(contract), contract=contract, seller=terms.seller, buyer=terms.buyer,
            amount_cents=terms.prepayment_cents, due_day=economy.day + terms.days_to_pay,
        )  # fmt: skip
        economy.record(event, signed, corr=contract, actor=terms.seller)
    return terms.prepayment_cents + terms.opening_prepaid_cents


@frozen
class Measured:
    """A month of a commitment, in cents: `worth` = taken + shortfall = prepaid + to pay."""

    kw: int
    taken_cents: int
    shortfall_cents: int
    prepaid_cents: int

    @property
    def worth_cents(self) -> int:
        """What the month is worth, however it is paid."""
        return self.taken_cents + self.shortfall_cents


def measure(terms: ComputeCommitment, economy: Economy, contract: str, rest: int, prepaid: int) -> Measured:
    """What was to be taken, what was there, what was used, and what a prepayment covers."""
    kw = economy.books.capacity.accepted_kw.get(contract, 0)
    deferrals = economy.books.contracts[contract].deferrals
    minimum = minimum_cents(terms, deferrals, economy.calendar.first_month, economy.month)
    worth = min(minimum, divide(kw * terms.price_per_gw_year_cents, 12_000_000), rest)
    taken = min(worth, take(terms, economy, worth))
    worth = max(taken, portion(worth, terms.take_or_pay_ppm))
    return Measured(kw, taken, worth - taken, min(prepaid, portion(worth, terms.prepaid_use_ppm)))


def take(terms: ComputeCommitment, economy: Economy, offered: int) -> int:
    """A lab uses its commitments in the order of signing until its need is met; others take what demand leaves."""
    lab = economy.firms[terms.buyer]
    if not isinstance(lab, AiLab):
        return portion(offered, used_ppm(terms, economy))
    return min(offered, max(0, need_cents(economy, lab) - taken_cents(economy, terms.buyer)))


def bill(terms: ComputeCommitment, month: Measured, economy: Economy, contract: str) -> None:
    """The bill, and what running the capacity costs a seller without boxes."""
    event = c.ComputeBilled(
        claim=economy.claim(contract), contract=contract, seller=terms.seller, buyer=terms.buyer, kw=month.kw,
        taken_cents=month.taken_cents, shortfall_cents=month.shortfall_cents, prepaid_cents=month.prepaid_cents,
        amount_cents=month.worth_cents - month.prepaid_cents, make_up=terms.make_up,
        due_day=economy.day + terms.days_to_pay,
    )  # fmt: skip
    record = economy.record(event, economy.books.contracts[contract].seq, corr=contract, actor=terms.seller)
    bill_operations(economy, terms.seller, month.worth_cents, record.seq)
