"""Balances: what the postings add up to, by firm, account and asset."""

from collections.abc import Iterable

from events.accounts import CASH, UNITS
from events.postings import Posting
from events.units import USD

Key = tuple[str, str, str]
Balances = dict[Key, int]


class Ledger:
    """One running balance for each (firm, account, asset); the fold of every posting so far, and nothing else."""

    __slots__ = ("balances",)

    def __init__(self) -> None:
        self.balances: Balances = {}

    def post(self, post: Iterable[Posting]) -> None:
        """Add up postings that were checked before."""
        balances = self.balances
        stands_at = balances.get
        for firm, account, asset, quantity in post:
            key = (firm, account, asset)
            balances[key] = stands_at(key, 0) + quantity

    def undo(self, post: Iterable[Posting], keys: int) -> None:
        """Take back the postings added last, when there were so many balances before them."""
        balances = self.balances
        for line in post:
            balances[line[:3]] -= line[3]
        while len(balances) > keys:
            balances.popitem()

    def after(self, post: Iterable[Posting]) -> Balances:
        """The balances that these postings would change, as they would then stand. Changes nothing."""
        balances = self.balances
        changed: Balances = {}
        for firm, account, asset, quantity in post:
            key = (firm, account, asset)
            if key in changed:
                changed[key] += quantity
            else:
                changed[key] = balances.get(key, 0) + quantity
        return changed

    def commit(self, changed: Balances) -> None:
        """Make the balances that `after` returned the ones that stand."""
        self.balances.update(changed)

    def balance(self, firm: str, account: str, asset: str = USD) -> int:
        """One balance; debit positive, 0 where nothing was ever posted."""
        return self.balances.get((firm, account, asset), 0)

    def cash_cents(self, firm: str) -> int:
        """What a firm has in cash."""
        return self.balances.get((firm, CASH, USD), 0)

    def units(self, firm: str, asset: str) -> int:
        """What a firm holds of a unit asset."""
        return self.balances.get((firm, UNITS, asset), 0)

    def sheet(self, firm: str) -> dict[str, int]:
        """A firm's dollar balances by account, in order of name, zeros left out."""
        return {
            account: balance
            for (holder, account, asset), balance in sorted(self.balances.items())
            if holder == firm and asset == USD and balance
        }

    def net_worth_cents(self, firm: str) -> int:
        """A firm's assets less its liabilities."""
        return sum(
            balance for account, balance in self.sheet(firm).items() if account.startswith(("Assets:", "Liabilities:"))
        )
