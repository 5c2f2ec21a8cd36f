"""Where each dollar came from, by three conventions, on worlds small enough to add up by hand."""

import datetime
from collections import Counter
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import catalogue as c
from events.flows import (
    EXTERNAL,
    OPENING,
    Lot,
    Mix,
    Provenance,
    Queue,
    circularity,
    loop_multiplier_ppm,
    payback,
    transfers,
)
from events.journal import Journal
from events.problems import AccountingBroken
from events.terms import ComputeCommitment, TermLoan, YearAmount
from events.units import PPM

OUTSIDE = ("customers", "oracle", "public", "world")


class World:
    """A journal that writes into a list, and the few deals that the examples need."""

    def __init__(self, **cash):
        self.records = []
        self.journal = Journal(lambda line, date, closes: None, OUTSIDE)
        self.bills = 0
        self.day = datetime.date(2026, 1, 1)
        for firm, cents in cash.items():
            self.record(c.BalanceBroughtForward(firm=firm, account="Assets:Cash", amount_cents=cents))

    def record(self, event):
        self.records.append(self.journal.record(event, self.day.isoformat(), cause=None, actor="scenario"))

    def on(self, date):
        self.day = datetime.date.fromisoformat(date)

    def claim(self):
        self.bills += 1
        return f"deal/{self.bills}"

    def pay(self, claim, debtor, creditor, cents):
        self.record(c.ClaimPaid(claim=claim, debtor=debtor, creditor=creditor, amount_cents=cents))

    def demand(self, cents, lab="openai"):
        self.record(c.CustomersServed(lab=lab, customer="customers", amount_cents=cents))

    def stake(self, cents, investor="nvidia", investee="openai"):
        claim = self.claim()
        called = c.TrancheCalled(
            claim=claim, contract="deal", investor=investor, investee=investee, tranche=1, amount_cents=cents, due_day=0
        )
        self.record(called)
        self.pay(claim, investor, investee, cents)

    def compute(self, cents, seller="coreweave", buyer="openai"):
        claim = self.claim()
        called = c.PrepaymentCalled(
            claim=claim, contract="deal", seller=seller, buyer=buyer, amount_cents=cents, due_day=0
        )
        self.record(called)
        self.pay(claim, buyer, seller, cents)

    def deliver(self, cents, buyer="coreweave", lab="openai", maker="nvidia"):
        claim = self.claim()
        ordered = c.GpusOrdered(
            order=claim, maker=maker, buyer=buyer, serves="deal", lab=lab, generation="rubin", gpus=1, kw=1,
            price_cents=cents, earliest_day=0, priority=0,
        )  # fmt: skip
        self.record(ordered)
        stock = c.CapacityBroughtForward(
            host=maker, maker=maker, contract="stock", lab="", generation="rubin", gpus=1, kw=1
        )
        self.record(stock)
        sold = c.GpusDelivered(
            claim=claim, order=claim, maker=maker, buyer=buyer, serves="deal", lab=lab, generation="rubin", gpus=1,
            kw=1, amount_cents=cents, cost_cents=0, due_day=0,
        )  # fmt: skip
        self.record(sold)
        return claim

    def chips(self, cents, buyer="coreweave", lab="openai", maker="nvidia"):
        self.pay(self.deliver(cents, buyer, lab, maker), buyer, maker, cents)

    def backstop(self, cents, beneficiary="coreweave"):
        claim = self.claim()
        billed = c.BackstopBilled(
            claim=claim, contract="deal", guarantor="nvidia", beneficiary=beneficiary, unsold_kw=1, amount_cents=cents,
            due_day=0,
        )  # fmt: skip
        self.record(billed)
        self.pay(claim, "nvidia", beneficiary, cents)

    def circle(self, supplier="nvidia", lab="openai"):
        return circularity(self.records, supplier, lab, OUTSIDE)

    def provenance(self):
        provenance = Provenance(OUTSIDE)
        for record in self.records:
            provenance.apply(record)
        return provenance


def articles_loop():
    """Nvidia puts 10 into OpenAI, customers pay 25; OpenAI pays its host 35, and the host pays Nvidia 35."""
    world = World(nvidia=100)
    world.stake(10)
    world.demand(25)
    world.compute(35)
    world.chips(35)
    return world


