"""Lease-back: a maker rents its own chips back from a customer, so that what it sold comes home as a cost.

By hand: Nvidia rents 18,000 GPUs back from Lambda for 1.5 bn over four years: 31.25 m a month. CoreWeave (Osprey):
1.3 bn from April 2023 to August 2027.
"""

from events import catalogue as c
from events.terms import LeaseBack
from model.economy import Economy, Process


def perform(terms: LeaseBack, economy: Economy, contract: str, signed: int) -> Process:
    """Bill at each month's end from the start on, until the end, or until the owner has filed."""
    yield economy.at(terms.start_day)
    while economy.day < terms.end_day:
        yield economy.month_end()
        if economy.books.firms[terms.owner].in_estate:
            filed = economy.books.firms[terms.owner].defaulted_seq
            economy.record(c.ContractEnded(contract=contract, reason="the owner has filed"), filed, corr=contract)
            return
        event = c.LeaseBackBilled(
            claim=economy.claim(contract), contract=contract, tenant=terms.tenant, owner=terms.owner,
            generation=terms.generation, kw=terms.kw, amount_cents=terms.rent_month_cents,
            due_day=economy.day + terms.days_to_pay,
        )  # fmt: skip
        economy.record(event, signed, corr=contract, actor=terms.owner)
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)
