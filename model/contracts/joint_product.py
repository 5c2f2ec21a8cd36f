"""Joint product: customers outside pay the lead each month, and the partner is owed its part.

By hand: Nvidia and Intel sell 1.2 bn a year of joint chips: 100 m a month, of which Intel, at 40 %, is owed 40 m. A
fall of demand by 30 % leaves 70 m and 28 m.
"""

from events import catalogue as c
from events.schedules import amount_in
from events.terms import JointProduct
from events.units import portion
from model.economy import Economy, Process
from model.readings import left_ppm, shock_seq


def perform(terms: JointProduct, economy: Economy, contract: str, signed: int) -> Process:
    """Sell at each month's end until the term is over."""
    while economy.day < terms.end_day:
        yield economy.month_end()
        planned = amount_in(terms.sales, economy.calendar.first_month, economy.month)
        sales = portion(planned, left_ppm(economy, "demand"))
        cents = portion(sales, terms.split_ppm)
        if sales and cents:
            event = c.JointProductSold(
                claim=economy.claim(contract), contract=contract, lead=terms.lead, partner=terms.partner,
                sales_cents=sales, amount_cents=cents, due_day=economy.day + terms.days_to_pay,
            )  # fmt: skip
            economy.record(event, shock_seq(economy, "demand", "", signed), corr=contract, actor="world")
    economy.record(c.ContractEnded(contract=contract, reason="term over"), signed, corr=contract)
