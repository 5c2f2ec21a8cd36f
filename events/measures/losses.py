"""Who lost what, through which channel; in which round a default came; whose failure would cost the others most."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import frozen

from events import catalogue as c
from events.books import Books
from events.record import Record
from events.units import PPM, divide

# Who loses how much on the books by each kind of event, and through which channel; what comes back is negative.
LOSSES: dict[type[c.Event], Callable[[Any], tuple[str, str, int]]] = {
    c.ReceivableImpaired: lambda e: (e.creditor, "bills", e.amount_cents),
    c.AllowanceReleased: lambda e: (e.creditor, "bills", -e.amount_cents),
    c.ClaimCleared: lambda e: (e.creditor, "bills", 0 if e.deferred else e.amount_cents - e.paid_cents),
    c.StakeImpaired: lambda e: (e.holder, "stakes", e.amount_cents),
    c.SharesCancelled: lambda e: (e.holder, "stakes", e.carrying_cents),
    c.SubsidiaryImpaired: lambda e: (e.owner, "boxes", e.amount_cents),
    c.EquityLossShared: lambda e: (e.investor, "equity method", e.against_stake_cents + e.against_support_cents),
    c.GuaranteeCalled: lambda e: (e.guarantor, "guarantees", e.amount_cents),
    c.ResidualMissed: lambda e: (e.lessee, "guarantees", e.amount_cents),
    c.InventoryWrittenDown: lambda e: (e.maker, "stock", e.amount_cents),
    c.PropertyImpaired: lambda e: (e.firm, "systems", e.amount_cents),
    c.CollateralSold: lambda e: (e.borrower, "collateral", e.book_cents - e.price_cents + e.cost_cents),
    c.ContractRejected: lambda e: (e.estate, "rejected contracts", e.amount_cents),
    c.EstateCostsPaid: lambda e: (e.firm, "estate costs", e.amount_cents),
    c.CreditsLapsed: lambda e: (e.receiver, "credits", e.face_cents),
    c.WarrantLapsed: lambda e: (e.holder, "warrants", e.carrying_cents),
}


def losses_cents(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    """Losses on the books by holder and channel, US cents, in order of name, zeros left out; see `LOSSES`."""
    sums: dict[str, dict[str, int]] = {}
    for record in records:
        read = LOSSES.get(type(record.event))
        if read:
            holder, channel, cents = read(record.event)
            row = sums.setdefault(holder, {})
            row[channel] = row.get(channel, 0) + cents
    kept = {holder: {ch: v for ch, v in sorted(row.items()) if v} for holder, row in sorted(sums.items())}
    return {holder: row for holder, row in kept.items() if row}


def market_losses_cents(records: Iterable[Record], books: Books) -> dict[str, int]:
    """
    What holders of listed shares have lost at market since the day before the first shock, US cents, by holder: shares
    held at the end times the fall of the price; a rise is no loss. {} without a shock.
    """
    before: dict[str, int] = {}
    for record in records:
        if isinstance(record.event, c.MarketClosed):
            before = dict(record.event.prices)
        elif isinstance(record.event, c.ShockStruck):
            break
    else:
        return {}
    sums: dict[str, int] = {}
    for (holder, account, asset), held in sorted(books.ledger.balances.items()):
        issuer = asset[6:] if asset.startswith("SHARE:") and account == "Assets:Units" else ""
        fall = before.get(issuer, 0) - books.market.share_cents.get(issuer, 0)
        if issuer in before and held > 0 and fall > 0:
            sums[holder] = sums.get(holder, 0) + held * fall
    return sums


@frozen
class Fallen:
    """
    A default and its place in the cascade.

    `round` is 1 where no other default is among its causes, one more than the latest of those otherwise; `depth` counts
    the records between it and its root; `root` is the seq of that.
    """

    seq: int
    date: str
    firm: str
    channel: str
    contract: str
    round: int
    after: str  # the firm whose default comes before it, "" in the first round
    depth: int
    root: int


def cascade(records: Sequence[Record]) -> list[Fallen]:
    """Every default in the order of the log, traced through `cause` to its root. `records` from the first one on."""
    rounds: dict[int, int] = {}
    rows = []
    for record in records:
        if not isinstance(record.event, c.Defaulted):
            continue
        depth, at, before = 0, record.cause, None
        root = record.seq
        while at is not None:
            root, depth = at, depth + 1
            if before is None and isinstance(records[at].event, c.Defaulted):
                before = at
            at = records[at].cause
        rounds[record.seq] = 1 + (rounds[before] if before is not None else 0)
        after = records[before].event.firm if before is not None else ""  # type: ignore[attr-defined]
        event = record.event
        rows.append(
            Fallen(
                record.seq,
                record.date,
                event.firm,
                event.channel,
                event.contract,
                rounds[record.seq],
                after,
                depth,
                root,
            )
        )
    return rows


def misses_by_channel_cents(records: Iterable[Record]) -> dict[str, int]:
    """Bills missed, US cents, by what they were for, in order of name."""
    sums: dict[str, int] = {}
    for record in records:
        if isinstance(record.event, c.PaymentMissed):
            sums[record.event.channel] = sums.get(record.event.channel, 0) + record.event.amount_cents
    return dict(sorted(sums.items()))


# --- DebtRank -------------------------------------------------------------------------------------------------------


def exposures_cents(books: Books) -> dict[tuple[str, str], int]:
    """What each holder would lose if a firm paid nothing: (holder, firm), US cents; stakes as carried."""
    sums: dict[tuple[str, str], int] = {}
    for claim in books.obligations.open.values():
        _add(sums, (claim.creditor, claim.debtor), claim.amount_cents)
    for signed in books.contracts.values():
        lender, borrower = getattr(signed.terms, "lender", ""), getattr(signed.terms, "borrower", "")
        if lender:
            _add(sums, (lender, borrower), books.ledger.units(lender, f"LOAN:{signed.contract}"))
    for (holder, issuer), cents in books.stakes.carried_cents.items():
        _add(sums, (holder, issuer), cents)
    return {pair: cents for pair, cents in sorted(sums.items()) if cents > 0 and pair[0] != pair[1]}


def _add(sums: dict[tuple[str, str], int], key: tuple[str, str], cents: int) -> None:
    sums[key] = sums.get(key, 0) + cents


def debt_rank_ppm(exposures: dict[tuple[str, str], int], equity_cents: dict[str, int], shocked: str) -> int:
    """
    The part of all equity that is put in distress when one firm fails, its own not counted, in ppm.

    Each firm passes its distress on once: the impact of i on j is min(1, what j has at stake in i / j's equity).
    Distress adds up to at most 1. Whole millionths throughout, so that the answer is the same everywhere.

    Args:
        exposures: (holder, firm) to US cents.
        equity_cents: of the firms that count; who has none, or less, is in full distress by any loss.
        shocked: the firm that fails.

    Source: Battiston, Puliga, Kaushik, Tasca and Caldarelli, DebtRank, Scientific Reports 2:541 (2012).
    """
    total = sum(max(0, cents) for cents in equity_cents.values())
    if not total:
        return 0
    by_firm: dict[str, list[tuple[str, int]]] = {}
    for (holder, firm), cents in exposures.items():
        if holder in equity_cents:
            equity = equity_cents[holder]
            impact = min(PPM, divide(cents * PPM, equity)) if equity > 0 else PPM
            by_firm.setdefault(firm, []).append((holder, impact))
    distress, passing, done = {shocked: PPM}, {shocked}, set[str]()
    while passing:
        reached: dict[str, int] = {}
        for firm in sorted(passing):
            for holder, impact in by_firm.get(firm, ()):
                reached[holder] = reached.get(holder, 0) + divide(impact * distress[firm], PPM)
        done |= passing
        passing = set()
        for holder, added in sorted(reached.items()):
            if holder == shocked:
                continue
            distress[holder] = min(PPM, distress.get(holder, 0) + added)
            if holder not in done:
                passing.add(holder)
    hit = sum(
        divide(max(0, equity_cents[name]) * part, PPM)
        for name, part in distress.items()
        if name in equity_cents and name != shocked
    )
    return divide(hit * PPM, total)


def debt_ranks_ppm(books: Books, firms: Iterable[str]) -> dict[str, int]:
    """DebtRank of each firm on the books of a moment, in ppm, largest first."""
    names = list(firms)
    exposures = exposures_cents(books)
    equity = {name: books.ledger.net_worth_cents(name) for name in names}
    found = {name: debt_rank_ppm(exposures, equity, name) for name in names}
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))
