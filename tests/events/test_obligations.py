"""What is owed: opened = met + lapsed + discharged + open, and missed is a mark."""

import pytest

from events import catalogue as c
from events.accounts import claim_on
from events.obligations import CHANNELS, Tally
from tests.every_kind import example
from tests.told import Told


@pytest.fixture
def told():
    told = Told()
    told.gives_cash("openai", 1_000)
    return told


def open_cents(told, contract):
    return sum(claim.amount_cents for claim in told.books.obligations.open.values() if claim.contract == contract)


def test_a_bill_says_who_owes_whom_how_much_why_and_when(told):
    record = told.bills("azure/1", 80)

    (claim,) = told.books.obligations.of("openai")
    assert (claim.debtor, claim.creditor, claim.amount_cents, claim.channel) == ("openai", "microsoft", 80, "compute")
    assert (claim.contract, claim.due_day, claim.opened_seq) == ("azure", 30, record.seq)


def test_opened_is_met_and_discharged_and_open(told):
    """
    One bill of each fate, under one contract: paid, cleared at a dividend, met by credits in part, still open.
    """
    told.happens(c.CreditsGranted, provider="microsoft", receiver="openai", face_cents=50)
    for number, cents in enumerate((10, 20, 40, 80), start=1):
        told.bills(f"azure/{number}", cents)
    told.pays("azure/1", 10)
    told.happens(
        c.ClaimCleared, claim="azure/2", debtor="openai", creditor="microsoft", amount_cents=20, paid_cents=5
    )
    told.happens(c.CreditsBurned, claim="azure/3", provider="microsoft", receiver="openai", face_cents=30)

    tally = told.books.obligations.tally("azure")

    assert (tally.opened, tally.met, tally.lapsed, tally.discharged) == (150, 10 + 5 + 30, 0, 15)
    assert tally.opened == tally.met + tally.lapsed + tally.discharged + open_cents(told, "azure")
    assert open_cents(told, "azure") == told.books.ledger.units("microsoft", claim_on("azure"))


def test_credits_that_meet_a_bill_in_full_close_it(told):
    told.happens(c.CreditsGranted, provider="microsoft", receiver="openai", face_cents=50)
    told.bills("azure/1", 40)

    told.happens(c.CreditsBurned, claim="azure/1", provider="microsoft", receiver="openai", face_cents=30)
    told.happens(c.CreditsBurned, claim="azure/1", provider="microsoft", receiver="openai", face_cents=10)

    assert told.books.obligations.open == {}
    assert told.books.obligations.of("openai") == []


def test_what_credits_left_is_paid_in_cash(told):
    told.happens(c.CreditsGranted, provider="microsoft", receiver="openai", face_cents=50)
    told.bills("azure/1", 80)
    told.happens(c.CreditsBurned, claim="azure/1", provider="microsoft", receiver="openai", face_cents=50)

    told.pays("azure/1", 30)

    assert told.books.obligations.tally("azure") == Tally(opened=80, met=80, last=1)


def missed(told, claim, day):
    event = example(
        c.PaymentMissed, claim=claim, debtor="openai", creditor="microsoft", amount_cents=80, cure_day=day, also=()
    )
    return told.record(event)


def test_missed_is_a_mark_on_a_bill_that_stays_open(told):
    told.bills("azure/1", 80)

    record = missed(told, "azure/1", 35)

    (claim,) = told.books.obligations.of("openai")
    assert (claim.missed_seq, claim.cure_day, claim.amount_cents) == (record.seq, 35, 80)
    assert told.books.obligations.tally("azure") == Tally(opened=80, last=1)


def test_a_missed_bill_can_still_be_paid(told):
    told.bills("azure/1", 80)
    missed(told, "azure/1", 35)

    told.pays("azure/1", 80)

    assert told.books.obligations.tally("azure").met == 80


@pytest.mark.parametrize("claim", ["guarantee:ddtl/1", "ddtl/2"], ids=["other contract", "same contract"])
def test_a_guarantee_ends_the_boxs_bill_and_opens_the_guarantors(told, claim):
    """
    The guarantor's bill may be numbered under the loan itself: then both stand in the same units.
    """
    told.happens(c.InterestBilled, claim="ddtl/1", lender="bank", borrower="box", amount_cents=43)
    told.happens(
        c.GuaranteeCalled, old_claim="ddtl/1", claim=claim, debtor="box", guarantor="coreweave", lender="bank",
        amount_cents=43,
    )  # fmt: skip

    assert told.books.obligations.of("box") == []
    (taken,) = told.books.obligations.of("coreweave")
    assert (taken.claim, taken.debtor, taken.creditor, taken.amount_cents) == (claim, "coreweave", "bank", 43)
    assert told.books.obligations.tally("ddtl").discharged == 43


def test_a_bill_that_a_prepayment_covers_opens_nothing(told):
    told.happens(c.PrepaymentCalled, claim="azure/1", buyer="openai", seller="microsoft", amount_cents=20)
    told.pays("azure/1", 20)
    told.happens(
        c.ComputeBilled, claim="azure/2", buyer="openai", seller="microsoft", taken_cents=20, shortfall_cents=0,
        prepaid_cents=20, amount_cents=0,
    )  # fmt: skip

    assert told.books.obligations.open == {}


def test_bills_come_in_the_order_of_opening(told):
    for name in ("b/1", "a/1", "b/2"):
        told.bills(name, 5)

    assert [claim.claim for claim in told.books.obligations.of("openai")] == ["b/1", "a/1", "b/2"]


def test_a_bill_is_new_while_its_number_is_above_those_before(told):
    assert told.books.obligations.is_new("azure/1")
    told.bills("azure/1", 5)
    told.pays("azure/1", 5)

    assert not told.books.obligations.is_new("azure/1")
    assert told.books.obligations.is_new("azure/2")


def test_every_kind_with_a_bill_of_its_own_has_a_channel():
    """
    Payment orders are written in these words; a bill without one would be paid last, by accident.
    """
    billing = {kind for kind in c.CATALOGUE if {"claim", "due_day"} <= {one.name for one in kind.__attrs_attrs__}}

    assert set(CHANNELS) == billing - {c.PaymentStretched}  # which gives time for a bill that is there
