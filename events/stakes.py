"""What each holder carries each stake at, and the losses that the equity method has shared so far."""

from collections.abc import Callable
from typing import Any

from attrs import define, field

from events import catalogue as c
from events.record import Record


@define
class Stakes:
    """Carrying amounts in cents by (holder, issuer); cumulative losses shared, by investee."""

    carried_cents: dict[tuple[str, str], int] = field(factory=dict)
    shared_cents: dict[str, int] = field(factory=dict)
    paid_in_cents: dict[tuple[str, str], int] = field(factory=dict)  # for shares, since the opening
    contributed_cents: dict[tuple[str, str], int] = field(factory=dict)  # by (owner, box), less what was written off

    def carried(self, holder: str, issuer: str) -> int:
        """What a holder carries a stake at; 0 where it holds none or has it for nothing."""
        return self.carried_cents.get((holder, issuer), 0)


# How each kind of event moves a carrying amount: (holder, issuer, cents).
MOVES = {
    c.SharesBroughtForward: lambda e: (e.holder, e.issuer, e.carrying_cents),
    c.SharesIssued: lambda e: (e.holder, e.issuer, e.amount_cents),
    c.RoundClosed: lambda e: (e.investor, e.issuer, e.amount_cents),
    c.ClaimSwapped: lambda e: (e.creditor, e.debtor, e.amount_cents),
    c.Rescued: lambda e: (e.rescuer, e.firm, e.amount_cents),
    c.WarrantExercised: lambda e: (e.holder, e.issuer, e.value_cents),
    c.StakeMarked: lambda e: (e.holder, e.issuer, e.change_cents),
    c.EquityLossShared: lambda e: (e.investor, e.investee, -e.against_stake_cents),
    c.SharesSold: lambda e: (e.holder, e.issuer, -e.carrying_cents),
    c.StakeImpaired: lambda e: (e.holder, e.issuer, -e.amount_cents),
    c.SharesCancelled: lambda e: (e.holder, e.issuer, -e.carrying_cents),
}


def _moved(move: Callable[[Any], tuple[str, str, int]]) -> Callable[[Stakes, Record, Any], None]:
    def fold(stakes: Stakes, record: Record, event: Any) -> None:
        holder, issuer, cents = move(event)
        stakes.carried_cents[holder, issuer] = stakes.carried(holder, issuer) + cents

    return fold


def _shared(stakes: Stakes, record: Record, event: c.EquityLossShared) -> None:
    _moved(MOVES[c.EquityLossShared])(stakes, record, event)
    stakes.shared_cents[event.investee] = stakes.shared_cents.get(event.investee, 0) + event.loss_cents


def _issued(stakes: Stakes, record: Record, event: c.SharesIssued) -> None:
    _moved(MOVES[c.SharesIssued])(stakes, record, event)
    key = (event.holder, event.issuer)
    stakes.paid_in_cents[key] = stakes.paid_in_cents.get(key, 0) + event.amount_cents


def _contributed(stakes: Stakes, record: Record, event: c.EquityContributed) -> None:
    key = (event.owner, event.box)
    stakes.contributed_cents[key] = stakes.contributed_cents.get(key, 0) + event.amount_cents


def _written_off(stakes: Stakes, record: Record, event: c.SubsidiaryImpaired) -> None:
    stakes.contributed_cents[event.owner, event.box] -= event.amount_cents


FOLDS = {kind: _moved(move) for kind, move in MOVES.items()} | {
    c.EquityLossShared: _shared,
    c.SharesIssued: _issued,
    c.EquityContributed: _contributed,
    c.SubsidiaryImpaired: _written_off,
}