# --- worked by hand -------------------------------------------------------------------------------------------------


def test_the_articles_loop_brings_ten_of_thirty_five_back_by_every_convention():
    """
    Nothing stays on the way, so the conventions have nothing to disagree about.
    """
    circle = articles_loop().circle()

    assert circle.receipts_cents == 35
    assert circle.own_cents == {"pro_rata": 10, "fifo": 10, "contract": 10}
    assert circle.own_ppm == {"pro_rata": 285_714, "fifo": 285_714, "contract": 285_714}
    assert circle.external_share_ppm == 714_286
    assert circle.loop_multiplier_ppm == 1_400_000


def test_the_conventions_differ_once_there_is_other_money_on_the_way():
    """
    OpenAI opens with 70 and gets 10: the mix is 7 to 1, the oldest 40 are its own, and the contract sees 10 in 40.
    """
    world = World(nvidia=100, openai=70)
    world.stake(10)
    world.compute(40)
    world.chips(40)

    circle = world.circle()

    assert circle.own_cents == {"pro_rata": 5, "fifo": 0, "contract": 10}
    assert world.provenance().receipts_by_origin("nvidia", "openai") == {"nvidia": 5, OPENING: 35}
    assert world.provenance().receipts_by_origin("nvidia", "openai", "fifo") == {OPENING: 40}


def test_money_is_followed_through_a_host_outside_the_circle():
    """
    Oracle received 35, of which 10 are Nvidia's, and pays 50: the 15 that it never received are external.
    """
    world = World(nvidia=100)
    world.stake(10)
    world.demand(25)
    world.compute(35, seller="oracle")
    world.chips(50, buyer="oracle")

    provenance = world.provenance()

    assert provenance.receipts_by_origin("nvidia", "openai") == {EXTERNAL: 40, "nvidia": 10}
    assert provenance.receipts_by_origin("nvidia", "openai", "fifo") == {EXTERNAL: 40, "nvidia": 10}


def test_customers_pay_with_new_money_whatever_the_outside_received():
    """
    World got 60 of the opening cash as costs; the capital it then puts into a fund is external all the same.
    """
    world = World(nvidia=60)
    claim = world.claim()
    bill = c.CostsBilled(
        claim=claim, firm="nvidia", supplier="world", account="Expenses:Running", purpose="", amount_cents=60, due_day=0
    )
    world.record(bill)
    world.pay(claim, "nvidia", "world", 60)
    world.record(c.CapitalCalled(investor="fund", amount_cents=40))

    provenance = world.provenance()

    assert provenance.origins_of("fund") == provenance.origins_of("fund", "fifo") == {EXTERNAL: 40}
    assert provenance.origins_of("world") == provenance.origins_of("world", "fifo") == {OPENING: 60}


@pytest.mark.parametrize(
    ("event", "origin"),
    [
        (
            c.RoundClosed(
                issuer="openai",
                investor="fund",
                wanted_cents=9,
                amount_cents=9,
                shares=1,
                price_cents=9,
                valuation_cents=9,
            ),
            "fund",
        ),
        (c.LoanDrawn(contract="loan", lender="fund", borrower="openai", amount_cents=9, generation="", gpus=0), "fund"),
        (c.EquityContributed(owner="fund", box="openai", amount_cents=9), OPENING),
        (c.CustomersServed(lab="openai", customer="fund", amount_cents=9), EXTERNAL),
    ],
    ids=["a round", "a loan", "an owner's cash for its box keeps its origin", "a customer within the circle"],
)
def test_finance_takes_the_payers_name(event, origin):
    world = World(fund=9)
    facility = TermLoan(lender="fund", borrower="openai", commitment_cents=9, margin_ppm=0, maturity_day=900)
    world.record(c.ContractSigned(contract="loan", status="closed", terms=facility))
    world.record(event)

    assert world.provenance().origins_of("openai") == {origin: 9}
    assert world.provenance().origins_of("openai", "fifo") == {origin: 9}


