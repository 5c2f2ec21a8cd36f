"""What stakes and warrants are worth, at market and on the books, and how holders are diluted."""

from collections.abc import Iterable

from attrs import frozen

from events import catalogue as c
from events.books import Books
from events.cap_table import outstanding
from events.record import Record
from events.terms import Warrant
from events.units import PPM, divide

STAGES = ("granted", "earned", "vested")


@frozen
class StakeValue:
    """A stake on a day: shares, US cents at the last price and as carried, and the part of all shares in ppm."""

    holder: str
    issuer: str
    shares: int
    market_cents: int
    book_cents: int
    part_ppm: int


def stake_values(books: Books, opening_prices: dict[str, int] | None = None) -> list[StakeValue]:
    """
    Every stake that somebody else than the public holds, by holder and issuer.

    Args:
        opening_prices: cents a share of private issuers that have had no round yet.
    """
    rows = []
    for (holder, account, asset), shares in sorted(books.ledger.balances.items()):
        if not asset.startswith("SHARE:") or account != "Assets:Units" or shares <= 0 or holder == "public":
            continue
        issuer = asset[6:]
        price = books.market.share_cents.get(
            issuer, books.market.round_cents.get(issuer, (opening_prices or {}).get(issuer, 0))
        )
        total = outstanding(books.ledger, issuer)
        rows.append(
            StakeValue(
                holder, issuer, shares, shares * price, books.stakes.carried(holder, issuer),
                divide(shares * PPM, total) if total else 0,
            )
        )  # fmt: skip
    return rows


def warrant_value_cents(shares: int, strike_cents: int, price_cents: int) -> int:
    """What a warrant is worth if it could be exercised today, US cents: 160 m shares at 600.00 USD are 96 bn."""
    return shares * max(0, price_cents - strike_cents)


def warrants(books: Books) -> dict[str, dict[str, int]]:
    """By contract: shares by stage (granted, earned, vested), and what all are worth at the last close, US cents."""
    found = {}
    for name, signed in books.contracts.items():
        if isinstance(signed.terms, Warrant):
            row = {stage: books.ledger.units(signed.terms.holder, f"WARRANT:{name}:{stage}") for stage in STAGES}
            price = books.market.share_cents.get(signed.terms.issuer, 0)
            worth = warrant_value_cents(sum(row.values()), signed.terms.strike_cents, price)
            found[name] = row | {"worth_cents": worth}
    return found


def dilution_ppm(records: Iterable[Record], issuer: str) -> dict[str, int]:
    """By month, shares of an issuer over those at the opening, in millionths; months without issues left out."""
    opening = total = 0
    found: dict[str, int] = {}
    for record in records:
        moved = -sum(
            q
            for firm, account, asset, q in record.post
            if asset == f"SHARE:{issuer}" and account == "Equity:Units" and firm == issuer
        )
        if not moved:
            continue
        total += moved
        if isinstance(record.event, c.SharesBroughtForward):
            opening = total
        elif opening:
            found[record.date[:7]] = divide(total * PPM, opening)
    return found
