"""Share purchase: money for new shares on a day, at a fixed price or the one then ruling.

By hand: SoftBank pays 22.5 bn into OpenAI at the last round's 500.00 USD: 45,000,000 shares, nothing left over.
Nvidia pays 5 bn for Intel's at 23.28 USD: 214,776,632 shares, and 7.04 USD more than they cost, kept as paid in.
"""

from events import catalogue as c
from events.conditions import Met
from events.terms import SharePurchase
from model.briefings import price_cents
from model.economy import Economy, Process


def perform(terms: SharePurchase, economy: Economy, contract: str, signed: int) -> Process:
    """Owe the money on the day; when it is paid, the shares are issued."""
    yield economy.at(terms.day)
    claim = economy.claim(contract)
    event = c.TrancheCalled(
        claim=claim, contract=contract, investor=terms.investor, investee=terms.issuer, tranche=1,
        amount_cents=terms.amount_cents, due_day=economy.day,
    )  # fmt: skip
    economy.record(event, signed, corr=contract, actor=terms.investor)
    met = yield economy.when(Met(claim))
    price = terms.price_cents or price_cents(economy, terms.issuer)
    shares = c.SharesIssued(
        contract=contract, issuer=terms.issuer, holder=terms.investor, shares=max(1, terms.amount_cents // price),
        amount_cents=terms.amount_cents, price_cents=price,
    )  # fmt: skip
    economy.record(shares, met, corr=contract, actor=terms.issuer)
    economy.record(c.ContractEnded(contract=contract, reason="paid and issued"), met, corr=contract)
