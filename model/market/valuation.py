"""What things are carried at: depreciation, stakes at market, the equity method."""

from events import catalogue as c
from events.accounts import PROPERTY, STAKE, SUPPORT_COMMITTED, shares_of
from events.cap_table import outstanding
from events.property import SYSTEMS_MONTHS
from events.terms import SharePurchase
from events.units import divide
from model.economy import Economy
from model.schema import Holding

LIFE_MONTHS = SYSTEMS_MONTHS


def depreciate(economy: Economy) -> None:
    """A month of straight-line depreciation of every firm, in the scenario's order."""
    for name, spec in economy.scenario.firms.items():
        if spec.outside:
            continue
        cents = min(_wear(economy, name), economy.books.ledger.balance(name, PROPERTY))
        if cents > 0:
            economy.record(c.Depreciated(firm=name, amount_cents=cents), economy.roots[name], actor=name)


def _wear(economy: Economy, name: str) -> int:
    """A month's wear: the opening property over what is left of its life, each vintage over its own."""
    register = economy.books.property
    months = economy.spec(name).property_life_months
    wear = divide(max(0, register.opening_cents.get(name, 0)), months) if economy.day <= months * 31 else 0
    for vintage in register.vintages.get(name, ()):
        if economy.day - economy.calendar.day_of(vintage.date) <= vintage.months * 31:
            wear += divide(vintage.cents, vintage.months)
    return wear


def mark_stakes(economy: Economy) -> None:
    """Stakes carried at fair value follow the market at each quarter's end (ASC 321)."""
    for holder, stake in _stakes(economy, "fair_value"):
        price = economy.books.market.share_cents.get(stake.issuer)
        shares = economy.books.ledger.units(holder, shares_of(stake.issuer))
        if price is None or not shares:
            continue
        change = shares * price - economy.books.stakes.carried(holder, stake.issuer)
        if change:
            event = c.StakeMarked(holder=holder, issuer=stake.issuer, change_cents=change)
            economy.record(event, economy.books.market.share_seq, actor=holder)


def share_losses(economy: Economy) -> None:
    """An equity-method holder takes its part of a quarter's loss, down to carrying amount plus support (ASC 323)."""
    for holder, stake in _stakes(economy, "equity_method"):
        loss = -income_cents(economy, stake.issuer) - economy.books.stakes.shared_cents.get(stake.issuer, 0)
        shares, total = economy.books.ledger.units(holder, shares_of(stake.issuer)), outstanding_shares(economy, stake)
        if loss <= 0 or not shares or not total:
            continue
        share = divide(loss * shares, total)
        carried = economy.books.stakes.carried(holder, stake.issuer)
        against_stake = min(share, carried, economy.books.ledger.balance(holder, STAKE))
        paid_in = economy.books.stakes.paid_in_cents.get((holder, stake.issuer), 0)
        support_left = stake.committed_support_cents - paid_in + economy.books.ledger.balance(holder, SUPPORT_COMMITTED)
        against_support = min(share - against_stake, max(0, support_left))
        event = c.EquityLossShared(
            investor=holder, investee=stake.issuer, loss_cents=loss, share_cents=share,
            against_stake_cents=against_stake, against_support_cents=against_support,
            suspended_cents=share - against_stake - against_support,
        )  # fmt: skip
        economy.record(
            event, economy.books.market.demand_seq.get(stake.issuer, economy.roots[stake.issuer]), actor=holder
        )


def outstanding_shares(economy: Economy, stake: Holding) -> int:
    """All shares of the issuer of a stake."""
    return outstanding(economy.books.ledger, stake.issuer)


def income_cents(economy: Economy, firm: str) -> int:
    """Income less expenses of a firm since the opening."""
    sheet = economy.books.ledger.sheet(firm)
    return -sum(cents for account, cents in sheet.items() if account.startswith(("Income:", "Expenses:")))


def _stakes(economy: Economy, treatment: str) -> list[tuple[str, Holding]]:
    """Stakes of the opening and stakes bought since under a contract that says how they are carried; each once."""
    found = [(name, stake) for name, spec in economy.scenario.firms.items() for stake in spec.holdings]
    bought = [signed.terms for signed in economy.books.contracts.values() if isinstance(signed.terms, SharePurchase)]
    known = {(name, stake.issuer) for name, stake in found}
    found += [
        (terms.investor, Holding(issuer=terms.issuer, shares=1, treatment=terms.treatment))
        for terms in bought
        if (terms.investor, terms.issuer) not in known
    ]
    return [(name, stake) for name, stake in found if stake.treatment == treatment]
