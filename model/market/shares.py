"""Share prices: every weekday, pulled to a fundamental value, pushed by trend, moved by one sentiment and own noise."""

from events import catalogue as c
from events.accounts import CREDIT_LOSS, DISPOSAL_LOSS, GUARANTEE_LOSS, IMPAIRMENT, STAKE_LOSS
from events.cap_table import outstanding
from events.units import PPM, divide, portion
from model.economy import Economy
from model.randomness import quantise
from model.readings import demand_ppm, labs
from model.schema import Listing

# A day's move is limited to half the price either way: a share that nearly died must not come back in one day.
LIMIT_PPM = 500_000


def listings(economy: Economy) -> list[tuple[str, Listing]]:
    """Listed issuers in order of name, so that adding a firm moves no other's place."""
    return sorted((name, spec.listing) for name, spec in economy.scenario.firms.items() if spec.listing)


def trade(economy: Economy) -> None:
    """One trading day: every share closes at a whole number of cents."""
    rules = economy.scenario.shares
    market = economy.books.market
    sentiment = float(economy.streams.of("market/sentiment").normal()) * rules.sentiment_volatility_ppm
    prices = []
    for name, listing in listings(economy):
        close = market.share_cents.get(name, listing.price_cents)
        price = max(1, portion(close, PPM + economy.pressed.pop(name, 0)))
        value = market.value_cents.get(name, portion(listing.price_cents, market.news_ppm.get(name, PPM)))
        pull = rules.pull_ppm * (value - price) / price
        trend = rules.trend_ppm * _momentum(market.trailing.get(name, []))
        own = float(economy.streams.of(f"market/{name}").normal()) * listing.volatility_ppm
        common = sentiment * listing.sentiment_ppm / PPM
        move = max(-LIMIT_PPM, min(LIMIT_PPM, pull + trend + common + own))
        moved = quantise(price * (PPM + move) / PPM)
        prices.append((name, max(rules.floor_cents, moved)))
    if prices:
        economy.record(c.MarketClosed(prices=tuple(prices)), _cause(economy), actor="market")


def _momentum(closes: list[int]) -> float:
    """Change over the last 20 trading days, as a part of the price then, at most a half; 0 before there are as many."""
    change = (closes[-1] - closes[-21]) / closes[-21] if len(closes) > 20 else 0.0
    return max(-0.5, min(0.5, change))


def _cause(economy: Economy) -> int:
    """A day's prices follow the day before; the first day's follow the opening."""
    seq = economy.books.market.share_seq
    return seq if seq >= 0 else economy.roots["world"]


def revise_fundamentals(economy: Economy) -> None:
    """
    At a quarter's end: value = opening price x news x (1 + growth)^years x (1 - exposure x shortfall of AI demand).

    The shortfall is that of the last quarter's demand of all labs against what they expected. What a firm has lost
    since the opening on debtors, stakes, guarantees and systems comes off, by the share; a firm in an estate is worth
    a twentieth.
    """
    known = labs(economy)
    short = PPM - min(PPM, min((demand_ppm(economy, lab.firm) for lab in known), default=PPM))
    values = []
    for name, listing in listings(economy):
        opening = portion(listing.price_cents, economy.books.market.news_ppm.get(name, PPM))
        value = grown(opening, listing.growth_ppm, economy.day)
        value = portion(value, max(0, PPM - portion(short, listing.exposure_ppm)))
        value -= lost_cents_a_share(economy, name)
        if economy.books.firms[name].in_estate:
            value = value // 20
        values.append((name, max(1, value)))
    if values:
        economy.record(c.FundamentalsRevised(values=tuple(values)), _latest_demand(economy), actor="market")


LOSSES = (CREDIT_LOSS, STAKE_LOSS, GUARANTEE_LOSS, IMPAIRMENT, DISPOSAL_LOSS)


def lost_cents_a_share(economy: Economy, firm: str) -> int:
    """Losses since the opening that earnings to come do not make good, in cents a share."""
    ledger = economy.books.ledger
    shares = outstanding(ledger, firm)
    lost = sum(max(0, ledger.balance(firm, account)) for account in LOSSES)
    return divide(lost, shares) if shares > 0 else 0


def grown(cents: int, growth_ppm: int, day: int) -> int:
    """A value after some days at a yearly growth, whole years compounded and the rest in a straight line."""
    years, rest = divmod(day, 365)
    for _ in range(years):
        cents = portion(cents, PPM + growth_ppm)
    return cents + divide(portion(cents, growth_ppm) * rest, 365)


def _latest_demand(economy: Economy) -> int:
    return max(economy.books.market.demand_seq.values(), default=economy.roots["world"])
