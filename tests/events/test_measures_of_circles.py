"""Circularity, losses, DebtRank, stakes and health: each measure on an example that can be worked by hand."""

import pytest

from events import catalogue as c
from events.accounts import CASH
from events.books import Books
from events.measures import bubble, circularity, health, losses, stakes
from events.postings import postings
from events.record import Record
from events.units import USD

OUTSIDE = ("world", "public")


def told(*events: c.Event, dates: tuple[str, ...] = (), causes: tuple[int | None, ...] = ()) -> list[Record]:
    """Records of these events, booked by the rules; a cause is the record before unless it is said."""
    found = []
    for seq, event in enumerate(events):
        date = dates[seq] if dates else "2026-01-31"
        cause = causes[seq] if causes else (seq - 1 if seq else None)
        found.append(Record(seq, date, event, cause, "", "scenario", postings(event)))
    return found


def moved(payer: str, payee: str, cents: int) -> Record:
    """Cash from one firm to another, for nothing in particular."""
    event = c.CashReturned(firm=payer, amount_cents=cents)
    return Record(0, "2026-01-31", event, None, "", "scenario", ((payer, CASH, USD, -cents), (payee, CASH, USD, cents)))


# --- Finn's cycling index -------------------------------------------------------------------------------------------


def test_money_that_only_passes_through_cycles_nowhere():
    chain = [moved("world", "a", 100), moved("a", "b", 100), moved("b", "world", 100)]

    assert circularity.cycling_index_ppm(chain, OUTSIDE) == 0


def test_half_of_what_a_pays_comes_back_to_it():
    """
    100 come in; a pays b 200 (100 new, 100 come back), b pays a 100 and the world 100. N(a, a) = 1 / (1 - 1/2) = 2, so
    half of T(a) = 200 and half of T(b) = 200 has been there before: 50 %.
    """
    ring = [moved("world", "a", 100), moved("a", "b", 200), moved("b", "a", 100), moved("b", "world", 100)]

    assert circularity.cycling_index_ppm(ring, OUTSIDE) == 500_000


def test_a_closed_ring_with_a_trickle_from_outside_cycles_nearly_all():
    ring = [moved("world", "a", 1), moved("a", "b", 1_000), moved("b", "a", 999), moved("b", "world", 1)]

    assert circularity.cycling_index_ppm(ring, OUTSIDE) > 990_000


def test_only_the_days_asked_for_count():
    ring = [moved("world", "a", 100), moved("a", "b", 200), moved("b", "a", 100)]

    assert circularity.cycling_index_ppm(ring, OUTSIDE, since="2026-02-01") == 0


# --- own money, by month --------------------------------------------------------------------------------------------


def circle() -> list[Record]:
    """A maker puts 10 into a lab, which buys 35 of chips with that and 25 of its customers' money."""
    order = {
        "order": "o", "maker": "maker", "buyer": "lab", "serves": "x", "lab": "lab", "generation": "chips", "gpus": 1,
        "kw": 1,
    }  # fmt: skip
    return told(
        c.BalanceBroughtForward(firm="maker", account=CASH, amount_cents=100),
        c.RoundClosed(
            issuer="lab", investor="maker", wanted_cents=10, amount_cents=10, shares=1, price_cents=10,
            valuation_cents=100,
        ),
        c.CustomersServed(lab="lab", customer="customers", amount_cents=25),
        c.GpusDelivered(**order, claim="chips/1", amount_cents=35, cost_cents=0, due_day=1),
        c.ClaimPaid(claim="chips/1", debtor="lab", creditor="maker", amount_cents=35),
        dates=("2026-01-01", "2026-01-02", "2026-01-31", "2026-02-01", "2026-02-28"),
    )


