"""The pay phase: every debtor's dues, each day, in its own order of payment."""

from events import catalogue as c
from events.books import Books
from events.obligations import Claim
from model.briefings import stayed
from model.economy import Economy

SUDDEN = ("guarantee", "damages")  # bills that no plan foresaw: they themselves are why they cannot be paid
SPAN_DAYS = 92  # a quarter: how far back a debtor's disappointments are looked for


def pay_day(economy: Economy) -> None:
    """Every debtor with a bill due pays what its cash reaches, in its payment order; the rest is missed."""
    for debtor in list(economy.books.obligations.by_debtor):
        due = dues(economy, debtor)
        if due:
            settle_dues(economy, debtor, due)


def dues(economy: Economy, debtor: str) -> list[Claim]:
    """
    A debtor's bills due today or earlier, in its own order of payment.

    The order names contracts and channels, a contract before its channel where both are named. Within one place the
    older bill goes first, then the smaller (it keeps most creditors quiet), then the name.
    """
    today, claims = economy.day, economy.books.obligations.by_debtor[debtor].values()
    due = [claim for claim in claims if claim.due_day <= today and not stayed(economy, claim)]
    if not due:
        return due
    rank = {name: place for place, name in enumerate(economy.spec(debtor).payment_order)}
    last = len(rank)

    def place(claim: Claim) -> tuple[int, int, int, str]:
        rank_of = rank.get(claim.contract, rank.get(claim.channel, last))
        return (rank_of, claim.due_day, claim.amount_cents, claim.claim)

    return sorted(due, key=place)


def settle_dues(economy: Economy, debtor: str, due: list[Claim]) -> None:
    """Pay each bill that cash reaches in full; mark the others missed, once."""
    outside = debtor in economy.journal.outside
    for claim in due:
        if outside or economy.books.ledger.cash_cents(debtor) >= claim.amount_cents:
            pay(economy, claim)
        elif claim.missed_seq is None:
            miss(economy, claim)


def pay(economy: Economy, claim: Claim) -> None:
    """Pay one bill in full."""
    event = c.ClaimPaid(
        claim=claim.claim, debtor=claim.debtor, creditor=claim.creditor, amount_cents=claim.amount_cents
    )
    economy.record(event, claim.missed_seq or claim.opened_seq, corr=claim.contract, actor=claim.debtor)


def miss(economy: Economy, claim: Claim) -> None:
    """A bill is due and cash does not reach; its cause is what its debtor had counted on and did not get, or, where
    nobody had counted on the bill, what brought it.
    """
    hoped = disappointments(economy.books, claim.debtor, economy.day)
    if claim.channel in SUDDEN:
        hoped = [claim.opened_seq, *hoped]
    cause = hoped[0] if hoped else claim.opened_seq
    event = c.PaymentMissed(
        claim=claim.claim, contract=claim.contract, debtor=claim.debtor, creditor=claim.creditor,
        amount_cents=claim.amount_cents, cash_cents=economy.books.ledger.cash_cents(claim.debtor),
        channel=claim.channel, cure_day=economy.day + cure_days(economy, claim), also=tuple(hoped[1:]),
    )  # fmt: skip
    economy.record(event, cause, corr=claim.contract, actor=claim.debtor)


def cure_days(economy: Economy, claim: Claim) -> int:
    """How long a missed bill may stay unpaid before it is a default: as the loan says, else as the debtor's spec."""
    signed = economy.books.contracts.get(claim.contract)
    own = getattr(signed.terms, "cure_days", None) if signed else None
    return own if own is not None else economy.spec(claim.debtor).cure_days


def disappointments(books: Books, debtor: str, day: int) -> list[int]:
    """
    Receipts that a firm counted on and did not get in the last quarter, by seq, the largest first.

    At most one of each sort is named, the largest: a promise missed to it, a round cut or refused, revenue below
    expectation.
    """
    rows = [row for row in books.disappointments.get(debtor, ()) if day - row.day <= SPAN_DAYS]
    largest: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.cents > largest.get(row.sort, (0, 0))[0]:
            largest[row.sort] = (row.cents, row.seq)
    return [seq for _, seq in sorted(largest.values(), key=lambda pair: (-pair[0], pair[1]))]
