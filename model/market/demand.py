"""Demand: what customers were expected to spend, what they want to, and what a lab can serve."""

from agents.ai_lab import AiLab
from agents.customer import Customer
from agents.decisions import Spend
from events import catalogue as c
from events.schedules import amount_in
from events.units import PPM, divide, portion
from model import shocks
from model.briefings import brief
from model.economy import Economy, Process
from model.schema import Shock


def start_shocks(economy: Economy) -> None:
    """Every shock waits for its day, in order of name."""
    for number, (name, shock) in enumerate(sorted(economy.scenario.shocks.items())):
        economy.start(strike(economy, name, shock), number)


def strike(economy: Economy, name: str, shock: Shock) -> Process:
    """Record a shock on its day; the log alone says why demand fell."""
    yield economy.at(max(1, shock.start_day))
    event = c.ShockStruck(
        shock=name, touches=shock.touches, shape=shock.shape, against=shock.against, depth_ppm=shock.depth_ppm,
        ends_day=economy.calendar.ends_day,
    )  # fmt: skip
    economy.record(event, None, corr=name, actor="scenario")


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


def labs(economy: Economy) -> list[AiLab]:
    """The AI labs, in the scenario's order."""
    return [firm for firm in economy.firms.values() if isinstance(firm, AiLab)]


def _planned(economy: Economy, lab: AiLab, month: tuple[int, int]) -> int:
    return amount_in(lab.policy.plan, economy.calendar.first_month, month)


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
        observed = economy.record(event, cause_of_demand(economy, decision), actor=decision.customer)
        if served:
            paid = c.CustomersServed(lab=decision.lab, customer=decision.customer, amount_cents=served)
            economy.record(paid, observed, actor=decision.customer)


def cause_of_demand(economy: Economy, decision: Spend) -> int:
    """The latest shock that touches this group's demand, or the group itself."""
    struck = [
        seq
        for name, seq in economy.books.market.shocks.items()
        if economy.scenario.shocks[name].touches == "demand"
        and (not economy.scenario.shocks[name].who or decision.customer in economy.scenario.shocks[name].who)
    ]
    return max(struck, default=economy.roots[decision.customer])


def need_cents(economy: Economy, lab: AiLab) -> int:
    """The compute that a lab needs this month, at contract prices."""
    in_estate = economy.books.firms[lab.firm].in_estate
    return lab.need_cents(economy.month, economy.calendar.first_month, demand_ppm(economy, lab.firm), in_estate)


def taken_cents(economy: Economy, buyer: str) -> int:
    """Compute that a buyer has used this month under its commitments, as far as they have been billed."""
    month, cents = economy.books.market.taken.get(buyer, ("", 0))
    return cents if month == economy.calendar.text(economy.day)[:7] else 0


def servable_ppm(economy: Economy, lab: AiLab) -> int:
    """How much of demand the lab has compute for: what commitments have delivered, and what it may rent."""
    need = need_cents(economy, lab)
    if need <= 0 or not lab.policy.rents_from:
        return PPM
    spot = economy.scenario.compute
    idle_kw = portion(spot.market_kw, max(0, PPM - economy.books.market.utilisation_ppm))
    rentable = divide(idle_kw * spot.price_per_gw_year_cents, 12 * 1_000_000)
    seen = brief(economy, lab)
    ready = sum(min(m.minimum_cents, divide(m.accepted_kw * m.price_per_gw_year_cents, 12_000_000)) for m in seen.buys)
    return min(PPM, divide((ready + rentable) * PPM, need))


def demand_ppm(economy: Economy, lab: str, months: int = 3) -> int:
    """Demand of the last months over what was expected of them, for one lab; all of it before the first month."""
    rows = economy.books.market.by_month.get(lab, [])[-months:]
    expected = sum(row[0] for row in rows)
    return divide(sum(row[1] for row in rows) * PPM, expected) if expected else PPM
