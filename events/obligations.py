"""What is owed: due days and marks. The amounts stand in the postings; these must agree with them.

Opened = met + lapsed + discharged + open, in cents of face, for every contract; *missed* is a mark on an open claim.
"""

from collections.abc import Callable
from typing import Any

from attrs import define, field

from events import catalogue as c
from events.accounts import UNITS, UNITS_OWED, claim_on
from events.postings import contract_of
from events.record import Record

# The word for why a bill exists, by the kind of event that opened it; payment orders are written in these words.
CHANNELS: dict[type[c.Event], str] = {
    c.CostsBilled: "costs",
    c.SurplusTaken: "costs",
    c.InterestBilled: "interest",
    c.PrincipalDue: "principal",
    c.ComputeBilled: "compute",
    c.ComputeRented: "compute",
    c.RevenueShared: "revenue-share",
    c.GpusDelivered: "chips",
    c.PrepaymentCalled: "prepayment",
    c.BackstopBilled: "backstop",
    c.TrancheCalled: "equity",
    c.RentBilled: "rent",
    c.LeaseBackBilled: "compute",
    c.JointProductSold: "joint",
    c.ResidualMissed: "guarantee",
    c.GuaranteeCalled: "guarantee",
    c.ContractRejected: "damages",
}


def number_of(claim: str) -> int:
    """The number of a bill under its contract; -1 where the name ends in none."""
    number = claim.rpartition("/")[2]
    return int(number) if number.isdecimal() and len(number) < 19 else -1


@define
class Claim:
    """One bill: who owes whom how much, why, and when."""

    claim: str
    channel: str
    debtor: str
    creditor: str
    amount_cents: int
    due_day: int
    opened_seq: int
    missed_seq: int | None = None
    cure_day: int = -1
    times_stretched: int = 0

    @property
    def contract(self) -> str:
        """The contract that the bill belongs to."""
        return contract_of(self.claim)


@define
class Tally:
    """Cents of face of one contract's claims, by what became of them; `last` is the number of the latest bill."""

    opened: int = 0
    met: int = 0
    lapsed: int = 0
    discharged: int = 0
    last: int = 0

    @property
    def open(self) -> int:
        """What is still owed."""
        return self.opened - self.met - self.lapsed - self.discharged


@define
class Obligations:
    """Open claims by name, by debtor and by creditor, in the order of opening, with a tally a contract."""

    open: dict[str, Claim] = field(factory=dict)
    by_debtor: dict[str, dict[str, Claim]] = field(factory=dict)
    by_creditor: dict[str, dict[str, Claim]] = field(factory=dict)
    tallies: dict[str, Tally] = field(factory=dict)
    allowance_cents: dict[str, int] = field(factory=dict)  # by claim: what its creditor does not expect to be paid

    def of(self, debtor: str) -> list[Claim]:
        """What a debtor owes, in the order of opening."""
        return list(self.by_debtor.get(debtor, {}).values())

    def owed_to(self, creditor: str) -> list[Claim]:
        """What a creditor is owed, in the order of opening."""
        return list(self.by_creditor.get(creditor, {}).values())

    def tally(self, contract: str) -> Tally:
        """What became of a contract's claims."""
        tally = self.tallies.get(contract)
        if tally is None:
            tally = self.tallies[contract] = Tally()
        return tally

    def is_new(self, claim: str) -> bool:
        """Whether no bill has had this name: those of a contract are numbered upwards."""
        tally = self.tallies.get(contract_of(claim))
        return tally is None or number_of(claim) > tally.last

    def open_bill(self, record: Record, name: str, channel: str, due_day: int) -> None:
        """A bill whose face the postings state; one of nothing opens nothing."""
        contract = contract_of(name)
        asset = claim_on(contract)
        lines = [line for line in record.post if line[2] == asset]
        owed = [line for line in lines if line[3] < 0 and line[1] == UNITS_OWED]
        if not owed:
            return
        debtor, cents = owed[0][0], -owed[0][3]
        creditor = next(line[0] for line in lines if line[3] == cents and line[1] == UNITS)
        claim = Claim(name, channel, debtor, creditor, cents, due_day, record.seq)
        self.open[name] = claim
        self.by_debtor.setdefault(debtor, {})[name] = claim
        self.by_creditor.setdefault(creditor, {})[name] = claim
        tally = self.tally(contract)
        tally.opened += cents
        tally.last = number_of(name)

    def pay_part(self, name: str, cents: int) -> None:
        """A bill is met by so much; it closes when nothing is left of it."""
        claim = self.open[name]
        claim.amount_cents -= cents
        self.tally(claim.contract).met += cents
        if claim.amount_cents == 0:
            self.close_bill(name)

    def close_bill(self, name: str) -> Tally:
        """A bill is open no more; the caller says in the tally what became of it."""
        claim = self.open.pop(name)
        del self.by_debtor[claim.debtor][name]
        del self.by_creditor[claim.creditor][name]
        return self.tally(claim.contract)