def test_shares_bought_from_a_holder_are_the_buyers_money_in_the_holders_hands():
    world = World(nvidia=0)
    world.record(c.SharesBroughtForward(issuer="amd", holder="openai", shares=5, carrying_cents=4))
    sold = c.SharesSold(holder="openai", buyer="public", issuer="amd", shares=5, proceeds_cents=9, carrying_cents=4)
    world.record(sold)

    assert world.provenance().origins_of("openai") == {"public": 9}


def test_a_guarantor_that_pays_for_its_boxs_chips_makes_a_receipt_for_chips():
    world = World(nvidia=100, coreweave=35)
    old, new = world.deliver(35, buyer="box"), world.claim()
    world.record(
        c.GuaranteeCalled(
            old_claim=old, claim=new, contract="deal", guarantor="coreweave", debtor="box", lender="nvidia",
            amount_cents=35, due_day=0,
        )
    )  # fmt: skip
    world.pay(new, "coreweave", "nvidia", 35)

    assert world.provenance().receipts_by_origin("nvidia", "openai") == {OPENING: 35}


def test_a_guarantor_that_pays_a_called_tranche_pays_with_its_own_name():
    world = World(amd=10)
    old, new = world.claim(), world.claim()
    called = c.TrancheCalled(
        claim=old, contract="deal", investor="box", investee="openai", tranche=1, amount_cents=10, due_day=0
    )
    world.record(called)
    passed = c.GuaranteeCalled(
        old_claim=old, claim=new, contract="deal", guarantor="amd", debtor="box", lender="openai", amount_cents=10,
        due_day=0,
    )  # fmt: skip
    world.record(passed)
    world.pay(new, "amd", "openai", 10)

    assert world.provenance().origins_of("openai") == {"amd": 10}


def test_other_business_brings_new_money_and_takes_away_what_there_is():
    """
    World received 20 of the opening cash; the 30 that it pays next are new all the same.
    """
    world = World(nvidia=50)
    world.record(c.OtherBusinessEarned(firm="nvidia", amount_cents=-20))
    world.record(c.OtherBusinessEarned(firm="nvidia", amount_cents=30))

    provenance = world.provenance()

    assert provenance.origins_of("nvidia") == provenance.origins_of("nvidia", "fifo") == {EXTERNAL: 30, OPENING: 30}
    assert provenance.origins_of("world") == {OPENING: 20}


def test_an_estates_dividend_on_a_bill_for_chips_is_a_receipt_for_chips():
    world = World(nvidia=100, coreweave=5)
    claim = world.deliver(35)
    world.record(c.ClaimCleared(claim=claim, debtor="coreweave", creditor="nvidia", amount_cents=35, paid_cents=5))

    assert world.circle().receipts_cents == 5


def test_receipts_are_kept_by_lab_and_by_month():
    world = World(nvidia=100, coreweave=100)
    world.chips(10)
    world.on("2026-02-28")
    world.stake(10)
    world.chips(20)
    world.chips(30, lab="anthropic")

    circle = world.circle()

    assert circle.receipts_cents == 30
    assert [(row.month, row.receipts_cents, row.contract_cents) for row in circle.by_month] == [
        ("2026-01", 10, 0),
        ("2026-02", 20, 10),
    ]
    assert world.provenance().by_month("nvidia", "anthropic") == {"2026-02": {OPENING: 30}}


def test_round_trip_days_are_weighted_by_amount_along_the_same_lots():
    """
    10 back after 30 days and 30 after 10: 600 / 40 = 15 days.
    """
    world = World(nvidia=100)
    world.stake(10)
    world.on("2026-01-21")
    world.stake(30)
    world.on("2026-01-31")
    world.compute(40)
    world.chips(40)

    assert world.circle().round_trip_days == 15


def test_without_own_money_there_is_no_round_trip():
    world = World(nvidia=100, coreweave=35)
    world.chips(35)

    circle = world.circle()

    assert (circle.round_trip_days, circle.loop_multiplier_ppm, circle.external_share_ppm) == (-1, PPM, 0)


def test_own_money_paid_out_again_starts_a_new_round_trip():
    world = World(nvidia=10)
    world.stake(10)
    world.chips(10, buyer="openai")
    world.on("2026-01-11")
    world.stake(10)
    world.on("2026-01-16")
    world.chips(10, buyer="openai")

    assert world.circle().round_trip_days == 2  # (0 + 5) / 2, half to even
    assert world.circle().loop_multiplier_ppm == -1


