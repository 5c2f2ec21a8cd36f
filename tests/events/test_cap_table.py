"""Who owns whom, as the shares in the ledger say."""

import pytest

from events import catalogue as c
from events.cap_table import cap_table, outstanding, stake_ppm
from tests.told import Told


@pytest.fixture
def told():
    told = Told()
    for holder, shares in (("public", 60), ("microsoft", 27), ("employees", 13)):
        told.happens(c.SharesBroughtForward, issuer="openai", holder=holder, shares=shares, carrying_cents=shares)
    return told


def test_holders_stand_in_order_of_name_without_the_issuer(told):
    holders = list(cap_table(told.books.ledger, "openai").items())

    assert holders == [("employees", 13), ("microsoft", 27), ("public", 60)]


def test_holders_together_have_what_is_outstanding(told):
    told.happens(c.SharesSold, holder="microsoft", buyer="public", issuer="openai", shares=7, carrying_cents=7)
    told.gives_cash("softbank", 100)
    told.happens(c.RoundClosed, issuer="openai", investor="softbank", amount_cents=100, shares=25)

    assert outstanding(told.books.ledger, "openai") == 125
    assert sum(cap_table(told.books.ledger, "openai").values()) == 125


def test_new_shares_dilute_and_sold_shares_do_not(told):
    told.happens(c.SharesSold, holder="employees", buyer="public", issuer="openai", shares=3, carrying_cents=3)
    assert stake_ppm(told.books.ledger, "openai", "microsoft") == 270_000

    told.gives_cash("softbank", 100)
    told.happens(c.RoundClosed, issuer="openai", investor="softbank", amount_cents=100, shares=35)
    assert stake_ppm(told.books.ledger, "openai", "microsoft") == 200_000


def test_a_holder_that_sold_out_is_not_in_the_table(told):
    told.happens(c.SharesSold, holder="employees", buyer="public", issuer="openai", shares=13, carrying_cents=13)

    assert list(cap_table(told.books.ledger, "openai")) == ["microsoft", "public"]


def test_warrants_are_no_shares_before_exercise(told):
    told.happens(c.WarrantIssued, contract="w", issuer="openai", holder="microsoft", shares=50)

    assert outstanding(told.books.ledger, "openai") == 100


def test_a_firm_without_shares_has_an_empty_table_and_nobody_a_part_of_it(told):
    assert cap_table(told.books.ledger, "box") == {}
    assert stake_ppm(told.books.ledger, "box", "microsoft") == 0
