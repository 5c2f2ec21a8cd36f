"""One month, in the order in which the paper tells it.

Contracts perform on their own days all month; this is the page of its last day.
"""

from agents.decisions import Decision
from agents.neocloud import Box, Neocloud
from events import catalogue as c
from events.accounts import OPERATIONS, PROPERTY, RUNNING_COSTS
from events.units import PPM, divide, portion
from model.briefings import brief
from model.economy import Economy, Phase, Process
from model.market import shares, valuation
from model.market.compute import let_again, set_compute_price
from model.market.demand import observe_demand, serve_customers
from model.market.impairment import impair_systems
from model.market.insolvency import watch_cures
from model.market.payments import pay_day
from model.market.settlement import settle
from model.market.stock import take_stock
from model.readings import labs


def months(economy: Economy) -> Process:
    """The page, month after month; between its parts the contracts that wait for that part have their turn."""
    while True:
        yield economy.month_end(Phase.SERVE)
        wishes = observe_demand(economy)
        serve_customers(economy, wishes)
        let_again(economy)
        take_stock(economy)
        set_compute_price(economy)
        bill_running_costs(economy)
        # Phase.BILL: compute commitments, revenue shares and backstops measure and bill, in order of signing.
        yield economy.at(economy.day, Phase.ACCRUE)
        earn_other_business(economy)
        valuation.depreciate(economy)
        yield economy.at(economy.day, Phase.REPORT)
        if economy.calendar.is_quarter_end(economy.day):
            valuation.share_losses(economy)
            valuation.mark_stakes(economy)
            impair_systems(economy)
            shares.revise_fundamentals(economy)
        # Phase.REPORT: loans test their covenants, in order of signing.
        yield economy.at(economy.day, Phase.DECIDE)
        settle(economy, decide(economy))
        return_cash(economy)
        yield economy.at(economy.day, Phase.CLOSE)
        close_books(economy)


def decide(economy: Economy) -> list[Decision]:
    """What every firm wants, in the scenario's order, all on the same books."""
    wishes: list[Decision] = []
    for firm in economy.firms.values():
        seen = brief(economy, firm)
        wishes += firm.decide(seen)
        wishes += firm.survive(seen)
    return wishes


def days(economy: Economy) -> Process:
    """Every day: the market on weekdays, then the pay phase, then who has not cured in time."""
    while True:
        yield economy.at(economy.day + 1, Phase.MARKET)
        if economy.calendar.is_weekday(economy.day):
            shares.trade(economy)
        yield economy.at(economy.day, Phase.PAY)
        pay_day(economy)
        watch_cures(economy)


def bill_running_costs(economy: Economy) -> None:
    """Staff, power, rent and the rest of what each trade costs to run, billed by the world."""
    for lab in labs(economy):
        cents = lab.running_cents(economy.month, economy.calendar.first_month)
        bill_costs(economy, lab.firm, RUNNING_COSTS, "running costs", cents, lab.policy.days_to_pay)
    for name, firm in economy.firms.items():
        if economy.spec(name).outside:
            continue
        if isinstance(firm, Box):
            bill_costs(economy, name, OPERATIONS, "power, space and staff", box_costs(economy, firm), 30)
        elif isinstance(firm, Neocloud):
            cents = divide(firm.policy.fixed_costs_cents, 12)
            bill_costs(economy, name, OPERATIONS, "leases and staff", cents, firm.policy.days_to_pay)


def box_costs(economy: Economy, box: Box) -> int:
    """Operating cost on the full revenue of what is installed; without customers only the fixed part of it."""
    full = sold = 0
    for signed in economy.books.of(box.firm):
        terms = signed.terms
        if getattr(terms, "kind", "") != "compute_commitment" or terms.seller != box.firm:  # type: ignore[attr-defined]
            continue
        kw = economy.books.capacity.accepted_kw.get(signed.contract, 0)
        cents = divide(kw * terms.price_per_gw_year_cents, 12_000_000)  # type: ignore[attr-defined]
        full += cents
        sold += cents if signed.state in ("live", "assumed") else 0
    fixed = portion(full, box.policy.fixed_ppm)
    return portion(fixed + portion(sold, PPM - box.policy.fixed_ppm), box.policy.operating_cost_ppm)


def bill_costs(economy: Economy, firm: str, account: str, purpose: str, cents: int, days_to_pay: int) -> None:
    """A month's bill from the outside world."""
    if cents <= 0:
        return
    event = c.CostsBilled(
        claim=economy.claim(f"costs:{firm}"), firm=firm, supplier="world", account=account, purpose=purpose,
        amount_cents=cents, due_day=economy.day + days_to_pay,
    )  # fmt: skip
    economy.record(event, economy.roots[firm], corr=f"costs:{firm}", actor="world")


def earn_other_business(economy: Economy) -> None:
    """All that a firm does outside the circle, in one line, growing and wobbling by itself."""
    for name, spec in economy.scenario.firms.items():
        business = spec.other_business
        if not business.quarter_cents:
            continue
        cents = divide(shares.grown(business.quarter_cents, business.growth_ppm, economy.day), 3)
        cents += portion(cents, economy.streams.normal_ppm(f"business/{name}", business.noise_ppm))
        bill_costs(economy, name, PROPERTY, "other capex", divide(business.capex_quarter_cents, 3), 30)
        held = economy.books.ledger.cash_cents(name)
        if cents:
            event = c.OtherBusinessEarned(firm=name, amount_cents=max(cents, -held))
            economy.record(event, economy.roots[name], actor=name)


def return_cash(economy: Economy) -> None:
    """At a quarter's end a firm with more cash than it wants to hold gives the rest to its shareholders."""
    if not economy.calendar.is_quarter_end(economy.day):
        return
    for name, spec in economy.scenario.firms.items():
        surplus = economy.books.ledger.cash_cents(name) - spec.returns_above_cents
        if spec.returns_above_cents and surplus > 0 and not economy.books.firms[name].in_estate:
            economy.record(c.CashReturned(firm=name, amount_cents=surplus), economy.roots[name], actor=name)


def close_books(economy: Economy) -> None:
    """The month is closed and sealed; the last one ends the run."""
    last = economy.books.seq
    year, month = economy.month
    closed = c.MonthClosed(month=f"{year}-{month:02}")
    end = economy.close(closed, last)
    if economy.day == economy.calendar.ends_day:
        economy.close(c.RunEnded(days=economy.day), end)
