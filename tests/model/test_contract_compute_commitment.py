"""Take-or-pay: min(minimum, delivered) a month; what is not taken is a shortfall; a prepayment pays its part."""

import pytest

from events import catalogue as c
from events.accounts import CONTRACT_LIABILITY, PREPAID, SHORTFALL_SALES
from events.terms import ComputeCommitment
from model.contracts.perform import sign
from model.schema import Deal, Generation, Installed
from tests.small_economy import BN, GW, World, customers, firm, host, lab, monthly, outsider, story

BILL = "taken_cents shortfall_cents prepaid_cents amount_cents"
PLENTY = 10_000


def commitment(minimum: int = 100, **fields) -> ComputeCommitment:
    """A gigawatt is worth 100 a month."""
    plain = {
        "seller": "host", "buyer": "lab", "minimums": monthly(minimum), "price_per_gw_year_cents": 1_200,
        "days_to_pay": 30, "end_day": 700, "total_cents": 100_000,
    }  # fmt: skip
    return ComputeCommitment(**plain | fields)


def world(*terms: ComputeCommitment, need: int = 100, kw: int = GW, **others) -> World:
    """A lab that needs so much a month, and the same power installed for every contract: first, second, ..."""
    names = ("first", "second")[: len(terms)]
    firms = {
        "customers": customers(),
        "lab": lab(PLENTY, need=need),
        "tenant": firm(cash=100 * BN),
        "host": host(PLENTY, installed=tuple(Installed(contract=name, generation="chips", kw=kw) for name in names)),
        "world": outsider(),
    }
    chips = {"chips": Generation(maker="world", price_per_gw_cents=BN, gpus_per_gw=1_000)}
    return World(firms, dict(zip(names, terms, strict=True)), generations=chips, **others)


def test_the_example_of_the_docstring():
    """
    Minimum 100, all delivered, taken 60, prepayment used 20: bill 80, of it 40 shortfall.
    """
    terms = commitment(opening_prepaid_cents=20, prepaid_use_ppm=200_000)

    assert world(terms, need=60).runs_to(31).told(ComputeBilled=BILL) == story("31 ComputeBilled 60 40 20 80")


def test_only_what_is_delivered_and_accepted_can_fall_short():
    """
    With 70 delivered and 60 taken the month is worth 70, its shortfall 10.
    """
    then = world(commitment(), need=60, kw=700_000).runs_to(31)

    assert then.told(ComputeBilled=BILL) == story("31 ComputeBilled 60 10 0 70")


