"""Guarantee for warrants: a guarantor stands behind a tenant's rent up to a cap, paid in warrants on the landlord.

By hand: Google stands behind Fluidstack's lease with TeraWulf for 3.2 bn and gets warrants for 41 m shares at 0.01 USD.
A month's rent of 20 m is missed: Google owes 20 m in 30 days, and 3.18 bn of the cap are left.
"""

from typing import Any

from events import catalogue as c
from events.conditions import RentMissed
from events.terms import LeaseGuarantee
from model.contracts.warrant import net_shares
from model.economy import Economy, Process

DAYS_TO_PAY = 30


def perform(terms: LeaseGuarantee, economy: Economy, contract: str, signed: int) -> Process:
    """Stand ready; take over rent that is missed while the cap lasts; at the expiry exercise the warrants."""
    value = terms.warrant_shares * terms.value_per_share_cents
    given = c.LeaseGuaranteed(
        contract=contract, guarantor=terms.guarantor, landlord=terms.landlord, lease=terms.lease,
        cap_cents=terms.cap_cents, shares=terms.warrant_shares, value_cents=value,
    )  # fmt: skip
    economy.record(given, signed, corr=contract, actor=terms.guarantor)
    expiry = economy.at(terms.expiry_day)
    left = terms.cap_cents
    while left > 0:
        missed: Any = economy.when(RentMissed(terms.lease, terms.tenant))
        yield missed | expiry
        if expiry.processed:
            break
        left -= take_over(terms, economy, left, missed.value)
        yield economy.at(economy.day + 1)
    if not expiry.processed:
        yield expiry
    end(terms, economy, contract, value, signed)


def take_over(terms: LeaseGuarantee, economy: Economy, left: int, cause: int) -> int:
    """The guarantor's bills for rent that was missed, oldest first, within what is left of the cap; their sum."""
    taken = 0
    for claim in economy.books.obligations.of(terms.tenant):
        if claim.contract != terms.lease or claim.missed_seq is None or claim.amount_cents > left - taken:
            continue
        event = c.GuaranteeCalled(
            old_claim=claim.claim, claim=economy.claim(f"guarantee:{terms.lease}"), contract=terms.lease,
            guarantor=terms.guarantor, debtor=terms.tenant, lender=terms.landlord, amount_cents=claim.amount_cents,
            due_day=economy.day + DAYS_TO_PAY,
        )  # fmt: skip
        economy.record(event, max(cause, claim.missed_seq), corr=terms.lease, actor=terms.landlord)
        taken += claim.amount_cents
    return taken or left  # a bill beyond what is left of the cap: the guarantee is used up


def end(terms: LeaseGuarantee, economy: Economy, contract: str, value: int, signed: int) -> None:
    """The guarantor is released, and its warrants become shares, or lapse where they are worth nothing."""
    released = c.GuaranteeEnded(
        contract=contract, guarantor=terms.guarantor, landlord=terms.landlord, value_cents=value
    )
    economy.record(released, signed, corr=contract, actor=terms.landlord)
    fact: dict[str, Any] = {
        "contract": contract, "issuer": terms.landlord, "holder": terms.guarantor, "tranche": 1,
        "shares": terms.warrant_shares, "carrying_cents": value,
    }  # fmt: skip
    price = economy.books.market.share_cents.get(terms.landlord, 0)
    issued = net_shares(terms.warrant_shares, terms.strike_cents, price) if price else 0
    if issued:
        event: c.Event = c.WarrantExercised(**fact, issued=issued, value_cents=issued * price)
    else:
        event = c.WarrantLapsed(**fact, stage="vested")
    economy.record(event, signed, corr=contract, actor=terms.guarantor)
    economy.record(c.ContractEnded(contract=contract, reason="expired"), signed, corr=contract)
