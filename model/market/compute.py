"""The spot market of compute: its price, compute rented beyond commitments, and what is let again after a loss."""

from events import catalogue as c
from events.accounts import OPERATIONS
from events.units import PPM, divide, portion
from model.economy import Economy
from model.readings import left_ppm


def set_compute_price(economy: Economy) -> None:
    """
    A month's spot price: technology lowers it, idle capacity presses on it.

    price = opening price x (1 + trend)^years x what efficiency leaves x (1 - response x (idle - normal idle)), never
    below a tenth of the trend. Idle is what was freed by rejected contracts and not let again, over the whole market.
    """
    spot = economy.scenario.compute
    months = economy.day * 12 // 365
    trend = spot.price_per_gw_year_cents
    for _ in range(months // 12):
        trend = portion(trend, PPM + spot.trend_ppm)
    trend += divide(portion(trend, spot.trend_ppm) * (months % 12), 12)
    idle = spot.normal_idle_ppm + divide(idle_kw(economy) * PPM, spot.market_kw)
    pressed = portion(spot.idle_response_ppm, idle - spot.normal_idle_ppm)
    trend = portion(trend, left_ppm(economy, "efficiency"))
    price = max(trend // 10, portion(trend, PPM - pressed), 1)
    event = c.ComputePriceSet(price_per_gw_year_cents=price, utilisation_ppm=max(0, PPM - idle))
    latest = max((freed.seq for freed in economy.books.market.freed.values()), default=economy.roots["world"])
    economy.record(event, latest)


def idle_kw(economy: Economy) -> int:
    """Power that rejected contracts have freed and nobody uses."""
    return sum(freed.kw - freed.let_kw for freed in economy.books.market.freed.values())


def rent(economy: Economy, buyer: str, seller: str, amount_cents: int, days_to_pay: int, cause: int) -> None:
    """A month of compute on demand: what was needed in dollars at contract prices, so many kilowatts of it."""
    price = economy.scenario.compute.price_per_gw_year_cents
    event = c.ComputeRented(
        claim=economy.claim(f"spot:{buyer}"), contract="", seller=seller, buyer=buyer,
        kw=divide(amount_cents * 12_000_000, price), amount_cents=amount_cents,
        due_day=economy.day + days_to_pay,
    )  # fmt: skip
    record = economy.record(event, cause, corr=f"spot:{buyer}", actor=buyer)
    bill_operations(economy, seller, amount_cents, record.seq)


def let_again(economy: Economy) -> None:
    """After the delay a part of what was freed earns a part of its old price, from customers outside the circle."""
    terms = economy.scenario.distress
    for contract, freed in list(economy.books.market.freed.items()):
        if economy.day < economy.calendar.day_of(freed.date) + 91 * terms.relet_after_quarters:
            continue
        kw = portion(freed.kw, terms.relet_used_ppm)
        cents = divide(kw * portion(freed.price_per_gw_year_cents, terms.relet_price_ppm), 12_000_000)
        if cents:
            event = c.ComputeRented(
                claim=economy.claim(f"relet:{contract}"), contract=contract, seller=freed.seller, buyer="world", kw=kw,
                amount_cents=cents, due_day=economy.day + 30,
            )  # fmt: skip
            economy.record(event, freed.seq, corr=f"relet:{contract}", actor="world")


def bill_operations(economy: Economy, seller: str, worth: int, cause: int) -> None:
    """A cloud's cash cost of serving; a box's is billed on what it has installed, whoever uses it."""
    policy = economy.firms[seller].policy
    if hasattr(policy, "fixed_ppm") or economy.spec(seller).outside:
        return
    cents = portion(worth, getattr(policy, "operating_cost_ppm", 0))
    if cents:
        event = c.CostsBilled(
            claim=economy.claim(f"costs:{seller}"), firm=seller, supplier="world", account=OPERATIONS,
            purpose="power, space and staff", amount_cents=cents, due_day=economy.day + 30,
        )  # fmt: skip
        economy.record(event, cause, corr=f"costs:{seller}", actor="world")
