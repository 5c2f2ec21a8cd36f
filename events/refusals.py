"""What cannot happen on these books although its postings balance: a bill paid twice, an order delivered twice.

Asked before an event is recorded, so that `apply` never has to refuse. Amounts that exceed a holding (credits beyond
a grant, a draw beyond a commitment) need no check here: they would take an account in `Assets:` below zero.
"""

from collections.abc import Callable
from typing import Any

from events import catalogue as c
from events.accounts import BILLABLE, OPENABLE
from events.books import Books, Signed
from events.obligations import CHANNELS, number_of

Check = Callable[[Books, Any], str]


def refusal(books: Books, event: c.Event) -> str:
    """Why an event cannot follow on these books, in words; "" where it can."""
    if books.ended:
        return "the run has ended"
    check = CHECKS.get(type(event))
    return "" if check is None else check(books, event)


# --- bills ----------------------------------------------------------------------------------------------------------


def new_bill(books: Books, event: Any) -> str:
    """The bills of a contract are numbered upwards, so that a name never comes twice, open or settled."""
    contract, _, _ = event.claim.rpartition("/")
    number = number_of(event.claim)
    if number < 1 or not contract:
        return f"{event.claim!r} does not name a bill: a contract, a slash and a number from 1"
    tally = books.obligations.tallies.get(contract)
    if tally is not None and number <= tally.last:
        return f"{event.claim} was billed already, or its number is not above {tally.last}, the last of {contract}"
    return ""


def settled(books: Books, claim: str, debtor: str, creditor: str, cents: int, *, partly: bool = False) -> str:
    """A bill is settled while it is open, between its own two firms, for its amount (or, `partly`, no more)."""
    found = books.obligations.open.get(claim)
    if found is None:
        return f"{claim} is not open: it is settled already, or was never billed"
    if debtor != found.debtor or creditor != found.creditor:
        return f"{claim} is owed by {found.debtor} to {found.creditor}, not by {debtor} to {creditor}"
    if cents > found.amount_cents or (cents < found.amount_cents and not partly):
        return f"{claim} stands at {found.amount_cents} cents, not at {cents}"
    return ""


def costs(books: Books, event: c.CostsBilled) -> str:
    """A bill from outside is a cost, stock or property."""
    if event.account not in BILLABLE:
        return f"a bill cannot be for {event.account}; it may be for {', '.join(BILLABLE)}"
    return new_bill(books, event)


def rented(books: Books, event: c.ComputeRented) -> str:
    """What is let again was set free before."""
    if event.contract and event.contract not in books.market.freed:
        return f"{event.contract} was not rejected, so nothing of it can be let again"
    return new_bill(books, event)


def paid(books: Books, event: c.ClaimPaid) -> str:
    """A bill is paid once, in full."""
    return settled(books, event.claim, event.debtor, event.creditor, event.amount_cents)


def missed(books: Books, event: c.PaymentMissed) -> str:
    """A bill is missed once."""
    claim = books.obligations.open.get(event.claim)
    if claim is not None and claim.missed_seq is not None:
        return f"{event.claim} was missed already, by the event {claim.missed_seq}"
    return settled(books, event.claim, event.debtor, event.creditor, event.amount_cents)


def cleared(books: Books, event: c.ClaimCleared) -> str:
    """A dividend is at most the claim."""
    if event.paid_cents > event.amount_cents:
        return f"{event.paid_cents} cents are paid on a claim of {event.amount_cents}"
    return settled(books, event.claim, event.debtor, event.creditor, event.amount_cents)


def burned(books: Books, event: c.CreditsBurned) -> str:
    """Credits meet an open bill of the provider that gave them, at most in full."""
    return settled(books, event.claim, event.receiver, event.provider, event.face_cents, partly=True)