# --- the loop of the reference results ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "receipts", "multiplier_ppm"),
    [(0, 35, 1_000_000), (10, 35, 1_400_000), (1, 2, 2_000_000), (35, 35, -1), (0, 0, 1_000_000)],
)
def test_the_loop_multiplier_is_one_over_one_less_the_own_share(own, receipts, multiplier_ppm):
    assert loop_multiplier_ppm(own, receipts) == multiplier_ppm


def test_orders_from_one_external_dollar_sum_to_the_multiplier():
    """
    s = 10 / 35: Nvidia reinvests the share of each receipt, all of it returns as orders; the sum tends to 1.4.
    """
    world, order, receipts = World(nvidia=0), 10**9, 0
    world.demand(order)
    while order:
        world.chips(order, buyer="openai")
        receipts += order
        order = order * 10 // 35
        if order:
            world.stake(order)

    circle = world.circle()

    assert receipts == pytest.approx(1.4 * 10**9, abs=50)
    assert circle.own_ppm["pro_rata"] == circle.own_ppm["fifo"] == circle.own_ppm["contract"] == 285_714
    assert circle.loop_multiplier_ppm == 1_400_000


def test_with_external_demand_at_zero_orders_decay_at_the_rate_s_and_are_all_own_money():
    """
    Proportional reinvestment: each order is 10 / 35 of the one before, and nobody else's dollar is in it.
    """
    world, order, orders = World(nvidia=35**3), 35**3, []
    while order:
        world.stake(order)
        world.chips(order, buyer="openai")
        orders.append(order)
        order = order * 10 // 35

    assert orders[:4] == [35**3, 35**2 * 10, 35 * 100, 1000]
    assert world.circle().own_ppm == {"pro_rata": PPM, "fifo": PPM, "contract": PPM}
    assert world.circle().external_share_ppm == 0


# --- purses ---------------------------------------------------------------------------------------------------------


def test_a_queue_pays_the_oldest_first_and_cuts_the_last_lot():
    queue = Queue()
    queue.put([Lot("a", 5, 0), Lot("b", 5, 0), Lot("a", 5, 0)])

    assert queue.take(7) == [Lot("a", 5, 0), Lot("b", 2, 0)]
    assert queue.take(8) == [Lot("b", 3, 0), Lot("a", 5, 0)]
    assert queue.held_cents == 0


def test_neighbours_of_one_origin_and_day_are_one_lot():
    queue = Queue()
    for _ in range(1000):
        queue.put([Lot("a", 1, 7)])
    queue.put([Lot("a", 1, 8)])

    assert list(queue.lots) == [Lot("a", 1000, 7), Lot("a", 1, 8)]


def test_a_mix_pays_in_proportion_and_hands_odd_cents_to_the_earlier_name():
    """
    1 cent of three equal origins is `a`'s; then 0, 1, 1 are left.
    """
    mix = Mix()
    mix.put([Lot("c", 1, 0), Lot("b", 1, 0), Lot("a", 1, 0)])

    assert mix.take(1) == [Lot("a", 1, 0)]
    assert mix.origins == {"b": 1, "c": 1}


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 10**15)), min_size=1), st.data())
def test_pro_rata_conserves_every_cent_of_every_origin(lots, data):
    mix = Mix()
    mix.put(Lot(origin, cents, 0) for origin, cents in lots)
    before, total = dict(mix.origins), mix.held_cents
    cents = data.draw(st.integers(1, total))

    out = mix.take(cents)

    assert sum(lot.cents for lot in out) == cents
    assert Counter(mix.origins) + Counter({lot.origin: lot.cents for lot in out}) == Counter(before)
    assert all(abs(lot.cents * total - before[lot.origin] * cents) < total for lot in out)  # within a cent of its part
    assert mix.held_cents == sum(mix.origins.values())


def test_several_payers_and_payees_are_paired_in_the_order_of_the_postings():
    post = tuple((firm, "Assets:Cash", "USD", cents) for firm, cents in [("a", -5), ("b", -3), ("c", 6), ("d", 2)])

    assert transfers(post) == [("a", "c", 5), ("b", "c", 1), ("b", "d", 2)]