@pytest.mark.parametrize(
    ("minimum", "delivered", "need", "taken", "shortfall"),
    [
        (100, 100, 100, 100, 0),
        (100, 100, 150, 100, 0),  # what is needed beyond the minimum is nobody's here
        (100, 100, 60, 60, 40),
        (100, 100, 0, 0, 100),
        (100, 70, 60, 60, 10),
        (100, 50, 60, 50, 0),
        (80, 100, 60, 60, 20),
    ],
)
def test_shortfall_is_what_was_due_and_delivered_less_what_was_taken(minimum, delivered, need, taken, shortfall):
    then = world(commitment(minimum), need=need, kw=delivered * GW // 100).runs_to(31)

    bill = then.only(c.ComputeBilled).event
    assert (bill.taken_cents, bill.shortfall_cents) == (taken, shortfall)
    assert shortfall == max(0, min(minimum, delivered) - taken)


def test_nothing_delivered_is_nothing_owed():
    """
    What runs serves the first contract; of the second nothing has been accepted.
    """
    given = world(commitment())
    given.economy.contract_numbers["second"] = 2
    second = Deal(kind="compute_commitment", terms=commitment())
    then = given.on(1, lambda economy: sign(economy, "second", second)).runs_to(31)

    assert then.told(ComputeBilled="contract") == story("31 ComputeBilled first")


def test_without_a_make_up_right_a_shortfall_is_revenue_and_with_one_a_liability():
    """
    Income of the seller at the end of January, or deferred; a cost of the buyer, or prepaid.
    """
    lost = world(commitment(), need=60).runs_to(31).books.ledger
    kept = world(commitment(make_up=1), need=60).runs_to(31).books.ledger

    assert [lost.balance("host", account) for account in (SHORTFALL_SALES, CONTRACT_LIABILITY)] == [-40, 0]
    assert [kept.balance("host", account) for account in (SHORTFALL_SALES, CONTRACT_LIABILITY)] == [0, -40]
    assert kept.balance("lab", PREPAID) == 40


def test_a_prepayment_is_called_at_signing_and_pays_its_part_of_every_bill_while_it_lasts():
    """
    50 ahead, a fifth of every bill: 20, 20, and the last 10.
    """
    then = world(commitment(prepayment_cents=50, prepaid_use_ppm=200_000)).runs_to(120)

    kinds = {"PrepaymentCalled": "amount_cents due_day", "ComputeBilled": "prepaid_cents amount_cents"}
    assert then.told(0, **kinds) == story("""
        0    PrepaymentCalled  50  30
        31   ComputeBilled     20  80
        59   ComputeBilled     20  80
        90   ComputeBilled     10  90
        120  ComputeBilled     0   100
    """)


def test_bills_stop_when_the_total_is_reached_and_the_last_one_is_what_is_left():
    then = world(commitment(total_cents=250)).runs_to(181)

    assert then.told(ComputeBilled="amount_cents", ContractEnded="contract") == story("""
        31  ComputeBilled  100
        59  ComputeBilled  100
        90  ComputeBilled  50
        90  ContractEnded  first
    """)


def test_bills_stop_at_the_end_of_the_term():
    then = world(commitment(end_day=59)).runs_to(181)

    assert then.told(ComputeBilled="amount_cents", ContractEnded="contract") == story("""
        31  ComputeBilled  100
        59  ComputeBilled  100
        59  ContractEnded  first
    """)


def test_an_estate_that_rejects_a_contract_gets_no_more_bills_and_no_end_of_term():
    rejected = c.ContractRejected(
        claim="damages:first/1", contract="first", estate="lab", counterparty="host", freed_kw=GW, amount_cents=1,
        due_day=40,
    )  # fmt: skip
    then = world(commitment()).happens(40, rejected).runs_to(120)

    assert then.told(ComputeBilled="amount_cents", ContractEnded="contract") == story("31 ComputeBilled 100")


def test_a_lab_uses_its_commitments_in_the_order_of_signing():
    """
    130 needed, 100 a month under each: 100 of the first, 30 of the second.
    """
    then = world(commitment(), commitment(), need=130).runs_to(31)

    assert then.told(ComputeBilled="contract taken_cents shortfall_cents") == story("""
        31  ComputeBilled  first   100  0
        31  ComputeBilled  second  30   70
    """)


def test_a_buyer_that_is_no_lab_takes_all_it_pays_for():
    then = world(commitment(buyer="tenant")).runs_to(31)

    assert then.told(ComputeBilled=BILL) == story("31 ComputeBilled 100 0 0 100")


def test_a_bill_is_due_the_buyers_days_later_and_paid():
    then = world(commitment()).runs_to(61)

    assert then.told(ComputeBilled="due_day", ClaimPaid="amount_cents") == story("""
        31  ComputeBilled  61
        59  ComputeBilled  89
        61  ClaimPaid      100
    """)


def test_openais_commitments_to_coreweave_are_22_point_4_billion():
    """
    11.9 + 4.0 + 6.5: billed to the cent, whatever the months.
    """
    parts = [119 * BN // 10, 4 * BN, 65 * BN // 10]
    assert sum(parts) == 224 * BN // 10

    terms = commitment(minimum=BN, buyer="tenant", price_per_gw_year_cents=12 * BN, total_cents=parts[1])
    then = world(terms).runs_to(181)
    assert sum(cents for *_, cents in then.told(ComputeBilled="amount_cents")) == parts[1]