def stretched(books: Books, event: c.PaymentStretched) -> str:
    """Time is given for a bill that is open, and more of it than there was."""
    claim = books.obligations.open.get(event.claim)
    if claim is not None and event.due_day <= claim.due_day:
        return f"{event.claim} is due on day {claim.due_day} already, and would be on day {event.due_day}"
    return settled(books, event.claim, event.debtor, event.creditor, event.amount_cents)


def swapped(books: Books, event: c.ClaimSwapped) -> str:
    """A bill is swapped once, whole."""
    return settled(books, event.claim, event.debtor, event.creditor, event.amount_cents)


def applied(books: Books, event: c.CollateralApplied) -> str:
    """Proceeds meet an open bill of the lender, at most in full."""
    return settled(books, event.claim, event.debtor, event.lender, event.amount_cents, partly=True)


def set_off(books: Books, event: c.ClaimsSetOff) -> str:
    """Each firm of a ring owes the next at least what is set off, once."""
    if not len(event.firms) == len(event.claims) == len(event.deferred) >= 2 or len(set(event.claims)) < 2:
        return "a ring has at least two firms, and a claim of its own from each to the next"
    for place, (debtor, claim) in enumerate(zip(event.firms, event.claims, strict=True)):
        creditor = event.firms[(place + 1) % len(event.firms)]
        if why := settled(books, claim, debtor, creditor, event.amount_cents, partly=True):
            return why
    return ""


def allowed_for(books: Books, event: c.ReceivableImpaired) -> str:
    """A bill is allowed for once, at most in full."""
    if event.claim in books.obligations.allowance_cents:
        return f"{event.claim} was allowed for already"
    return settled(books, event.claim, event.debtor, event.creditor, event.amount_cents, partly=True)


def unallowed(books: Books, event: c.AllowanceReleased) -> str:
    """An allowance goes once, whole."""
    cents = books.obligations.allowance_cents.get(event.claim)
    return "" if cents == event.amount_cents else f"{event.claim} has an allowance of {cents or 0} cents"


def guaranteed(books: Books, event: c.GuaranteeCalled) -> str:
    """What the guarantor takes over is owed, and its own bill is a new one."""
    old = settled(books, event.old_claim, event.debtor, event.lender, event.amount_cents)
    return old or new_bill(books, event)


# --- orders ---------------------------------------------------------------------------------------------------------


def ordered(books: Books, event: c.GpusOrdered) -> str:
    """An order is placed once."""
    return f"{event.order} was ordered already" if event.order in books.capacity.rows else ""


def built(books: Books, event: c.GpusBuilt) -> str:
    """An order is built once, by its maker, as it was ordered."""
    row = books.capacity.waiting.get(event.order)
    if row is not None and row.in_work:
        return f"{event.order} was built already"
    return _as_ordered(books, event, "maker", "generation", "gpus")


def waiting(books: Books, event: c.OrderDelayed | c.OrderCancelled | c.GpusBuilt | c.GpusDelivered) -> str:
    """Only an order that is neither delivered nor cancelled can be late, withdrawn or delivered."""
    if event.order in books.capacity.waiting:
        return ""
    return f"{event.order} is not waiting: it was delivered or cancelled already, or never ordered"


def delivered(books: Books, event: c.GpusDelivered) -> str:
    """An order is delivered once, as it was ordered."""
    otherwise = _as_ordered(books, event, "maker", "buyer", "serves", "generation", "gpus", "kw")
    return otherwise or new_bill(books, event)


def _as_ordered(books: Books, event: c.GpusBuilt | c.GpusDelivered, *names: str) -> str:
    row = books.capacity.waiting.get(event.order)
    if row is None:
        return waiting(books, event)
    for name in names:
        if getattr(event, name) != getattr(row, name):
            return f"{event.order} has {name} {getattr(row, name)}, not {getattr(event, name)}"
    return ""


