"""Data-centre lease: a landlord builds phase by phase, if it can pay for it; rent runs from energisation, used or not.

By hand: Core Scientific lets CoreWeave 590 MW for twelve years for 10.2 bn: 1.44 bn a gigawatt-year, 70.8 m a month
when all of it has power. A phase of 100 MW at a building cost of 10 bn a gigawatt, built over 365 days, is paid for in
four bills of 0.25 bn. A tenant's estate that rejects it with ten years to run owes no more than 15 % of the rent to
come, at least a year's, at most three years' (11 USC 502(b)(6)).
"""

import simpy

from agents.landlord import Landlord
from events import catalogue as c
from events.accounts import PROPERTY
from events.property import HALLS
from events.terms import DataCentreLease, LeasePhase
from events.units import PPM, divide, portion
from model.briefings import purse
from model.economy import Economy, Phase, Process
from model.market.compute import bill_operations
from model.readings import draw_refusal, left_ppm

LEAST_MONTHS, MOST_MONTHS, CAP_PPM = 12, 36, 150_000  # 11 USC 502(b)(6)


def perform(terms: DataCentreLease, economy: Economy, contract: str, signed: int) -> Process:
    """Every phase lives by itself until its months are over or the tenant's estate has walked away."""
    number = economy.contract_numbers[contract]
    lives = [
        economy.start(live(terms, phase, place, economy, contract, signed), number)
        for place, phase in enumerate(terms.phases, start=1)
    ]
    yield simpy.AllOf(economy.env, lives)
    if in_force(economy, contract):
        economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)


def live(
    terms: DataCentreLease, phase: LeasePhase, place: int, economy: Economy, contract: str, signed: int
) -> Process:
    """Build, energise, let."""
    cause = signed
    if phase.day > 0:
        yield economy.at(max(phase.day - terms.build_days, economy.day + 1))
        cause = yield from build(terms, phase, place, economy, contract, signed)
    if not in_force(economy, contract):
        return
    energised = c.SiteEnergised(
        contract=contract, landlord=terms.landlord, tenant=terms.tenant, serves=terms.serves, phase=place, kw=phase.kw
    )
    record = economy.record(energised, cause, corr=contract, actor=terms.landlord)
    for month in range(terms.months):
        yield economy.month_end()
        if not in_force(economy, contract):
            return
        bill(terms, phase.kw, month, economy, contract, record.seq)


def in_force(economy: Economy, contract: str) -> bool:
    """Whether nobody has walked away from the lease."""
    return economy.books.contracts[contract].state in ("live", "assumed")


# --- building -------------------------------------------------------------------------------------------------------


