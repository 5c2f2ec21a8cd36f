"""
The subject's own arithmetic: what was promised, how a loop multiplies, and how it stops.

Figures of October 2025 as scenarios/baseline.yaml cites them; the loops are played on our own journal.
"""

from pathlib import Path

import pytest

from events import catalogue as c
from events.accounts import EQUITY_LOSS, STAKE
from events.flows import loop_multiplier_ppm
from events.journal import Journal
from events.schedules import level_payments
from events.statements import income_statement
from events.terms import ComputeCommitment, MilestoneEquity
from events.units import PPM, portion
from model.scenario import load
from model.schema import FirmSpec, Holding
from tests.small_economy import BN, GW, World, firm, outsider

BASELINE = Path(__file__).resolve().parents[2] / "scenarios" / "baseline.yaml"


# --- what was promised ----------------------------------------------------------------------------------------------


def test_openai_owes_coreweave_22_point_4_billion_over_all_contracts_of_the_base_world() -> None:
    """
    11.9 + 4.0 + 6.5 bn USD, sold by boxes that CoreWeave owns.
    """
    scenario = load(BASELINE).scenario
    totals = [
        terms.total_cents
        for terms in (deal.terms for deal in scenario.contracts.values())
        if isinstance(terms, ComputeCommitment)
        and terms.buyer == "openai"
        and scenario.firms[terms.seller].owner == "coreweave"
    ]

    assert sorted(totals) == [4 * BN, 65 * BN // 10, 119 * BN // 10]
    assert sum(totals) == 224 * BN // 10


def test_nvidias_letter_is_ten_billion_a_gigawatt_and_buys_three_and_a_half_times_that() -> None:
    """
    100 bn USD for 10 GW; at 35 bn of GPUs a gigawatt 350 / 100 = 3.5 USD a USD invested.
    """
    letter = load(BASELINE).scenario.contracts["nvidia-openai-letter"].terms
    assert isinstance(letter, MilestoneEquity)
    invested, deployed_kw = sum(row.amount_cents for row in letter.tranches), letter.tranches[-1].deployed_kw

    assert (invested, deployed_kw) == (100 * BN, 10 * GW)
    assert invested * GW // deployed_kw == 10 * BN
    assert 35 * BN * deployed_kw // GW * 10 == 35 * invested


# --- the loop -------------------------------------------------------------------------------------------------------

SHARE = 285_714  # ppm: 10 in 35


class Loop:
    """Customers pay a lab, the lab pays a supplier for chips, and the supplier invests in the lab."""

    def __init__(self) -> None:
        self.journal = Journal(lambda line, date, closes: None, outside=("customers",))
        self.orders: list[int] = []

    def month(self, external_cents: int, price_cents: int = 1, share_ppm: int = 0, lump_cents: int = 0) -> None:
        """The lab buys what whole pieces its cash allows; the supplier puts back a share, or a lump a piece."""
        if external_cents:
            self.record(c.CustomersServed(lab="lab", customer="customers", amount_cents=external_cents))
        pieces = self.journal.books.ledger.cash_cents("lab") // price_cents
        self.orders.append(pieces * price_cents)
        if pieces:
            self.buy(pieces * price_cents)
            self.invest(portion(self.orders[-1], share_ppm) + pieces * lump_cents)

    def buy(self, cents: int) -> None:
        claim = f"chips/{len(self.orders)}"
        self.record(c.CostsBilled(
            claim=claim, firm="lab", supplier="supplier", account="Assets:Property", purpose="chips",
            amount_cents=cents, due_day=0,
        ))  # fmt: skip
        self.record(c.ClaimPaid(claim=claim, debtor="lab", creditor="supplier", amount_cents=cents))

    def invest(self, cents: int) -> None:
        if cents:
            self.record(c.RoundClosed(
                issuer="lab", investor="supplier", wanted_cents=cents, amount_cents=cents, shares=1, price_cents=1,
                valuation_cents=1,
            ))  # fmt: skip

    def record(self, event: c.Event) -> None:
        self.journal.record(event, "2026-01-01", cause=None, actor="scenario")


def test_an_external_dollar_orders_one_point_four_dollars() -> None:
    """
    1 / (1 - s): 3.5 to 1 gives s = 0.2857 and 1.4; played until the last cent has come round, and in closed form.
    """
    loop = Loop()
    loop.month(BN, share_ppm=SHARE)
    while loop.orders[-1]:
        loop.month(0, share_ppm=SHARE)

    assert round(10 / 35, 4) == 0.2857
    assert loop_multiplier_ppm(10, 35) == 1_400_000
    assert sum(loop.orders) / BN == pytest.approx(1.4, abs=2e-6)  # s in whole parts per million


def test_with_external_demand_cut_to_zero_orders_decay_geometrically_at_the_share() -> None:
    """
    After years of a level demand orders stand at 1.4 of it; from then on each month has s of the month before.
    """
    loop = Loop()
    for _ in range(30):
        loop.month(BN, share_ppm=SHARE)
    steady = len(loop.orders) - 1
    for _ in range(8):
        loop.month(0, share_ppm=SHARE)

    assert loop.orders[steady] / BN == pytest.approx(1.4, abs=2e-6)
    for before, after in zip(loop.orders[steady + 1 :], loop.orders[steady + 2 :], strict=False):
        assert after == portion(before, SHARE)
    assert loop.orders[-1] / loop.orders[steady] == pytest.approx((SHARE / PPM) ** 8, rel=1e-4)


def test_with_lumps_orders_stop_at_once() -> None:
    """
    25 of external money a month and a lump of 10 buy a gigawatt of 35 every month; 10 alone cannot buy one.
    """
    loop = Loop()
    loop.month(35 * BN, price_cents=35 * BN, lump_cents=10 * BN)
    for _ in range(5):
        loop.month(25 * BN, price_cents=35 * BN, lump_cents=10 * BN)
    for _ in range(5):
        loop.month(0, price_cents=35 * BN, lump_cents=10 * BN)

    assert loop.orders == [35 * BN] * 6 + [0] * 5
    assert loop.journal.books.ledger.cash_cents("lab") == 10 * BN


# --- the equity method ----------------------------------------------------------------------------------------------


def test_an_equity_method_holder_books_2_point_7_then_0_point_2_and_keeps_2_point_5_in_mind() -> None:
    """
    27 % of a loss of 10 bn, twice, at 1.5 carried and 1.4 of committed support, read off the income statements.

    Source: ASC 323-10-35-19 to 22.
    """
    holding = Holding(
        issuer="openai", shares=27, carrying_cents=15 * BN // 10, treatment="equity_method",
        committed_support_cents=14 * BN // 10,
    )  # fmt: skip
    microsoft = FirmSpec(trade="passive", policy=firm().policy, holdings=(holding,))
    world = World({"microsoft": microsoft, "openai": firm(shares_outstanding=100), "world": outsider()})
    then = world.happens(10, loss(1)).happens(100, loss(2)).runs_to(181)

    quarters = [("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")]
    booked = [income_statement(then.records, "microsoft", *days).expenses_cents[EQUITY_LOSS] for days in quarters]
    assert booked == [27 * BN // 10, 2 * BN // 10]
    assert [record.event.suspended_cents for record in then.of(c.EquityLossShared)] == [0, 25 * BN // 10]
    assert then.books.ledger.balance("microsoft", STAKE) == 0


def loss(number: int) -> c.CostsBilled:
    """A cost of 10 bn USD against no income."""
    return c.CostsBilled(
        claim=f"loss/{number}", firm="openai", supplier="world", account="Expenses:Running", purpose="all",
        amount_cents=10 * BN, due_day=9_000,
    )  # fmt: skip


# --- a level loan ---------------------------------------------------------------------------------------------------


def test_a_level_loan_of_a_million_at_12_percent_is_eleven_payments_of_88848_79_and_one_of_88848_76() -> None:
    assert level_payments(100_000_000, 120_000, 12) == (8_884_879,) * 11 + (8_884_876,)


def test_a_loan_without_interest_is_paid_off_in_equal_parts() -> None:
    assert level_payments(1_200, 0, 12) == (100,) * 12
    assert level_payments(100, 0, 3) == (33, 33, 34)


def test_a_loan_of_fewer_cents_than_payments_is_never_overpaid() -> None:
    assert level_payments(7, 0, 12) == (1,) * 7 + (0,) * 5


@pytest.mark.parametrize("wrong", [(-1, 0, 1), (1, -1, 1), (1, 0, 0)])
def test_a_loan_that_cannot_be_meant_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        level_payments(*wrong)
