"""Balances: what the postings add up to, by firm, account and asset."""

from collections.abc import Iterable
from itertools import islice

from events.accounts import CASH, UNITS
from events.postings import Posting
from events.units import USD

Key = tuple[str, str, str]
Balances = dict[Key, int]


class Ledger:
    """
    One running balance for each (firm, account, asset); the fold of every posting so far, and nothing else.

    Which keys a firm or an asset has is looked up when somebody asks, from where the last one stopped: writing pays
    nothing for it.
    """

    __slots__ = ("_by_asset", "_by_firm", "_indexed", "balances")

    def __init__(self) -> None:
        self.balances: Balances = {}
        self._forget()

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
        if keys < self._indexed:
            self._forget()

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
            key[1]: self.balances[key] for key in sorted(self.keys_of(firm)) if key[2] == USD and self.balances[key]
        }

    def net_worth_cents(self, firm: str) -> int:
        """A firm's assets less its liabilities."""
        return sum(
            balance for account, balance in self.sheet(firm).items() if account.startswith(("Assets:", "Liabilities:"))
        )

    def keys_of(self, firm: str) -> list[Key]:
        """Every (firm, account, asset) of a firm that was ever posted to, in no order."""
        self._index()
        return self._by_firm.get(firm, [])

    def keys_in(self, asset: str) -> list[Key]:
        """Every (firm, account, asset) of an asset that was ever posted to, in no order."""
        self._index()
        return self._by_asset.get(asset, [])

    def _forget(self) -> None:
        self._indexed = 0
        self._by_firm: dict[str, list[Key]] = {}
        self._by_asset: dict[str, list[Key]] = {}

    def _index(self) -> None:
        new = len(self.balances) - self._indexed
        for key in islice(reversed(self.balances), new):
            self._by_firm.setdefault(key[0], []).append(key)
            self._by_asset.setdefault(key[2], []).append(key)
        self._indexed += new