def test_what_a_firm_pays_itself_moves_nothing():
    assert transfers((("a", "Assets:Cash", "USD", -5), ("a", "Assets:Cash", "USD", 5))) == []


def test_a_log_without_its_beginning_is_refused():
    world = articles_loop()

    with pytest.raises(AccountingBroken, match="nvidia pays 10 cents and has 0"):
        circularity(world.records[1:], "nvidia", "openai", OUTSIDE)


FIRMS = ("amd", "coreweave", "fund", "nvidia", "openai")
HOLDERS = (*FIRMS, "oracle", "world")
MOVES = st.tuples(
    st.sampled_from(["compute", "stake", "chips", "demand", "round", "capital", "elsewhere", "box", "next day"]),
    st.sampled_from(HOLDERS),
    st.sampled_from(HOLDERS),
    st.integers(1, 10**6),
)


def play(world, move):
    """One move, unless the payer cannot pay it: then it is refused and nothing happens."""
    kind, giver, taker, cents = move
    if kind == "next day":
        world.day += datetime.timedelta(days=1)
        return
    cash = world.journal.books.ledger.cash_cents(giver)
    if giver == taker or (giver in FIRMS and cents > cash and kind not in ("demand", "capital")):
        return
    shares = {"shares": 1, "price_cents": 1, "valuation_cents": 1}
    match kind:
        case "compute":
            world.compute(cents, seller=taker, buyer=giver)
        case "stake":
            world.stake(cents, investor=giver, investee=taker)
        case "chips":
            world.chips(cents, buyer=giver, maker=taker)
        case "demand":
            world.demand(cents, lab=taker)
        case "round":
            world.record(c.RoundClosed(issuer=taker, investor=giver, wanted_cents=cents, amount_cents=cents, **shares))
        case "capital" if taker != "world":
            world.record(c.CapitalCalled(investor=taker, amount_cents=cents))
        case "elsewhere" if giver in FIRMS:
            world.record(c.OtherBusinessEarned(firm=giver, amount_cents=-cents))
        case "box":
            world.record(c.EquityContributed(owner=giver, box=taker, amount_cents=cents))


@settings(max_examples=150, deadline=None)
@given(st.lists(MOVES, max_size=60))
def test_every_purse_equals_the_firms_cash(moves):
    """
    By both conventions, whatever happens; and both see the same receipts.
    """
    world = World(**dict.fromkeys(FIRMS, 500_000))
    for move in moves:
        play(world, move)

    provenance, ledger = world.provenance(), world.journal.books.ledger

    for firm in FIRMS:
        assert sum(provenance.origins_of(firm).values()) == ledger.cash_cents(firm)
        assert sum(provenance.origins_of(firm, "fifo").values()) == ledger.cash_cents(firm)
    circle = world.circle()
    queued = provenance.receipts_by_origin("nvidia", "openai", "fifo")
    assert circle.receipts_cents == sum(queued.values()) == sum(row.receipts_cents for row in circle.by_month)
    assert circle.own_cents["contract"] <= min(circle.outlays_cents, circle.tied_receipts_cents)
    for row in circle.by_month:
        assert max(row.pro_rata_cents, row.fifo_cents, row.contract_cents) <= row.receipts_cents


# --- contract by contract -------------------------------------------------------------------------------------------


@given(opening=st.integers(0, 10**6), detour=st.integers(0, 10**6))
def test_the_contract_convention_does_not_depend_on_how_cash_mixes(opening, detour):
    """
    More cash in the lab, or more of it spent elsewhere on the way, changes pro rata and FIFO, and not this.
    """
    world = World(nvidia=100, openai=opening)
    world.stake(10)
    world.demand(25 + detour)
    if detour:
        world.compute(detour, seller="oracle")
    world.compute(35)
    world.chips(35)

    assert world.circle().own_cents["contract"] == 10


def test_what_goes_out_after_a_receipt_is_not_in_it():
    """
    10 out, 35 in, 40 out, 35 in: 10, then 35 of the 40; the plain minimum of the sums would say 50.
    """
    world = World(nvidia=100, coreweave=70)
    for out in (10, 40):
        world.stake(out)
        world.chips(35)

    circle = world.circle()

    assert circle.own_cents["contract"] == 45
    assert (circle.outlays_cents, circle.tied_receipts_cents) == (50, 70)


