"""Credit grant: shares paid partly in cash and partly in cloud credits, which pay bills before cash does, and expire.

By hand: Microsoft gives OpenAI 0.7 bn cash and 0.7 bn credits for 1.4 bn of shares at 500.00 USD: 2,800,000 shares. A
month's Azure bill of 0.15 bn is met by credits alone while they last; what is left at the expiry lapses.
"""

from events import catalogue as c
from events.accounts import UNITS, credits_of
from events.conditions import Met
from events.terms import CreditGrant
from model.briefings import price_cents
from model.economy import Economy, Process


def perform(terms: CreditGrant, economy: Economy, contract: str, signed: int) -> Process:
    """Pay in cash and in credits, take the shares, then watch the credits burn until they expire."""
    yield economy.at(terms.day)
    last = signed
    if terms.cash_cents:
        last = yield from pay_cash(terms, economy, contract, signed)
    if terms.credit_cents:
        last = give_credits(terms, economy, contract, signed)
    issue(terms, economy, contract, last)
    while economy.day < terms.expiry_day and left_cents(terms, economy):
        yield economy.at(economy.day + 1)
        burn(terms, economy, contract)
    lapse(terms, economy, contract, signed)
    economy.record(c.ContractEnded(contract=contract, reason="credits used or expired"), signed, corr=contract)


def pay_cash(terms: CreditGrant, economy: Economy, contract: str, signed: int) -> Process:
    """The cash part is a claim like any other."""
    claim = economy.claim(contract)
    event = c.TrancheCalled(
        claim=claim, contract=contract, investor=terms.provider, investee=terms.receiver, tranche=1,
        amount_cents=terms.cash_cents, due_day=economy.day,
    )  # fmt: skip
    economy.record(event, signed, corr=contract, actor=terms.provider)
    met: int = yield economy.when(Met(claim))
    return met


def give_credits(terms: CreditGrant, economy: Economy, contract: str, signed: int) -> int:
    """The other part is a promise of compute at face value."""
    event = c.CreditsGranted(
        contract=contract, provider=terms.provider, receiver=terms.receiver, face_cents=terms.credit_cents
    )
    return economy.record(event, signed, corr=contract, actor=terms.provider).seq


def issue(terms: CreditGrant, economy: Economy, contract: str, cause: int) -> None:
    """Shares for both parts together."""
    price = terms.price_cents or price_cents(economy, terms.receiver)
    total = terms.cash_cents + terms.credit_cents
    event = c.SharesIssued(
        contract=contract, issuer=terms.receiver, holder=terms.provider, shares=max(1, total // price),
        amount_cents=total, price_cents=price,
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=terms.receiver)


def left_cents(terms: CreditGrant, economy: Economy) -> int:
    """Face value not yet used."""
    return economy.books.ledger.balance(terms.receiver, UNITS, credits_of(terms.provider))


def burn(terms: CreditGrant, economy: Economy, contract: str) -> None:
    """Credits before cash: they meet the provider's open bills, oldest first."""
    for claim in economy.books.obligations.of(terms.receiver):
        face = min(claim.amount_cents, left_cents(terms, economy))
        if (
            face > 0
            and claim.creditor == terms.provider
            and claim.contract in (terms.pays_for, f"spot:{terms.receiver}")
        ):
            event = c.CreditsBurned(
                contract=contract, claim=claim.claim, provider=terms.provider, receiver=terms.receiver, face_cents=face
            )
            economy.record(event, claim.opened_seq, corr=contract, actor=terms.receiver)


def lapse(terms: CreditGrant, economy: Economy, contract: str, signed: int) -> None:
    """What is left at the expiry is gone."""
    left = left_cents(terms, economy)
    if left:
        event = c.CreditsLapsed(contract=contract, provider=terms.provider, receiver=terms.receiver, face_cents=left)
        economy.record(event, signed, corr=contract, actor="model")
