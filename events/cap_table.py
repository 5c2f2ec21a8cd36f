"""Who owns whom: the balances of `SHARE:X`, read as a table."""

from events.accounts import UNITS, shares_of
from events.ledger import Ledger
from events.units import PPM, divide


def cap_table(ledger: Ledger, issuer: str) -> dict[str, int]:
    """Shares by holder, in order of name. The issuer's own account, negative, is not in it."""
    asset = shares_of(issuer)
    return {
        key[0]: ledger.balances[key]
        for key in sorted(ledger.keys_in(asset))
        if key[1] == UNITS and ledger.balances[key]
    }


def outstanding(ledger: Ledger, issuer: str) -> int:
    """Shares in other hands than the issuer's."""
    return -ledger.balance(issuer, "Equity:Units", shares_of(issuer))


def stake_ppm(ledger: Ledger, issuer: str, holder: str) -> int:
    """A holder's part of all shares outstanding."""
    shares = outstanding(ledger, issuer)
    return divide(ledger.units(holder, shares_of(issuer)) * PPM, shares) if shares else 0
