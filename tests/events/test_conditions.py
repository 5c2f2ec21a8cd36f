"""What terms can wait for: each condition is false before and true after the event that meets it."""

import pytest

from events import catalogue as c
from events import conditions as w
from events.books import KEPT_DAYS
from events.terms import ALL_TERMS
from tests.every_kind import example
from tests.told import Told


@pytest.fixture
def told():
    return Told()


def deploys(told, order, kw, maker="amd"):
    """A gigawatt's row from the order to acceptance."""
    row = {"order": order, "maker": maker, "generation": "mi450", "kw": kw}
    told.happens(c.CapacityBroughtForward, host=maker, generation="mi450", gpus=5)
    told.happens(c.GpusOrdered, **row, buyer="oracle", serves="oci", lab="openai", gpus=5)
    told.happens(
        c.GpusDelivered, **row, claim=f"chips/{order}", buyer="oracle", serves="oci", lab="openai", gpus=5, cost_cents=0
    )
    told.happens(c.CapacityAccepted, **row, host="oracle", contract="oci", lab="openai")


def test_deployed_counts_accepted_power_of_one_maker_or_of_all(told):
    amd, anyone = w.Deployed("openai", 1_000, "amd"), w.Deployed("openai", 1_000)
    deploys(told, "1", 600)
    deploys(told, "2", 400, maker="nvidia")

    assert anyone.met(told.books)
    assert not amd.met(told.books)
    deploys(told, "3", 400)
    assert amd.met(told.books)


def test_ordered_and_delivered_is_not_deployed(told):
    told.happens(c.GpusOrdered, order="1", maker="amd", lab="openai", kw=1_000)

    assert not w.Deployed("openai", 1_000).met(told.books)


def closes(told, *prices):
    for cents in prices:
        told.happens(c.MarketClosed, prices=(("amd", cents),))


def test_a_price_target_is_met_by_the_average_of_as_many_days(told):
    target = w.SharePriceAbove("amd", 600, averaging_days=3)
    closes(told, 900, 900)
    assert not target.met(told.books)

    closes(told, 0)
    assert target.met(told.books)
    closes(told, 899)
    assert not target.met(told.books)


def test_a_share_that_never_traded_meets_no_target(told):
    assert not w.SharePriceAbove("amd", 0).met(told.books)


def test_the_longest_averaging_window_can_be_met(told):
    """
    As many trading days are kept as a window may ask for.
    """
    closes(told, *[600] * (KEPT_DAYS + 5))

    assert w.SharePriceAbove("amd", 600, averaging_days=KEPT_DAYS).met(told.books)


def test_a_bill_is_met_once_it_is_paid(told):
    told.gives_cash("openai", 80)
    told.bills("azure/1", 80)
    assert not w.Met("azure/1").met(told.books)

    told.pays("azure/1", 80)
    assert w.Met("azure/1").met(told.books)


@pytest.mark.parametrize("kind", [c.ContractEnded, c.ContractRejected])
def test_a_contract_ends_by_its_term_or_by_an_estate(told, kind):
    told.happens(c.ContractSigned, contract="oci", terms=example(ALL_TERMS[0]))
    assert not w.Ended("oci").met(told.books)

    told.happens(kind, contract="oci")
    assert w.Ended("oci").met(told.books)


def test_a_contract_that_an_estate_keeps_goes_on(told):
    told.happens(c.ContractSigned, contract="oci", terms=example(ALL_TERMS[0]))
    told.happens(c.ContractAssumed, contract="oci")

    assert not w.Ended("oci").met(told.books)


def test_a_firm_is_in_an_estate_from_its_default_to_the_clearing(told):
    told.happens(c.FirmFounded, firm="openai")
    assert not w.InEstate("openai").met(told.books)

    told.happens(c.Defaulted, firm="openai")
    assert w.InEstate("openai").met(told.books)
    told.happens(c.EstateClosed, firm="openai")
    assert not w.InEstate("openai").met(told.books)


def test_loan_to_value_trips_above_its_ratio_and_not_at_it(told):
    ratio = w.LoanToValueAbove("box", 750_000)
    told.happens(c.RolledForward, firm="box", account="Assets:Property", amount_cents=100)
    told.happens(c.LoanBroughtForward, contract="ddtl", lender="bank", borrower="box", amount_cents=75)
    assert not ratio.met(told.books)

    told.happens(c.Depreciated, firm="box", amount_cents=1)
    assert ratio.met(told.books)


CLASSES = [kind for kind in vars(w).values() if isinstance(kind, type)]
CONDITIONS = [kind for kind in CLASSES if issubclass(kind, w.Condition) and kind is not w.Condition]


@pytest.mark.parametrize("kind", CONDITIONS, ids=lambda kind: kind.__name__)
def test_every_condition_says_what_can_wake_it_and_can_be_printed(kind):
    assert kind.woken_by
    assert set(kind.woken_by) <= set(c.CATALOGUE)
    assert kind.__name__ in repr(example(kind))


def test_a_condition_without_a_meaning_is_a_mistake_in_the_code(told):
    with pytest.raises(TypeError, match="does not say when it is met"):
        w.Condition().met(told.books)