def test_own_money_by_three_conventions_and_by_month():
    """
    10 of 35 are the maker's own, by every convention: 28.57 %; the other 25 are the customers'.
    """
    month, whole = circularity.own_money(circle(), [("maker", "lab")], ("customers", *OUTSIDE), monthly=True)

    assert (month.month, whole.month) == ("2026-02", "")
    for row in (month, whole):
        assert (row.receipts_cents, row.pro_rata_cents, row.fifo_cents, row.contract_cents) == (35, 10, 10, 10)
        assert (row.external_cents, row.others_cents) == (25, 0)
    assert circularity.external_share_by_month_ppm([month, whole]) == {"2026-02": 714_286}
    assert circularity.circles(circle()) == [("maker", "lab")]


def test_a_stake_of_ten_is_paid_back_by_chips_of_thirty_five_at_a_gross_margin_but_not_at_a_net_one():
    """
    35 at 72 % are 25, two and a half times the stake; at 20 % they are 7.
    """
    (row,) = circularity.paybacks(circle(), {"maker": (720_000, 200_000)})

    assert (row.cost_cents, row.gross_profit_cents, row.net_profit_cents) == (10, 25, 7)
    assert (row.gross_date, row.net_date) == ("2026-02-28", "")
    assert (row.gross_multiple_ppm, row.net_multiple_ppm) == (2_500_000, 700_000)


def test_margins_are_sales_less_cost_and_all_income_less_all_expenses():
    books = {
        ("m", "Income:Sales", USD): -100, ("m", "Expenses:CostOfSales", USD): 28, ("m", "Expenses:Running", USD): 12,
        ("m", "Income:StakeGain", USD): -50,
    }  # fmt: skip

    assert circularity.margins_ppm(books, "m") == (720_000, 600_000)


# --- losses ---------------------------------------------------------------------------------------------------------


def test_an_allowance_makes_way_for_what_was_lost_and_is_not_counted_twice():
    records = told(
        c.ReceivableImpaired(claim="x/1", debtor="lab", creditor="host", amount_cents=63),
        c.AllowanceReleased(claim="x/1", debtor="lab", creditor="host", amount_cents=63),
        c.ClaimCleared(claim="x/1", debtor="lab", creditor="host", amount_cents=100, paid_cents=40),
        c.StakeImpaired(holder="maker", issuer="lab", amount_cents=20),
        c.ClaimCleared(claim="y/1", debtor="lab", creditor="host", amount_cents=50, paid_cents=0, deferred=1),
    )

    assert losses.losses_cents(records) == {"host": {"bills": 60}, "maker": {"stakes": 20}}


def test_every_default_has_its_round_and_its_root():
    """
    A shock, a miss, a default, a rejection, a second default because of it: rounds 1 and 2, both rooted in the shock.
    """
    shock = c.ShockStruck(shock="demand", touches="demand", shape="step", against="plan", depth_ppm=1, ends_day=9)
    miss = c.PaymentMissed(
        claim="x/1", contract="x", debtor="lab", creditor="host", amount_cents=1, cash_cents=0, channel="compute",
        cure_day=1,
    )
    rejected = c.ContractRejected(
        claim="d/1", contract="x", estate="lab", counterparty="host", freed_kw=0, amount_cents=0, due_day=0
    )
    records = told(
        shock, miss, c.Defaulted(firm="lab", channel="compute", contract="x"), rejected,
        c.Defaulted(firm="host", channel="covenant", contract="loan"),
    )  # fmt: skip

    first, second = losses.cascade(records)
    assert (first.firm, first.round, first.after, first.depth, first.root) == ("lab", 1, "", 2, 0)
    assert (second.firm, second.round, second.after, second.depth, second.root) == ("host", 2, "lab", 4, 0)
    assert losses.misses_by_channel_cents(records) == {"compute": 1}


# --- DebtRank -------------------------------------------------------------------------------------------------------


def test_debt_rank_of_a_chain_worked_by_hand():
    """
    b has half of its equity of 10 at stake in a, c a tenth of its 100 in b. When a fails b is in distress by 0.5, c by
    0.5 x 0.1 = 0.05: of equity 10 + 10 + 100 that is (5 + 5) / 120 = 8.33 %.
    """
    exposures = {("b", "a"): 5, ("c", "b"): 10}
    equity = {"a": 10, "b": 10, "c": 100}

    assert losses.debt_rank_ppm(exposures, equity, "a") == 83_333
    assert losses.debt_rank_ppm(exposures, equity, "b") == 83_333  # c by 0.1: 10 of 120
    assert losses.debt_rank_ppm(exposures, equity, "c") == 0


