"""Revenue share: each month the payer owes the payee a part of what customers paid it.

By hand: OpenAI's customers pay 2.0 bn in a month; at 20 % Microsoft is owed 0.4 bn, due 30 days later.
"""

from events import catalogue as c
from events.terms import RevenueShare
from events.units import portion
from model.economy import Economy, Process


def perform(terms: RevenueShare, economy: Economy, contract: str, signed: int) -> Process:
    """Bill at each month's end."""
    while economy.day < terms.end_day:
        yield economy.month_end()
        revenue = revenue_cents(economy, terms.payer)
        cents = portion(revenue, rate_ppm(terms, economy.day))
        if cents:
            event = c.RevenueShared(
                claim=economy.claim(contract), contract=contract, payer=terms.payer, payee=terms.payee,
                revenue_cents=revenue, amount_cents=cents, due_day=economy.day + terms.days_to_pay,
            )  # fmt: skip
            economy.record(event, economy.books.market.demand_seq[terms.payer], corr=contract, actor=terms.payee)
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)


def revenue_cents(economy: Economy, payer: str) -> int:
    """What customers paid this month."""
    rows = economy.books.market.by_month.get(payer, [])
    return rows[-1][2] if rows else 0


def rate_ppm(terms: RevenueShare, day: int) -> int:
    """The rate in force on a day; nothing before the first."""
    rates = [step.rate_ppm for step in terms.rates if step.day <= day]
    return rates[-1] if rates else 0
