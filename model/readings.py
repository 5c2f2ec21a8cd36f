"""Readings: what the books and the shocks say about this month, for whoever has to know; nothing here decides."""

from typing import Any

from agents.ai_lab import AiLab
from agents.lender import Lender
from agents.plans import rate_in
from events.accounts import LOAN
from events.books import Signed
from events.property import SYSTEMS_MONTHS
from events.schedules import Month, amount_in, by_month
from events.terms import ComputeCommitment, DataCentreLease, VehicleLease
from events.units import PPM, divide, portion
from model import shocks
from model.economy import Economy
from model.schema import Shock


def labs(economy: Economy) -> list[AiLab]:
    """The AI labs, in the scenario's order."""
    return [firm for firm in economy.firms.values() if isinstance(firm, AiLab)]


def months_since(economy: Economy, shock: Shock) -> int:
    """Whole months since a shock struck; 0 in its first month, negative before."""
    year, month = economy.month
    start_year, start_month = economy.calendar.month(shock.start_day)
    return (year - start_year) * 12 + month - start_month


def left_ppm(economy: Economy, touches: str, who: str = "") -> int:
    """What the shocks of a sort leave of what they touch, and of whom; one after the other, so parts multiply."""
    left = PPM
    for shock in economy.scenario.shocks.values():
        if shock.touches == touches and (not shock.who or not who or who in shock.who):
            taken = shocks.depth_ppm(shock, months_since(economy, shock))
            left = portion(left, max(0, PPM - against(economy, shock, taken)))
    return left


def shock_seq(economy: Economy, touches: str, who: str, otherwise: int) -> int:
    """The record of the latest shock that takes something of a sort from somebody now; `otherwise` where none does."""
    found = [
        seq
        for name, seq in economy.books.market.shocks.items()
        if _takes(economy, economy.scenario.shocks[name], touches, who)
    ]
    return max(found, default=otherwise)


def _takes(economy: Economy, shock: Shock, touches: str, who: str) -> bool:
    concerned = shock.touches == touches and (not shock.who or not who or who in shock.who)
    return concerned and shocks.depth_ppm(shock, months_since(economy, shock)) != 0


def used_ppm(terms: ComputeCommitment, economy: Economy) -> int:
    """What a buyer outside the circle uses of a commitment that it need not pay in full; all of any other."""
    return PPM if terms.take_or_pay_ppm == PPM else left_ppm(economy, "demand", terms.buyer)


def draw_refusal(economy: Economy, signed: Signed) -> str:
    """Why a lender would not pay out a draw today, in words; "" where it would."""
    terms: Any = signed.terms
    if signed.tripped_seq is not None:
        return "a covenant is tripped"
    lender = economy.firms[terms.lender]
    if isinstance(lender, Lender) and not lender.honours(signed.status, credit_ppm(economy)):
        return "a conditional facility, and credit is not to be had"
    if terms.market_leverage_ppm and leverage_ppm(economy, terms.borrower) > terms.market_leverage_ppm:
        return "debt is too high for earnings: its rating has closed the market"
    return ""


def leverage_ppm(economy: Economy, firm: str) -> int:
    """Debt over yearly earnings before interest; a thousand times where there is debt and nothing is earned."""
    debt, year = debt_cents(economy, firm), economy.books.earnings.year_cents(firm)
    if debt <= 0:
        return 0
    return divide(debt * PPM, year) if year > 0 else 1_000 * PPM


def credit_ppm(economy: Economy) -> int:
    """What the credit shocks leave of lenders' appetite."""
    return left_ppm(economy, "credit")


def base_rate_ppm(economy: Economy) -> int:
    """The base rate of this year, moved by shocks to it (their depth is then an addition, in ppm)."""
    rate = rate_in(economy.scenario.credit.base_rate, economy.month[0])
    for shock in economy.scenario.shocks.values():
        if shock.touches == "base_rate":
            rate += shocks.depth_ppm(shock, months_since(economy, shock))
    return max(0, rate)


def against(economy: Economy, shock: Shock, taken_ppm: int) -> int:
    """
    A part of plan as it is; a part of the level when it struck, as a part of this month's plan.

    With `level`, demand is held to (1 - taken) of what was planned for the month of the strike, however the plan
    has grown since.
    """
    if shock.against == "plan" or months_since(economy, shock) < 0:
        return taken_ppm
    then = sum(_planned(economy, lab, economy.calendar.month(shock.start_day)) for lab in labs(economy))
    now = sum(_planned(economy, lab, economy.month) for lab in labs(economy))
    return max(0, PPM - divide(then * (PPM - taken_ppm), now)) if now else taken_ppm


def _planned(economy: Economy, lab: AiLab, month: Month) -> int:
    return amount_in(lab.policy.plan, economy.calendar.first_month, month)


