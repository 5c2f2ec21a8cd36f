"""Share purchase: money on a day, shares when it has come."""

from events.terms import SharePurchase
from tests.small_economy import BN, World, firm, lab, story

STEPS = {
    "TrancheCalled": "amount_cents due_day",
    "ClaimPaid": "amount_cents",
    "SharesIssued": "shares amount_cents price_cents",
}


def purchase(**fields) -> SharePurchase:
    return SharePurchase(**{"investor": "investor", "issuer": "lab", "amount_cents": 1_050, "day": 20} | fields)


def world(terms: SharePurchase, cash: int = 100 * BN, last_round_cents: int = 100) -> World:
    firms = {"lab": lab(last_round_cents=last_round_cents), "investor": firm(cash=cash, cure_days=5)}
    return World(firms, {"purchase": terms})


def test_the_money_is_owed_and_paid_on_the_day_and_the_shares_follow_the_next_morning():
    """
    1,050 cents at the last round's 100: ten shares; the 50 cents over are paid in all the same.
    """
    assert world(purchase()).runs_to(30).told(**STEPS, ContractEnded="contract") == story("""
        20  TrancheCalled  1050  20
        20  ClaimPaid      1050
        21  SharesIssued   10  1050  100
        21  ContractEnded  purchase
    """)


def test_a_fixed_price_goes_before_the_one_then_ruling():
    then = world(purchase(price_cents=200)).runs_to(30)

    assert then.told(SharesIssued="shares price_cents") == story("21 SharesIssued 5 200")


def test_the_price_then_ruling_is_that_of_the_last_close():
    given = world(purchase()).closes("lab", 150, 19)

    assert given.runs_to(30).told(SharesIssued="shares price_cents") == story("21 SharesIssued 7 150")


def test_no_shares_without_the_money():
    """
    An investor with too little misses its payment, and shares are issued only when it has been made.
    """
    then = world(purchase(), cash=1_049).runs_to(24)

    assert then.told(PaymentMissed="cash_cents", SharesIssued="shares") == story("20 PaymentMissed 1049")


def test_the_examples_of_the_docstring():
    """
    22.5 bn at 500.00 USD make 45,000,000 shares; 5 bn at 23.28 USD make 214,776,632 and leave 7.04 USD.
    """
    first = world(purchase(amount_cents=225 * BN // 10), last_round_cents=500_00).runs_to(30)
    second = world(purchase(amount_cents=5 * BN, price_cents=23_28)).runs_to(30)

    assert first.told(SharesIssued="shares") == story("21 SharesIssued 45_000_000")
    assert second.told(SharesIssued="shares") == story("21 SharesIssued 214_776_632")
    assert 5 * BN - 214_776_632 * 23_28 == 7_04
