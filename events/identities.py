"""What must be zero after every record, and what must not fall below it. Integers, no tolerance."""

from collections.abc import Collection, Iterable

from events.accounts import CASH, UNITS, UNITS_OWED
from events.ledger import Balances, Ledger
from events.postings import Posting
from events.units import MAX_BALANCE, MAX_POSTING, USD


def imbalance(post: Iterable[Posting]) -> str:
    """
    Which identity these postings break, in words; "" where they break none.

    Each firm's dollars sum to zero; the account cash sums to zero over all firms; every unit asset sums to zero over
    all firms. The first alone would not see one firm receive what the other did not pay.
    """
    sums: dict[str, int] = {}
    cash = 0
    for firm, account, asset, quantity in post:
        if not -MAX_POSTING <= quantity <= MAX_POSTING:
            return f"a posting of {quantity} on {firm} {account} {asset}; at most {MAX_POSTING} either way is allowed"
        if asset == USD:
            sums[firm] = sums.get(firm, 0) + quantity
            if account == CASH:
                cash += quantity
        else:
            asset = "unit " + asset
            sums[asset] = sums.get(asset, 0) + quantity
    if cash:
        return f"cash over all firms sums to {cash} cents; it must be zero"
    if any(sums.values()):
        return _unequal(sums)
    return ""


def _unequal(sums: dict[str, int]) -> str:
    name, total = next((name, total) for name, total in sums.items() if total)
    if name.startswith("unit "):
        return f"{name[5:]} over all firms sums to {total}; what one firm gives another must take"
    return f"the dollars of {name} sum to {total} cents; debits must equal credits"


def broken_floor(changed: Balances, ledger: Ledger, outside: Collection[str]) -> str:
    """
    Which floor the changed balances fall below, in words; "" where they hold.

    `Assets:*` is never negative but for the outside world; GPUs less pledges are never negative: nothing is pledged
    twice; no balance goes beyond 64 bits.
    """
    for (firm, account, asset), balance in changed.items():
        if balance < 0 and account.startswith("Assets:") and firm not in outside:
            return f"{firm} {account} {asset} would stand at {balance}; an asset is never below zero"
        if not -MAX_BALANCE <= balance <= MAX_BALANCE:
            return f"{firm} {account} {asset} would stand at {balance}; a balance has at most 64 bits"
        if account == UNITS_OWED and asset.startswith("PLEDGE:"):
            free = _unpledged(firm, asset[7:], changed, ledger)
        elif account == UNITS and asset.startswith("GPU:"):
            free = _unpledged(firm, asset[4:], changed, ledger)
        else:
            continue
        if free < 0 and firm not in outside:
            return f"{firm} would have pledged {-free} more {asset} than it holds: nothing is pledged twice"
    return ""


def _unpledged(firm: str, generation: str, changed: Balances, ledger: Ledger) -> int:
    held = (firm, UNITS, f"GPU:{generation}")
    pledged = (firm, UNITS_OWED, f"PLEDGE:{generation}")
    return changed.get(held, ledger.balances.get(held, 0)) + changed.get(pledged, ledger.balances.get(pledged, 0))