def demand_ppm(economy: Economy, lab: str, months: int = 3) -> int:
    """Demand of the last months over what was expected of them, for one lab; all of it before the first month."""
    rows = economy.books.market.by_month.get(lab, [])[-months:]
    expected = sum(row[0] for row in rows)
    return divide(sum(row[1] for row in rows) * PPM, expected) if expected else PPM


def need_cents(economy: Economy, lab: AiLab) -> int:
    """The compute that a lab needs this month, at contract prices."""
    in_estate = economy.books.firms[lab.firm].in_estate
    serving = portion(demand_ppm(economy, lab.firm), left_ppm(economy, "efficiency", lab.firm))
    return lab.need_cents(economy.month, economy.calendar.first_month, serving, in_estate)


def rentable_cents(economy: Economy) -> int:
    """Compute on demand that is to be had this month, at contract prices: the idle part of the market."""
    spot, market = economy.scenario.compute, economy.books.market
    idle_ppm = PPM - market.utilisation_ppm if market.compute_cents else spot.normal_idle_ppm
    idle_kw = portion(spot.market_kw, max(0, idle_ppm))
    return divide(idle_kw * spot.price_per_gw_year_cents, 12_000_000)


def taken_cents(economy: Economy, buyer: str) -> int:
    """Compute that a buyer has used this month under its commitments, as far as billed, and of vehicles' systems."""
    month, cents = economy.books.market.taken.get(buyer, ("", 0))
    return leased_cents(economy, buyer) + (cents if month == economy.calendar.text(economy.day)[:7] else 0)


def leased_cents(economy: Economy, lessee: str) -> int:
    """What the systems that vehicles let to a firm are worth to it in a month, at contract prices of compute."""
    kw = sum(
        economy.books.capacity.accepted_kw.get(signed.contract, 0)
        for signed in economy.books.of(lessee)
        if isinstance(signed.terms, VehicleLease) and signed.terms.lessee == lessee
    )
    return divide(kw * economy.scenario.compute.price_per_gw_year_cents, 12_000_000)


def contracted_cents(economy: Economy, seller: str) -> int:
    """
    Cash that a seller's contracts still promise, after the cash cost of serving them.

    Minimums to come under contracts in force whose buyer is not in an estate; a box's operating cost comes off.
    """
    margin = PPM - getattr(economy.firms[seller].policy, "operating_cost_ppm", 0)
    total = 0
    for signed in economy.books.of(seller):
        terms = signed.terms
        if signed.state in ("live", "assumed"):
            total += _rent_to_come_cents(economy, terms, seller)
        if not isinstance(terms, ComputeCommitment) or terms.seller != seller:
            continue
        if signed.state in ("live", "assumed") and not economy.books.firms[terms.buyer].in_estate:
            months = by_month(terms.minimums, economy.calendar.first_month)
            last = economy.calendar.month(terms.end_day)
            to_come = sum(cents for month, cents in months.items() if economy.month < month <= last)
            total += portion(to_come, terms.take_or_pay_ppm)
    return portion(total, margin)


def _rent_to_come_cents(economy: Economy, terms: Any, landlord: str) -> int:
    """Rent that tenants and lessees who have not filed still owe by contract, to the end of its term."""
    if isinstance(terms, VehicleLease) and terms.vehicle == landlord:
        tenant = terms.lessee
    elif isinstance(terms, DataCentreLease) and terms.landlord == landlord:
        tenant = terms.tenant
    else:
        return 0
    return 0 if economy.books.firms[tenant].in_estate else terms.to_come_cents(economy.day)


def debt_cents(economy: Economy, borrower: str) -> int:
    """Principal outstanding, and principal and interest that have fallen due and are not paid."""
    due = sum(
        claim.amount_cents
        for claim in economy.books.obligations.of(borrower)
        if claim.channel in ("principal", "interest")
    )
    return due - economy.books.ledger.balance(borrower, LOAN)


def mean_age_days(economy: Economy, host: str, generation: str = "") -> int:
    """Days since delivery of a host's systems (of a generation), mean by power; at the opening as its sheet says."""
    spec, day_of = economy.spec(host), economy.calendar.day_of
    installed = sum(row.kw for row in spec.installed if generation in ("", row.generation))
    ages = [(installed, economy.day + max(0, (SYSTEMS_MONTHS - spec.property_life_months) * 365 // 12))]
    ages += [
        (row.kw, economy.day - day_of(row.delivered))
        for row in economy.books.capacity.rows.values()
        if row.buyer == host and row.delivered and generation in ("", row.generation)
    ]
    power = sum(kw for kw, _ in ages)
    return divide(sum(kw * age for kw, age in ages), power) if power else 0
