"""Demand: what customers were expected to spend, what they want to, and what a lab can serve."""

from agents.ai_lab import AiLab
from agents.customer import Customer
from agents.decisions import Spend
from events import catalogue as c
from events.units import PPM, divide, portion
from model.briefings import brief
from model.economy import Economy
from model.readings import leased_cents, need_cents, rentable_cents, shock_seq

Wish = tuple[Spend, int]  # what a group wants to spend, and what its lab expected of it, in cents


def observe_demand(economy: Economy) -> list[Wish]:
    """Every group of customers says what it wants to spend; its lab sees it beside what it expected."""
    wishes: list[Wish] = []
    for firm in economy.firms.values():
        if isinstance(firm, Customer):
            firm.hear(economy.streams.normal_ppm(f"customer/{firm.firm}", firm.policy.noise_ppm))
            seen = brief(economy, firm)
            for decision in firm.decide(seen):
                if isinstance(decision, Spend):
                    wishes.append((decision, seen.expected_cents))
    return wishes


def serve_customers(economy: Economy, wishes: list[Wish]) -> None:
    """What compute allows is served and paid for; the rest of the demand is lost."""
    for decision, expected in wishes:
        lab = economy.firms[decision.lab]
        served = portion(decision.demanded_cents, servable_ppm(economy, lab))
        event = c.DemandObserved(
            lab=decision.lab, customer=decision.customer, expected_cents=expected,
            demanded_cents=decision.demanded_cents, served_cents=served,
        )  # fmt: skip
        cause = shock_seq(economy, "demand", decision.customer, economy.roots[decision.customer])
        observed = economy.record(event, cause, actor=decision.customer)
        if served:
            paid = c.CustomersServed(lab=decision.lab, customer=decision.customer, amount_cents=served)
            economy.record(paid, observed, actor=decision.customer)


def servable_ppm(economy: Economy, lab: AiLab) -> int:
    """How much of demand the lab has compute for: what commitments have delivered, and what it may rent."""
    need = need_cents(economy, lab)
    if need <= 0 or not lab.policy.rents_from:
        return PPM
    seen = brief(economy, lab)
    ready = sum(min(m.minimum_cents, divide(m.accepted_kw * m.price_per_gw_year_cents, 12_000_000)) for m in seen.buys)
    ready += leased_cents(economy, lab.firm)
    return min(PPM, divide((ready + rentable_cents(economy)) * PPM, need))
