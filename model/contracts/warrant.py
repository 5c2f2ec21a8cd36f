"""A customer's warrant: each tranche is earned by deployed power, vests with the share price, is exercised cashless.

By hand: 26,666,666 shares, strike 0.01 USD, GW and price both met, exercised at 250.00 USD: shares issued =
26,666,666 x (25,000 - 1) / 25,000 = 26,665,599 (rounded down). All 160 m shares at 600 USD are 96 bn.
"""

from typing import Any

import simpy

from events import catalogue as c
from events.conditions import Deployed, SharePriceAbove
from events.terms import Warrant, WarrantTranche
from model.economy import Economy, Process


def perform(terms: Warrant, economy: Economy, contract: str, signed: int) -> Process:
    """Grant at signing; every tranche then lives by itself until it is exercised or its time is up."""
    total = sum(tranche.shares for tranche in terms.tranches)
    granted = c.WarrantIssued(contract=contract, issuer=terms.issuer, holder=terms.holder, shares=total)
    economy.record(granted, signed, corr=contract, actor=terms.issuer)
    number = economy.contract_numbers[contract]
    lives = [
        economy.start(live(terms, tranche, place, economy, contract, signed), number)
        for place, tranche in enumerate(terms.tranches, start=1)
    ]
    yield simpy.AllOf(economy.env, lives)
    economy.record(
        c.ContractEnded(contract=contract, reason="every tranche exercised or lapsed"), signed, corr=contract
    )


def live(terms: Warrant, tranche: WarrantTranche, place: int, economy: Economy, contract: str, signed: int) -> Process:
    """Power and price, in either order, once; then exercise, or the expiry."""
    expiry = economy.at(terms.expiry_day)
    power = economy.when(Deployed(terms.holder, tranche.deployed_kw, terms.issuer))
    price = economy.when(SharePriceAbove(terms.issuer, tranche.price_cents, terms.averaging_days))
    fact: dict[str, Any] = {
        "contract": contract,
        "issuer": terms.issuer,
        "holder": terms.holder,
        "tranche": place,
        "shares": tranche.shares,
    }
    value = tranche.shares * terms.value_per_share_cents
    yield power | expiry
    if not power.processed:
        lapse(fact, "granted", 0, economy, signed)
        return
    earned = economy.record(c.WarrantEarned(**fact, grant_value_cents=value), power.value, corr=contract)
    if not price.processed:
        yield price | expiry
    if not price.processed:
        lapse(fact, "earned", value, economy, earned.seq)
        return
    vested = economy.record(c.WarrantVested(**fact), price.value, corr=contract)
    yield economy.at(min(economy.day + terms.exercise_after_days, max(terms.expiry_day, economy.day + 1)))
    exercise(terms, fact, value, economy, vested.seq)


def lapse(fact: dict[str, Any], stage: str, carrying: int, economy: Economy, cause: int) -> None:
    """At the expiry: what was not met is gone."""
    economy.record(c.WarrantLapsed(**fact, stage=stage, carrying_cents=carrying), cause, corr=fact["contract"])


def exercise(terms: Warrant, fact: dict[str, Any], carrying: int, economy: Economy, cause: int) -> None:
    """Cashless: the strike is paid in shares."""
    price = economy.books.market.share_cents[terms.issuer]
    issued = net_shares(fact["shares"], terms.strike_cents, price)
    event = c.WarrantExercised(**fact, issued=issued, value_cents=issued * price, carrying_cents=carrying)
    economy.record(event, cause, corr=fact["contract"], actor=terms.holder)


def net_shares(shares: int, strike_cents: int, price_cents: int) -> int:
    """Shares that a cashless exercise issues, rounded down; none below the strike."""
    return shares * max(0, price_cents - strike_cents) // price_cents
