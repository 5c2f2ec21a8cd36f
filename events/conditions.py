"""What terms can wait for, as values that can be printed; each says which event, by seq, met it.

`woken_by` names the kinds of event that can change the answer, so that nobody asks in vain.
"""

from typing import Any, ClassVar

from attrs import frozen

from events import catalogue as c
from events.accounts import loan_under, undrawn_under
from events.books import Books
from events.postings import contract_of


def subject_of(event: Any) -> str:
    """The contract that an event is about, by its own field or by the name of its bill; a guarantor's is the loan's."""
    contract = getattr(event, "contract", "") or contract_of(getattr(event, "claim", ""))
    return str(contract).removeprefix("guarantee:")


class Condition:
    """`met(books)` is true or not; whoever waits is handed the record after which it first was."""

    woken_by: ClassVar[tuple[type[c.Event], ...]] = ()

    @property
    def subject(self) -> str:
        """The contract whose events alone can change the answer; "" where those of any can."""
        return ""

    def met(self, books: Books) -> bool:
        """Whether it holds on these books."""
        raise TypeError(f"{type(self).__name__} does not say when it is met")


@frozen
class Deployed(Condition):
    """A lab runs at least so much power on a maker's systems (any maker's: "")."""

    lab: str
    kw: int
    maker: str = ""
    woken_by: ClassVar = (c.CapacityAccepted,)

    def met(self, books: Books) -> bool:
        return books.capacity.deployed_kw(self.lab, self.maker) >= self.kw


@frozen
class Powered(Condition):
    """The halls leased for a commitment have power for so much more; always where none are leased for it."""

    contract: str
    kw: int
    woken_by: ClassVar = (c.SiteEnergised, c.CollateralSold)

    def met(self, books: Books) -> bool:
        capacity = books.capacity
        energised = capacity.energised_kw.get(self.contract)
        return energised is None or energised >= capacity.accepted_kw.get(self.contract, 0) + self.kw


@frozen
class Running(Condition):
    """So much power has been accepted under a contract."""

    contract: str
    kw: int
    woken_by: ClassVar = (c.CapacityAccepted,)

    def met(self, books: Books) -> bool:
        return books.capacity.accepted_kw.get(self.contract, 0) >= self.kw


@frozen
class RentMissed(Condition):
    """A tenant has missed rent under a lease, and still owes it."""

    lease: str
    tenant: str
    woken_by: ClassVar = (c.PaymentMissed,)

    def met(self, books: Books) -> bool:
        bills = books.obligations.of(self.tenant)
        return any(bill.contract == self.lease and bill.missed_seq is not None for bill in bills)


@frozen
class SharePriceAbove(Condition):
    """An issuer's closing price, averaged over so many trading days, has reached a target."""

    issuer: str
    price_cents: int
    averaging_days: int = 1
    woken_by: ClassVar = (c.MarketClosed,)

    def met(self, books: Books) -> bool:
        closes = books.market.trailing.get(self.issuer, [])[-self.averaging_days :]
        return len(closes) == self.averaging_days and sum(closes) >= self.price_cents * len(closes)


@frozen
class Met(Condition):
    """A bill has been paid, or otherwise settled."""

    claim: str
    woken_by: ClassVar = (c.ClaimPaid, c.ClaimCleared, c.GuaranteeCalled, c.CreditsBurned, c.ClaimSwapped)

    def met(self, books: Books) -> bool:
        return self.claim not in books.obligations.open and not books.obligations.is_new(self.claim)


@frozen
class Repaid(Condition):
    """Nothing is outstanding, undrawn or billed under a loan any more, and no guarantor owes for it."""

    contract: str
    woken_by: ClassVar = (c.ClaimPaid, c.ClaimCleared, c.CommitmentLapsed, c.CollateralApplied)

    @property
    def subject(self) -> str:
        """Payments of other loans, thousands a month, say nothing about this one."""
        return self.contract

    def met(self, books: Books) -> bool:
        terms: Any = books.contracts[self.contract].terms
        held = books.ledger.units(terms.lender, loan_under(self.contract))
        undrawn = books.ledger.units(terms.borrower, undrawn_under(self.contract))
        names = (self.contract, f"guarantee:{self.contract}")
        return not held and not undrawn and not any(books.obligations.tally(name).open for name in names)


@frozen
class Ended(Condition):
    """A contract has ended or was rejected by an estate."""

    contract: str
    woken_by: ClassVar = (c.ContractEnded, c.ContractRejected)

    def met(self, books: Books) -> bool:
        return books.contracts[self.contract].state in ("ended", "rejected")


@frozen
class InEstate(Condition):
    """A firm has defaulted and is being administered."""

    firm: str
    woken_by: ClassVar = (c.Defaulted,)

    def met(self, books: Books) -> bool:
        return books.firms[self.firm].in_estate


@frozen
class LoanToValueAbove(Condition):
    """A borrower's loans exceed so much of its depreciated property."""

    borrower: str
    ratio_ppm: int
    woken_by: ClassVar = (c.LoanDrawn, c.Depreciated)

    def met(self, books: Books) -> bool:
        ledger = books.ledger
        loan = -ledger.balance(self.borrower, "Liabilities:Loan")
        return loan * 1_000_000 > self.ratio_ppm * ledger.balance(self.borrower, "Assets:Property")


