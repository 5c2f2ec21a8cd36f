"""What must be zero after every record, and what must not fall below it. Integers, no tolerance."""

from collections.abc import Collection, Iterable

from events.accounts import CASH, UNITS, UNITS_OWED, claim_on
from events.ledger import Balances, Key, Ledger
from events.obligations import Obligations
from events.postings import Posting
from events.units import MAX_BALANCE, MAX_POSTING, USD


def imbalance(post: Iterable[Posting]) -> str:
    """
    Which identity these postings break, in words; "" where they break none.

    Each firm's dollars sum to zero; the account cash sums to zero over all firms; every unit asset sums to zero over
    all firms. The first alone would not see one firm receive what the other did not pay.
    """
    dollars: dict[str, int] = {}
    units: dict[str, int] = {}
    cash = 0
    for firm, account, asset, quantity in post:
        if not -MAX_POSTING <= quantity <= MAX_POSTING:
            return _too_large(firm, account, asset, quantity)
        if asset != USD:
            units[asset] = units.get(asset, 0) + quantity
        else:
            dollars[firm] = dollars.get(firm, 0) + quantity
            if account == CASH:
                cash += quantity
    if cash or any(dollars.values()) or any(units.values()):
        return _unequal(cash, dollars, units)
    return ""


def settle(post: Collection[Posting], ledger: Ledger, outside: Collection[str]) -> str:
    """
    `imbalance`, `Ledger.post` and `broken_floor` in one pass: what is asked of every event, written or read.

    The balances are changed even where something is broken, which the words returned then say; `Ledger.undo` takes
    that back. This loop is where recording and checking spend most, and so it is written for speed. Lines that belong
    together stand together in nearly every event: where each stretch of one firm's dollars or of one unit sums to
    zero, so does the whole, and only where one does not is it added up with more care.
    """
    balances = ledger.balances
    stands_at = balances.get
    suspects: list[Key] = []
    careful = False
    stretch, whose, total, cash = USD, "", 0, 0
    for firm, account, asset, quantity in post:
        key = (firm, account, asset)
        balances[key] = balance = stands_at(key, 0) + quantity
        if asset == USD:
            if firm != whose or stretch != USD:
                careful = careful or total != 0
                stretch, whose, total = USD, firm, 0
            if account == CASH:
                cash += quantity
        else:
            if asset != stretch:
                careful = careful or total != 0
                stretch, total = asset, 0
            if asset[:1] in "GP":  # GPU or PLEDGE
                suspects.append(key)
        total += quantity
        if balance < 0:
            if account[:1] == "A" or balance < -MAX_BALANCE:
                suspects.append(key)
        elif balance > MAX_BALANCE:
            suspects.append(key)
        if quantity > MAX_POSTING or quantity < -MAX_POSTING:
            careful = True
    if total or cash or careful:
        broken = imbalance(post)
        if broken:
            return broken
    if suspects:
        return broken_floor({key: balances[key] for key in suspects}, ledger, outside)
    return ""


def _too_large(firm: str, account: str, asset: str, quantity: int) -> str:
    return f"a posting of {quantity} on {firm} {account} {asset}; at most {MAX_POSTING} either way is allowed"


def _unequal(cash: int, dollars: dict[str, int], units: dict[str, int]) -> str:
    if cash:
        return f"cash over all firms sums to {cash} cents; it must be zero"
    for firm, total in dollars.items():
        if total:
            return f"the dollars of {firm} sum to {total} cents; debits must equal credits"
    asset, total = next((asset, total) for asset, total in units.items() if total)
    return f"{asset} over all firms sums to {total}; what one firm gives another must take"


def unreconciled(obligations: Obligations, balances: Balances) -> str:
    """
    Where bills and the units of what is owed tell different stories, in words; "" where they agree.

    Of every contract, opened = met + lapsed + discharged + open; and each open claim stands in `CLAIM:*` on both sides.
    """
    due: Balances = {}
    open_cents: dict[str, int] = {}
    for claim in obligations.open.values():
        asset = claim_on(claim.contract)
        open_cents[claim.contract] = open_cents.get(claim.contract, 0) + claim.amount_cents
        for key, cents in (
            ((claim.creditor, UNITS, asset), claim.amount_cents),
            ((claim.debtor, UNITS_OWED, asset), -claim.amount_cents),
        ):
            due[key] = due.get(key, 0) + cents
    for contract, tally in obligations.tallies.items():
        rest = tally.opened - tally.met - tally.lapsed - tally.discharged
        if rest != open_cents.get(contract, 0):
            return (
                f"the claims of {contract} leave {rest} cents by what was opened and closed, and bills of "
                f"{open_cents.get(contract, 0)} are open; both must be equal"
            )
    owed = {key: balance for key, balance in balances.items() if key[2].startswith("CLAIM:") and balance}
    for key in sorted(owed.keys() | due.keys()):
        if owed.get(key, 0) != due.get(key, 0):
            return (
                f"{' '.join(key)} stands at {owed.get(key, 0)}, and the open bills make {due.get(key, 0)}; "
                "what is owed stands in the postings"
            )
    return ""


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
