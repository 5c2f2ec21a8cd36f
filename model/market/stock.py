"""
Makers' stock: wafers that were committed to suppliers come whether they are ordered or not, and age.

By hand: a maker has committed itself for 300 MW a month at 11 bn a gigawatt and builds 200 MW: the other 100 MW are
1.1 bn of stock. Nobody orders for three quarters: 1.1 bn are written down.
"""

from agents.chip_maker import ChipMaker
from events import catalogue as c
from events.units import divide, portion
from model.economy import Economy

QUARTER_DAYS = 91


def take_stock(economy: Economy) -> None:
    """At a month's end what was committed and not built is taken; at a quarter's end old stock is written down."""
    for firm in economy.firms.values():
        if isinstance(firm, ChipMaker):
            take_surplus(economy, firm)
            if economy.calendar.is_quarter_end(economy.day):
                write_down(economy, firm)


def take_surplus(economy: Economy, maker: ChipMaker) -> None:
    """Wafers for what was booked for this month and not built, at the cost of what the maker sells now."""
    capacity = economy.books.capacity
    surplus = capacity.booked_kw.get(maker.firm, 0) - capacity.built_kw.get(maker.firm, 0)
    cost = divide(surplus * cost_per_gw_cents(economy, maker), 1_000_000)
    if surplus > 0 and cost > 0:
        event = c.SurplusTaken(
            claim=economy.claim(f"wafers:{maker.firm}"), maker=maker.firm, supplier="world", kw=surplus,
            amount_cents=cost, due_day=economy.day + maker.policy.days_to_pay,
        )  # fmt: skip
        demand = max(economy.books.market.demand_seq.values(), default=economy.roots[maker.firm])
        economy.record(event, demand, corr=f"wafers:{maker.firm}", actor="world")


def cost_per_gw_cents(economy: Economy, maker: ChipMaker) -> int:
    """Cash cost of a gigawatt of the dearest generation that it makes, which is the newest."""
    prices = [g.price_per_gw_cents for g in economy.scenario.generations.values() if g.maker == maker.firm]
    return portion(max(prices, default=0), maker.policy.cost_ppm)


def write_down(economy: Economy, maker: ChipMaker) -> None:
    """Lots that are older than the maker's own patience."""
    oldest = economy.day - QUARTER_DAYS * maker.policy.write_down_after_quarters
    old = [
        lot for lot in economy.books.capacity.stock_of(maker.firm) if economy.calendar.day_of(lot.date) <= oldest
    ]
    kw, cents = sum(lot.kw for lot in old), sum(lot.cents for lot in old)
    if kw and cents:
        event = c.InventoryWrittenDown(maker=maker.firm, kw=kw, amount_cents=cents)
        demand = max(economy.books.market.demand_seq.values(), default=economy.roots[maker.firm])
        economy.record(event, demand, actor=maker.firm)
