"""Lease through a vehicle: it buys with its owners' and lenders' money and lets to a lessee that has no debt for it.

By hand: a vehicle of 20 bn lets systems to xAI for five years. At 350 m a month it takes 21 bn. Nothing is guaranteed:
when xAI stops paying, the vehicle and its lenders have the chips. Meta guarantees Hyperion's vehicle a residual value:
of 10 bn guaranteed and 7 bn worth at the end it owes 3 bn.
"""

from events import catalogue as c
from events.accounts import PROPERTY
from events.conditions import Running
from events.terms import VehicleLease
from model.economy import Economy, Process
from model.market import used
from model.market.chips import place_order


def perform(terms: VehicleLease, economy: Economy, contract: str, signed: int) -> Process:
    """Buy, let for the months agreed, and settle what is left at the end."""
    yield economy.at(terms.order_day)
    cause = yield from buy(terms, economy, contract, signed)
    began = economy.day
    for _ in range(terms.months):
        yield economy.month_end()
        if not let(terms, economy, contract, cause):
            return
    settle_residual(terms, economy, contract, began, cause)
    economy.record(c.ContractEnded(contract=contract, reason="term over"), cause, corr=contract)


def buy(terms: VehicleLease, economy: Economy, contract: str, signed: int) -> Process:
    """Systems through the maker's queue, or a building; returns the record from which the lease runs."""
    if terms.generation:
        place_order(
            economy, buyer=terms.vehicle, generation=terms.generation, kw=terms.kw, serves=contract,
            lead_days=max(0, terms.start_day - economy.day), corr=contract, cause=signed,
        )  # fmt: skip
        accepted: int = yield economy.when(Running(contract, terms.kw))
        return accepted
    bill = c.CostsBilled(
        claim=economy.claim(f"site:{contract}"), firm=terms.vehicle, supplier="world", account=PROPERTY,
        purpose="site", amount_cents=terms.cost_cents, due_day=economy.day + terms.days_to_pay,
    )  # fmt: skip
    billed = economy.record(bill, signed, corr=contract, actor="world")
    yield economy.at(terms.start_day)
    return billed.seq


def let(terms: VehicleLease, economy: Economy, contract: str, cause: int) -> bool:
    """A month's rent, while the lessee's estate has not walked away and the systems are still there."""
    gone = terms.generation and economy.books.capacity.accepted_kw.get(contract, 0) < terms.kw
    if gone or economy.books.contracts[contract].state not in ("live", "assumed"):
        return False
    event = c.RentBilled(
        claim=economy.claim(contract), contract=contract, landlord=terms.vehicle, tenant=terms.lessee, kw=terms.kw,
        amount_cents=terms.rent_month_cents, due_day=economy.day + terms.days_to_pay,
    )  # fmt: skip
    economy.record(event, cause, corr=contract, actor=terms.vehicle)
    return True


def settle_residual(terms: VehicleLease, economy: Economy, contract: str, began: int, cause: int) -> None:
    """What used systems, or a building at its books, are worth less than the lessee has guaranteed."""
    if terms.generation:
        worth = used.price_cents(economy, terms.generation, terms.kw, economy.day - began)
    else:
        worth = economy.books.ledger.balance(terms.vehicle, PROPERTY)
    lacking = terms.residual_cents - worth
    if lacking > 0:
        event = c.ResidualMissed(
            claim=economy.claim(f"residual:{contract}"), contract=contract, vehicle=terms.vehicle, lessee=terms.lessee,
            worth_cents=max(0, worth), amount_cents=lacking, due_day=economy.day + terms.days_to_pay,
        )  # fmt: skip
        economy.record(event, cause, corr=contract, actor=terms.vehicle)


def damages_cents(terms: VehicleLease, economy: Economy) -> int:
    """An estate that walks away leaves the systems to the vehicle; what it guaranteed of their worth is a claim."""
    return terms.residual_cents