def build(
    terms: DataCentreLease, phase: LeasePhase, place: int, economy: Economy, contract: str, signed: int
) -> Process:
    """Wait until the landlord can pay for the phase, then pay for it in level quarterly parts while it is built."""
    cost = divide(phase.kw * terms.build_per_gw_cents, 1_000_000)
    yield from find_money(terms, phase, economy, contract, cost)
    if not in_force(economy, contract):
        return signed
    started = economy.record(
        c.BuildingStarted(contract=contract, landlord=terms.landlord, phase=place, kw=phase.kw, cost_cents=cost),
        signed, corr=contract, actor=terms.landlord,
    )  # fmt: skip
    days = building_days(terms, economy)
    parts = max(1, days // 91)
    for part in range(parts):
        cents = divide(cost * (part + 1), parts) - divide(cost * part, parts)
        yield from find_money(terms, phase, economy, contract, cents, begun=True)
        if not in_force(economy, contract):
            return started.seq
        if cents:
            event = c.CostsBilled(
                claim=economy.claim(f"site:{contract}"), firm=terms.landlord, supplier="world", account=PROPERTY,
                purpose=HALLS, amount_cents=cents, due_day=economy.day + 30,
            )  # fmt: skip
            economy.record(event, started, corr=contract, actor="world")
        yield economy.at(economy.day + divide(days * (part + 1), parts) - divide(days * part, parts))
    return started.seq


def building_days(terms: DataCentreLease, economy: Economy) -> int:
    """As planned; longer where power is late, by what the shocks to it leave on the day that building begins."""
    left = max(100_000, left_ppm(economy, "power", terms.landlord))
    return divide(terms.build_days * PPM, left)


def find_money(
    terms: DataCentreLease, phase: LeasePhase, economy: Economy, contract: str, cost: int, begun: bool = False
) -> Process:
    """A landlord that cannot pay for a phase, or for the next part of it, pauses and looks again each quarter's end."""
    paused = None
    while in_force(economy, contract) and not can_build(terms.landlord, economy, cost, begun):
        if paused is None:
            paused = pause(terms, phase, economy, contract, cost)
        yield economy.month_end(Phase.REPORT)
        while not economy.calendar.is_quarter_end(economy.day):
            yield economy.month_end(Phase.REPORT)
    if paused is not None and in_force(economy, contract):
        event = c.BuildingResumed(firm=terms.landlord, contract=contract)
        economy.record(event, paused, corr=contract, actor=terms.landlord)


def can_build(landlord: str, economy: Economy, cost: int, begun: bool) -> bool:
    """
    Whether a landlord's cash and what it may still draw reach: for a new phase beside what it has begun, for the next
    part of one that it has begun by themselves. Anybody else's halls simply come.
    """
    firm = economy.firms[landlord]
    if economy.spec(landlord).outside or not isinstance(firm, Landlord):
        return True
    committed = 0 if begun else economy.books.property.to_build_cents.get(landlord, 0)
    return not economy.books.firms[landlord].in_estate and firm.builds(
        cost + committed, means_cents(landlord, economy)
    )


def means_cents(landlord: str, economy: Economy) -> int:
    """Cash beyond what is due, and what lenders would pay out today."""
    seen = purse(economy, landlord)
    lines = 0
    for signed in economy.books.of(landlord):
        terms = signed.terms
        if getattr(terms, "borrower", "") == landlord and economy.day < terms.available_until_day:  # type: ignore[attr-defined]
            undrawn = economy.books.ledger.units(landlord, f"COMMIT:{signed.contract}")
            lines += 0 if draw_refusal(economy, signed) else undrawn
    return int(seen["cash_cents"]) - int(seen["due_cents"]) + lines


def pause(terms: DataCentreLease, phase: LeasePhase, economy: Economy, contract: str, cost: int) -> int:
    """Said once a phase: because of the draw that was refused, or of what else has failed to come."""
    refused = [signed.refused_seq for signed in economy.books.of(terms.landlord) if signed.refused_seq is not None]
    missing = [row.seq for row in economy.books.disappointments.get(terms.landlord, [])[-1:]]
    cause = max(refused or missing, default=economy.books.contracts[contract].seq)
    event = c.BuildingPaused(
        firm=terms.landlord, contract=contract, kw=phase.kw,
        lacking_cents=max(1, cost - means_cents(terms.landlord, economy)),
        reason="nobody lends what is lacking" if refused else "its own money does not reach",
    )  # fmt: skip
    return economy.record(event, cause, corr=contract, actor=terms.landlord).seq


# --- rent -----------------------------------------------------------------------------------------------------------


def bill(terms: DataCentreLease, kw: int, month: int, economy: Economy, contract: str, cause: int) -> None:
    """A month's rent of a phase, and what running it costs the landlord."""
    cents = terms.rent_cents(kw, month)
    if cents <= 0:
        return
    event = c.RentBilled(
        claim=economy.claim(contract), contract=contract, landlord=terms.landlord, tenant=terms.tenant, kw=kw,
        amount_cents=cents, due_day=economy.day + terms.days_to_pay,
    )  # fmt: skip
    record = economy.record(event, cause, corr=contract, actor=terms.landlord)
    bill_operations(economy, terms.landlord, cents, record.seq)


def damages_cents(terms: DataCentreLease, economy: Economy) -> int:
    """
    What a landlord may claim of an estate that rejects its lease, in cents.

    The greater of a year's rent and 15 % of what is to come, but not above three years'; at most what is to come.
    Source: 11 USC 502(b)(6).
    """
    to_come = terms.to_come_cents(economy.day)
    month = sum(terms.rent_cents(phase.kw) for phase in terms.phases)
    allowed = min(max(LEAST_MONTHS * month, portion(to_come, CAP_PPM)), MOST_MONTHS * month)
    return min(to_come, allowed)