def _billed(channel: str) -> Callable[[Obligations, Record, Any], None]:
    def fold(obligations: Obligations, record: Record, event: Any) -> None:
        obligations.open_bill(record, event.claim, channel, event.due_day)

    return fold


def _guaranteed(obligations: Obligations, record: Record, event: c.GuaranteeCalled) -> None:
    obligations.open_bill(record, event.claim, CHANNELS[c.GuaranteeCalled], event.due_day)
    obligations.close_bill(event.old_claim).discharged += event.amount_cents


def _paid(obligations: Obligations, record: Record, event: c.ClaimPaid) -> None:
    obligations.close_bill(event.claim).met += event.amount_cents


def _burned(obligations: Obligations, record: Record, event: c.CreditsBurned) -> None:
    obligations.pay_part(event.claim, event.face_cents)


def _applied(obligations: Obligations, record: Record, event: c.CollateralApplied) -> None:
    obligations.pay_part(event.claim, event.amount_cents)


def _stretched(obligations: Obligations, record: Record, event: c.PaymentStretched) -> None:
    claim = obligations.open[event.claim]
    claim.due_day = event.due_day
    claim.times_stretched += 1


def _swapped(obligations: Obligations, record: Record, event: c.ClaimSwapped) -> None:
    obligations.close_bill(event.claim).discharged += event.amount_cents


def _set_off(obligations: Obligations, record: Record, event: c.ClaimsSetOff) -> None:
    for claim in event.claims:
        obligations.pay_part(claim, event.amount_cents)


def _allowed_for(obligations: Obligations, record: Record, event: c.ReceivableImpaired) -> None:
    obligations.allowance_cents[event.claim] = event.amount_cents


def _released(obligations: Obligations, record: Record, event: c.AllowanceReleased) -> None:
    obligations.allowance_cents.pop(event.claim)


def _missed(obligations: Obligations, record: Record, event: c.PaymentMissed) -> None:
    claim = obligations.open[event.claim]
    if claim.missed_seq is None:
        claim.missed_seq = record.seq
        claim.cure_day = event.cure_day


def _cleared(obligations: Obligations, record: Record, event: c.ClaimCleared) -> None:
    tally = obligations.close_bill(event.claim)
    tally.met += event.paid_cents
    tally.discharged += event.amount_cents - event.paid_cents


FOLDS = {kind: _billed(channel) for kind, channel in CHANNELS.items()} | {
    c.GuaranteeCalled: _guaranteed,
    c.ClaimPaid: _paid,
    c.CreditsBurned: _burned,
    c.PaymentStretched: _stretched,
    c.ClaimSwapped: _swapped,
    c.CollateralApplied: _applied,
    c.ClaimsSetOff: _set_off,
    c.ReceivableImpaired: _allowed_for,
    c.AllowanceReleased: _released,
    c.PaymentMissed: _missed,
    c.ClaimCleared: _cleared,
}