def test_distress_is_passed_on_once_and_adds_up_to_no_more_than_all():
    ring = {("b", "a"): 100, ("a", "b"): 100, ("c", "a"): 100, ("c", "b"): 100}
    equity = {"a": 10, "b": 10, "c": 10}

    assert losses.debt_rank_ppm(ring, equity, "a") == 666_667


def test_who_has_no_equity_is_in_full_distress_and_has_nothing_to_lose():
    assert losses.debt_rank_ppm({("b", "a"): 1, ("c", "b"): 50}, {"a": 1, "b": 0, "c": 99}, "a") == 500_000


# --- stakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "billions"), [(60_000, 95.9984), (16_467, 26.3456)])
def test_the_whole_warrant_at_its_last_target_and_before_the_deal(price, billions):
    """
    160 m shares less a cent each: 96 bn at 600.00 USD, 26.3 bn at 164.67 USD.
    """
    assert stakes.warrant_value_cents(160_000_000, 1, price) == pytest.approx(billions * 10**11, rel=1e-6)
    assert stakes.warrant_value_cents(10, 100, 50) == 0


def test_a_stake_has_a_value_at_market_one_on_the_books_and_a_part():
    books = Books()
    records = told(
        c.SharesBroughtForward(issuer="listed", holder="maker", shares=25, carrying_cents=500),
        c.SharesBroughtForward(issuer="listed", holder="public", shares=75, carrying_cents=0),
        c.MarketClosed(prices=(("listed", 30),)),
        c.RoundClosed(
            issuer="listed", investor="public", wanted_cents=900, amount_cents=900, shares=25, price_cents=36,
            valuation_cents=4_500,
        ),
    )  # fmt: skip
    for record in records:
        books.apply(record)

    (row,) = stakes.stake_values(books)
    assert (row.holder, row.market_cents, row.book_cents, row.part_ppm) == ("maker", 750, 500, 200_000)
    assert stakes.dilution_ppm(records, "listed") == {"2026-01": 1_250_000}


# --- bubble and health ----------------------------------------------------------------------------------------------


def test_the_rule_of_two_times_two():
    """
    41.1 bn of chips a quarter are 164.4 a year, and ask for some 660 bn of revenue.
    """
    assert bubble.required_revenue_cents(1_644 * 10**10) == 6_576 * 10**10
    assert bubble.required_cash_cents(600, life_years=6, margin_ppm=500_000) == 200


def test_capex_is_systems_and_buildings_by_year():
    records = [
        *circle(),
        *told(
            c.CostsBilled(
                claim="b/1", firm="lab", supplier="world", account="Assets:Property", purpose="shell",
                amount_cents=15, due_day=1,
            ),
            dates=("2027-01-31",),
        ),
    ]

    assert bubble.capex_by_year_cents(records) == {2026: 35, 2027: 15}
    assert bubble.capex_by_year_cents(records, ["somebody else"]) == {}
    assert bubble.ai_revenue_by_year_cents(records) == {2026: 25}
    assert bubble.capex_to_revenue_ppm(records) == {2026: 1_400_000}
    assert bubble.chips_by_year_cents(records) == {2026: 35}


def test_ratios_without_a_denominator_say_so():
    books = Books()
    for record in told(c.LoanBroughtForward(contract="loan", lender="bank", borrower="box", amount_cents=100)):
        books.apply(record)

    assert health.leverage_ppm(books, "box") == health.debt_to_equity_ppm(books, "box") == -1
    assert health.loan_to_cost_ppm(books, "box") == health.loan_to_value_ppm(books, "box", 10) == -1
    assert health.interest_cover_ppm(books, "box", 12) == health.commitments_to_revenue_ppm(books, "box") == -1
    assert health.leverage_ppm(books, "bank") == 0