def test_an_outlay_comes_back_once():
    world = World(nvidia=100, coreweave=70)
    world.stake(10)
    world.chips(35)
    world.chips(35)

    assert world.circle().own_cents["contract"] == 10


def test_receipts_before_the_first_outlay_are_not_matched():
    world = World(nvidia=100, coreweave=70)
    world.chips(35)
    world.stake(10)
    world.chips(35)

    circle = world.circle()

    assert (circle.receipts_cents, circle.tied_receipts_cents, circle.own_cents["contract"]) == (70, 35, 10)
    assert circle.own_ppm["contract"] == 142_857


def commitment(seller, buyer):
    return ComputeCommitment(
        seller=seller, buyer=buyer, minimums=(YearAmount(year=2026, amount_cents=1),), price_per_gw_year_cents=1,
        days_to_pay=0, end_day=365, total_cents=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "own"),
    [
        ((), 0),
        ((c.ContractSigned(contract="deal", status="binding", terms=commitment("coreweave", "openai")),), 10),
        ((c.ContractSigned(contract="deal", status="binding", terms=commitment("coreweave", "anthropic")),), 0),
        (
            (
                c.FirmFounded(firm="box", trade="box", owner="coreweave"),
                c.CapacityBroughtForward(
                    host="box", maker="nvidia", contract="deal", lab="openai", generation="rubin", gpus=1, kw=1
                ),
            ),
            10,
        ),
    ],
    ids=["a host of nobody", "a host with a commitment", "a host of another lab", "the owner of a box that serves"],
)
def test_a_backstop_is_an_outlay_when_its_host_serves_the_lab(before, own):
    world = World(nvidia=100, coreweave=100)
    for event in before:
        world.record(event)
    world.backstop(10)
    world.chips(35)

    assert world.circle().own_cents["contract"] == own


# --- payback --------------------------------------------------------------------------------------------------------


def test_a_stake_has_paid_for_itself_when_gross_profit_exceeds_it():
    """
    30 out; at a margin of half, 60 received are not more than that, 70 are.
    """
    world = World(nvidia=100, coreweave=200)
    world.chips(50)  # before the stake: no return on it
    world.stake(30)
    world.on("2026-03-01")
    world.chips(60)
    assert payback(world.records, "nvidia", "openai", 500_000) == ""
    world.on("2026-04-01")
    world.chips(10)

    assert payback(world.records, "nvidia", "openai", 500_000) == "2026-04-01"
    assert payback(world.records, "nvidia", "openai", 400_000) == ""
    assert payback(world.records, "amd", "openai", 500_000) == ""


def test_a_later_tranche_undoes_a_payback_until_it_is_earned_too():
    world = World(nvidia=100, coreweave=200)
    world.stake(10)
    world.chips(40)
    world.on("2026-02-01")
    world.stake(30)
    assert payback(world.records, "nvidia", "openai", 500_000) == ""
    world.on("2026-03-01")
    world.chips(60)

    assert payback(world.records, "nvidia", "openai", 500_000) == "2026-03-01"


def test_a_stake_in_a_host_is_paid_back_by_the_chips_it_buys():
    world = World(nvidia=100, coreweave=100)
    world.stake(10, investee="coreweave")
    world.chips(30)
    world.backstop(50)  # no stake

    assert payback(world.records, "nvidia", "coreweave", 500_000) == "2026-01-01"


# --- speed ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_both_conventions_take_at_most_fifteen_microseconds_a_record():
    """
    In a log where one record in five moves cash among twenty origins.
    """
    funds = {f"fund{n:02}": 10**12 for n in range(20)}
    world = World(nvidia=10**13, openai=10**12, **funds)
    for n in range(2000):
        world.stake(10**6 + n, investor=f"fund{n % 20:02}")
        world.compute(10**6 + n)
        world.chips(10**6 + n)
        for _ in range(8):
            world.record(c.ComputePriceSet(price_per_gw_year_cents=1, utilisation_ppm=1))

    started = perf_counter()
    world.provenance()
    per_record = (perf_counter() - started) / len(world.records)

    assert per_record < 15e-6
