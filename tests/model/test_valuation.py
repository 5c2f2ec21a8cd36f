"""What stakes are carried at, and what wears off: the equity method, marks to market, straight lines."""

from agents.decisions import SeekEquity, SellShares
from events import catalogue as c
from events.accounts import EQUITY_LOSS, PROPERTY, SUPPORT_COMMITTED
from events.terms import SharePurchase
from model.market.settlement import settle
from model.schema import FirmSpec, Holding, Listing, ShareMarket, Sheet
from tests.small_economy import BN, World, customers, fall, firm, lab, monthly, outsider, rate, story

STILL = ShareMarket(sentiment_volatility_ppm=0, trend_ppm=0)


def held(treatment: str, shares: int, carrying: int, issuer: str = "openai", support: int = 0) -> FirmSpec:
    stake = Holding(
        issuer=issuer, shares=shares, carrying_cents=carrying, treatment=treatment, committed_support_cents=support
    )
    return firm(holdings=(stake,))


def loses(day: int, cents: int) -> tuple[int, c.CostsBilled]:
    """A cost of so much: with no income it is the quarter's loss."""
    bill = c.CostsBilled(
        claim=f"loss-{day}/1", firm="openai", supplier="world", account="Expenses:Running", purpose="all",
        amount_cents=cents, due_day=9_000,
    )  # fmt: skip
    return day, bill


def test_losses_stop_at_the_carrying_amount_and_the_support_committed():
    """
    27 % of a loss of 10 bn are 2.7; with 1.5 carried and 1.4 committed that is 1.5 and 1.2. Of the next 10, 0.2 are
    left to book, and 2.5 are suspended. Source: ASC 323-10-35-19 to 22.
    """
    firms = {
        "microsoft": held("equity_method", 27, 15 * BN // 10, support=14 * BN // 10),
        "openai": firm(shares_outstanding=100), "world": outsider(),
    }  # fmt: skip
    given = World(firms).happens(*loses(10, 10 * BN)).happens(*loses(100, 10 * BN)).runs_to(181)

    fields = "share_cents against_stake_cents against_support_cents suspended_cents"
    assert [tuple(cents * 10 // BN for cents in row[2:]) for row in given.told(EquityLossShared=fields)] == [
        (27, 15, 12, 0),
        (27, 0, 2, 25),
    ]
    assert given.books.ledger.balance("microsoft", EQUITY_LOSS) == 29 * BN // 10
    assert given.books.ledger.balance("microsoft", SUPPORT_COMMITTED) == -14 * BN // 10


def test_a_stake_bought_under_a_contract_is_carried_as_the_contract_says():
    """
    Ten shares for 700 at a fixed 70, marked to a close of 100 at the quarter's end; the one at cost is not.
    """

    def bought(investor: str, treatment: str) -> SharePurchase:
        return SharePurchase(
            investor=investor, issuer="coreweave", amount_cents=700, price_cents=70, day=5, treatment=treatment
        )

    firms = {
        "coreweave": firm(listing=Listing(price_cents=100), shares_outstanding=100), "world": outsider(),
        "nvidia": firm(cash=1_000), "friend": firm(cash=1_000),
    }  # fmt: skip
    deals = {"one": bought("nvidia", "fair_value"), "two": bought("friend", "cost")}
    told = World(firms, deals, shares=STILL).runs_to(91)

    assert told.told(StakeMarked="holder change_cents") == story("90 StakeMarked nvidia 300")


def test_a_stake_at_fair_value_follows_the_market_at_each_quarters_end_and_one_at_cost_does_not():
    """
    Ten shares carried at 700, closing at 100: 300 of gain, once.
    """
    listed = firm(listing=Listing(price_cents=100), shares_outstanding=1_000)
    firms = {
        "nvidia": held("fair_value", 10, 700, "coreweave"), "friend": held("cost", 10, 700, "coreweave"),
        "coreweave": listed,
    }  # fmt: skip
    given = World(firms, shares=STILL).runs_to(200)

    assert given.told(StakeMarked="holder change_cents") == story("90 StakeMarked nvidia 300")
    assert given.books.stakes.carried("nvidia", "coreweave") == 1_000


def test_opening_property_wears_off_in_a_straight_line_and_never_below_nothing():
    spec = FirmSpec(trade="passive", policy=firm().policy, sheet=Sheet(property_cents=1_000), property_life_months=3)
    given = World({"a": spec}).runs_to(365)

    worn = [cents for *_, cents in given.told(Depreciated="amount_cents")]
    assert worn == [333, 333, 333]
    assert given.books.ledger.balance("a", PROPERTY) == 1


# --- settlement -----------------------------------------------------------------------------------------------------


def raising(sought: int, offered_a_month: int, **shocks) -> World:
    """A lab with revenue of 1,000 a month and 100 shares; its fund pays ten times revenue: 1,200 a share."""
    fund = {"issuer": "lab", "appetite": monthly(offered_a_month), "multiples": rate(10_000_000)}
    firms = {
        "customers": customers(),
        "lab": lab(plan=1_000, shares_outstanding=100),
        "funds": firm("investor", policy=fund),
    }
    given = World(firms, shocks=shocks)
    plain = given.economy.firms["lab"].decide
    given.economy.firms["lab"].decide = lambda seen: [
        *plain(seen), *([SeekEquity(issuer="lab", amount_cents=sought)] if seen.quarter_end else [])
    ]  # fmt: skip
    return given.runs_to(90)


def test_a_round_is_closed_at_the_offered_price_for_what_is_sought_or_what_is_offered():
    full = raising(2_400, 1_000)
    part = raising(9_999, 1_000)

    assert full.told(RoundClosed="wanted_cents amount_cents shares price_cents") == story(
        "90 RoundClosed 2400 2400 2 1200"
    )
    assert part.told(RoundClosed="amount_cents shares valuation_cents") == story("90 RoundClosed 3000 2 122_400")


def test_without_an_appetite_the_answer_is_no_and_its_cause_is_the_drought():
    given = raising(2_400, 1_000, drought=fall(0, day=20, touches="appetite"))

    declined = given.only(c.OfferDeclined)
    assert (declined.event.firm, declined.event.amount_cents) == ("lab", 2_400)
    assert given.cause(declined).event.shock == "drought"


def test_the_sale_of_a_stake_presses_on_the_price_and_no_more_is_sold_than_is_held():
    """
    A tenth of all shares, at an impact of 10 %: one percent below the close; the gain is against what was carried.
    """
    listed = firm(listing=Listing(price_cents=1_000), shares_outstanding=1_000)
    given = World({"holder": held("cost", 100, 50_000, "amd"), "amd": listed}, shares=STILL)
    sale = SellShares(holder="holder", issuer="amd", shares=400)
    given.on(20, lambda economy: settle(economy, [sale])).runs_to(21)

    fields = "shares proceeds_cents carrying_cents"
    assert given.told(SharesSold=fields) == story("20 SharesSold 100 99_000 50_000")
    assert dict(given.books.market.share_cents)["amd"] == 990
