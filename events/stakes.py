"""What each holder carries each stake at, and the losses that the equity method has shared so far."""

from attrs import define, field

from events import catalogue as c
from events.record import Record


@define
class Stakes:
    """Carrying amounts in cents by (holder, issuer); cumulative losses shared, by investee."""

    carried_cents: dict[tuple[str, str], int] = field(factory=dict)
    shared_cents: dict[str, int] = field(factory=dict)

    def carried(self, holder: str, issuer: str) -> int:
        """What a holder carries a stake at; 0 where it holds none or has it for nothing."""
        return self.carried_cents.get((holder, issuer), 0)

    def apply(self, record: Record) -> None:
        """One more record."""
        move = MOVES.get(type(record.event))
        if move is not None:
            holder, issuer, cents = move(record.event)
            self.carried_cents[holder, issuer] = self.carried(holder, issuer) + cents
        if isinstance(record.event, c.EquityLossShared):
            investee = record.event.investee
            self.shared_cents[investee] = self.shared_cents.get(investee, 0) + record.event.loss_cents


# How each kind of event moves a carrying amount: (holder, issuer, cents).
MOVES = {
    c.SharesBroughtForward: lambda e: (e.holder, e.issuer, e.carrying_cents),
    c.SharesIssued: lambda e: (e.holder, e.issuer, e.amount_cents),
    c.RoundClosed: lambda e: (e.investor, e.issuer, e.amount_cents),
    c.WarrantExercised: lambda e: (e.holder, e.issuer, e.value_cents),
    c.StakeMarked: lambda e: (e.holder, e.issuer, e.change_cents),
    c.EquityLossShared: lambda e: (e.investor, e.investee, -e.against_stake_cents),
    c.SharesSold: lambda e: (e.holder, e.issuer, -e.carrying_cents),
}