def accepted(books: Books, event: c.CapacityAccepted) -> str:
    """What was delivered is accepted once: every gigawatt counts once."""
    row = books.capacity.rows.get(event.order)
    if row is None or row.delivered_seq < 0:
        return f"{event.order} has not been delivered"
    if row.accepted_seq >= 0:
        return f"{event.order} was accepted already, by the event {row.accepted_seq}"
    if event.kw != row.kw or event.contract != row.serves:
        return f"{event.order} brings {row.kw} kW to {row.serves}, not {event.kw} kW to {event.contract}"
    return ""


# --- firms and contracts --------------------------------------------------------------------------------------------


def founded(books: Books, event: c.FirmFounded) -> str:
    """A firm is founded once."""
    return f"{event.firm} was founded already" if event.firm in books.firms else ""


def opened(books: Books, event: c.BalanceBroughtForward | c.RolledForward) -> str:
    """What units stand behind (loans, stakes) has events of its own."""
    return "" if event.account in OPENABLE else f"{event.account} cannot be brought forward as one line"


def signed(books: Books, event: c.ContractSigned) -> str:
    """A contract is signed once."""
    return f"{event.contract} was signed already" if event.contract in books.contracts else ""


def under_contract(books: Books, event: Any) -> str:
    """A draw, or a test of a covenant, belongs to a loan that was signed."""
    return "" if event.contract in books.contracts else f"{event.contract} was never signed"


def ended(books: Books, event: c.ContractEnded) -> str:
    """A contract ends once."""
    return _unless(books, event.contract, "live", "assumed", "rejected")


def assumed(books: Books, event: c.ContractAssumed) -> str:
    """An estate keeps only what is in force."""
    return _unless(books, event.contract, "live", "assumed")


def rejected(books: Books, event: c.ContractRejected) -> str:
    """An estate rejects only what is in force."""
    return _unless(books, event.contract, "live", "assumed") or new_bill(books, event)


def _unless(books: Books, contract: str, *states: str) -> str:
    found: Signed | None = books.contracts.get(contract)
    if found is None:
        return f"{contract} was never signed"
    return "" if found.state in states else f"{contract} is {found.state} already"


def defaulted(books: Books, event: c.Defaulted) -> str:
    """A firm that files is none in administration."""
    if event.firm not in books.firms:
        return f"{event.firm} was never founded"
    return f"{event.firm} is an estate already" if books.firms[event.firm].in_estate else ""


def closed(books: Books, event: c.EstateClosed) -> str:
    """Only an estate is closed."""
    if event.firm in books.firms and books.firms[event.firm].in_estate:
        return ""
    return f"{event.firm} is no estate"


CHECKS: dict[type[c.Event], Check] = {
    **dict.fromkeys(CHANNELS, new_bill),
    c.CostsBilled: costs,
    c.ComputeRented: rented,
    c.ClaimPaid: paid,
    c.PaymentMissed: missed,
    c.ClaimCleared: cleared,
    c.CreditsBurned: burned,
    c.GuaranteeCalled: guaranteed,
    c.LeaseGuaranteed: under_contract,
    c.GuaranteeEnded: under_contract,
    c.PaymentStretched: stretched,
    c.ClaimSwapped: swapped,
    c.CommitmentDeferred: under_contract,
    c.CollateralApplied: applied,
    c.ClaimsSetOff: set_off,
    c.ReceivableImpaired: allowed_for,
    c.AllowanceReleased: unallowed,
    c.GpusOrdered: ordered,
    c.GpusBuilt: built,
    c.OrderDelayed: waiting,
    c.OrderCancelled: waiting,
    c.GpusDelivered: delivered,
    c.CapacityAccepted: accepted,
    c.FirmFounded: founded,
    c.BalanceBroughtForward: opened,
    c.RolledForward: opened,
    c.ContractSigned: signed,
    c.LoanDrawn: under_contract,
    c.CollateralPledged: under_contract,
    c.CollateralSold: under_contract,
    c.CovenantTripped: under_contract,
    c.CovenantMet: under_contract,
    c.ContractEnded: ended,
    c.ContractAssumed: assumed,
    c.ContractRejected: rejected,
    c.Defaulted: defaulted,
    c.EstateClosed: closed,
}
