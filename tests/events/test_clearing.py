"""Clearing a network of claims: closed forms, what holds in every network, and a slow way to the same payments."""

import time
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.clearing import Owed, clear
from events.units import PPM

# --- closed forms ---------------------------------------------------------------------------------------------------


def test_a_firm_that_can_pay_pays_all():
    cleared = clear({"a": 100}, [Owed("a", "b", 100)])

    assert (cleared.paid, cleared.equity) == ({0: 100}, {"a": 0, "b": 100})
    assert (cleared.defaulted, cleared.rounds) == ((), 0)


def test_a_chain_falls_one_firm_a_round_and_passes_on_what_the_first_has():
    names = [f"firm {n:02}" for n in range(30)]
    claims = [Owed(debtor, creditor, 100) for debtor, creditor in pairwise(names)]

    cleared = clear({names[0]: 40}, claims)

    assert set(cleared.paid.values()) == {40}
    assert cleared.defaulted == tuple(names[:-1])
    assert cleared.rounds == 29


def test_a_ring_of_equal_claims_without_a_cent_clears_in_full():
    """Everyone paying nothing would clear too; the greatest vector is taken."""
    cleared = clear({}, [Owed("a", "b", 10), Owed("b", "c", 10), Owed("c", "a", 10)])

    assert cleared.paid == {0: 10, 1: 10, 2: 10}
    assert cleared.defaulted == ()


@pytest.mark.parametrize("cents", [0, 1, 30, 99, 100])
def test_a_ring_that_leaks_pays_out_what_it_has(cents):
    """Each firm with x owes 100 to the next and 100 outside: it pays p = x + p / 2, so x goes each way."""
    firms = ["a", "b", "c", "d"]
    claims = [Owed(a, b, 100) for a, b in zip(firms, firms[1:] + firms[:1], strict=True)]
    claims += [Owed(a, "outside", 100) for a in firms]

    cleared = clear(dict.fromkeys(firms, cents), claims)

    assert set(cleared.paid.values()) == {cents}


def test_a_star_shares_its_middle_pro_rata_with_the_last_cent_by_name():
    claims = [Owed("hub", "y", 100), Owed("hub", "x", 100), Owed("hub", "z", 100)]

    cleared = clear({"hub": 200}, claims)

    assert cleared.paid == {0: 67, 1: 67, 2: 66}


def test_classes_are_paid_in_any_order_the_caller_gives():
    claims = [Owed("a", "bank", 60, 3), Owed("a", "tax", 60, -1), Owed("a", "staff", 60, 3)]

    assert clear({"a": 90}, claims).paid == {0: 15, 1: 60, 2: 15}


def test_a_circle_of_junior_claims_behind_senior_ones_pays_nothing():
    """Neither reaches its junior class once the other does not: linear equations alone would sink without end."""
    claims = [Owed("a", "b", 10, 1), Owed("b", "a", 10, 1), Owed("a", "tax", 5, 0), Owed("b", "tax", 5, 0)]

    cleared = clear({"a": 2, "b": 3}, claims)

    assert cleared.paid == {0: 0, 1: 0, 2: 2, 3: 3}


def test_a_class_that_gets_nothing_breaks_nobody_behind_it_by_more_than_that():
    """`a` lacks 90 of its senior debt; `b`, which counted on 10 junior cents of it, lacks those ten and no more."""
    claims = [Owed("a", "tax", 100, 0), Owed("a", "b", 10, 1), Owed("b", "c", 30), Owed("c", "d", 25)]

    cleared = clear({"a": 10, "b": 22, "c": 3}, claims)

    assert cleared.paid == {0: 10, 1: 0, 2: 22, 3: 25}
    assert cleared.defaulted == ("a", "b")


# --- bankruptcy costs -----------------------------------------------------------------------------------------------

LOOP = [Owed("a", "b", 80), Owed("b", "c", 90), Owed("c", "a", 60), Owed("a", "outside", 60)]
HAVE = {"a": 50, "b": 10, "c": 5}


def test_bankruptcy_costs_lower_the_equity_of_all_whom_a_default_reaches():
    without, with_costs = clear(HAVE, LOOP), clear(HAVE, LOOP, alpha_ppm=600_000, beta_ppm=800_000)

    assert all(with_costs.equity[firm] < without.equity[firm] for firm in without.equity)
    assert sum(with_costs.lost.values()) > 0 == sum(without.lost.values())


def test_costs_are_taken_of_assets_and_of_receipts():
    """`a` hands on half of its 120, `b` half of its own 20 and a quarter of the 60 it gets."""
    claims = [Owed("a", "b", 200), Owed("b", "c", 100)]

    cleared = clear({"a": 120, "b": 20}, claims, alpha_ppm=500_000, beta_ppm=250_000)

    assert cleared.paid == {0: 60, 1: 25}
    assert cleared.lost == {"a": 60, "b": 55}


def test_with_costs_nobody_defaults_who_need_not():
    """Two firms that live by each other: had both failed, neither could pay; the greatest vector has both paying."""
    claims = [Owed("a", "b", 100), Owed("b", "a", 100)]

    assert clear({}, claims, alpha_ppm=0, beta_ppm=0).paid == {0: 100, 1: 100}
    assert clear({}, [*claims, Owed("a", "c", 1)], alpha_ppm=0, beta_ppm=0).paid == {0: 0, 1: 0, 2: 0}


# --- wrong input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (({"a": -1}, []), "a has assets of -1 cents"),
        (({}, [Owed("a", "b", -1)]), "claim 0 is -1 cents"),
        (({}, [Owed("a", "a", 1)]), "claim 0 is a's on itself"),
        (({}, [Owed("a", "", 1)]), "claim 0 has a debtor or creditor without a name"),
        (({}, [], PPM + 1), "alpha_ppm is 1000001"),
        (({}, [], PPM, -1), "beta_ppm is -1"),
    ],
)
def test_wrong_input_is_told(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        clear(*arguments)


# --- every network --------------------------------------------------------------------------------------------------

FIRMS = ["a", "b", "c", "d"]
NAMED = st.sampled_from(FIRMS)
CLAIM = st.builds(Owed, NAMED, st.sampled_from([*FIRMS, "outside"]), st.integers(0, 12), st.integers(0, 2))
CLAIMS = st.lists(CLAIM.filter(lambda claim: claim.debtor != claim.creditor), max_size=12)
ASSETS = st.dictionaries(NAMED, st.integers(0, 15))
PART = st.sampled_from([0, 333_333, 500_000, 900_000, PPM])
NETWORK = st.tuples(ASSETS, CLAIMS, PART, PART)


def received(claims, paid, firm):
    return sum(paid[place] for place, claim in enumerate(claims) if claim.creditor == firm)


def outlay(claims, paid, firm):
    return sum(paid[place] for place, claim in enumerate(claims) if claim.debtor == firm)


def owed(claims, firm):
    return sum(claim.cents for claim in claims if claim.debtor == firm)


def classes(claims, firm):
    """A firm's claims by class, the one paid first in front: places in the sequence."""
    by_class = defaultdict(list)
    for place, claim in enumerate(claims):
        if claim.debtor == firm:
            by_class[claim.seniority].append(place)
    return [by_class[seniority] for seniority in sorted(by_class)]


@given(NETWORK)
def test_payments_exceed_neither_claims_nor_what_there_is(network):
    """Limited liability: nobody ends with less than nothing, and costs are never a gain."""
    assets, claims, *parts = network
    cleared = clear(assets, claims, *parts)

    assert all(0 <= cleared.paid[place] <= claim.cents for place, claim in enumerate(claims))
    for firm in cleared.equity:
        left = assets.get(firm, 0) + received(claims, cleared.paid, firm) - outlay(claims, cleared.paid, firm)
        assert left >= 0
        assert left == (cleared.lost[firm] if firm in cleared.defaulted else cleared.equity[firm])


@given(NETWORK)
def test_a_class_is_paid_only_when_those_before_it_are_and_owners_last(network):
    assets, claims, *parts = network
    cleared = clear(assets, claims, *parts)

    for firm in cleared.equity:
        lacking = 0
        for places in classes(claims, firm):
            paid, due = sum(cleared.paid[n] for n in places), sum(claims[n].cents for n in places)
            assert not (lacking and paid)
            lacking += due - paid
        assert not (lacking and cleared.equity[firm] > 0)
        assert not (lacking and firm not in cleared.defaulted)


@given(NETWORK)
def test_within_a_class_everyone_gets_the_same_part_but_for_a_cent(network):
    assets, claims, *parts = network
    cleared = clear(assets, claims, *parts)

    for firm in cleared.equity:
        for places in classes(claims, firm):
            due = sum(claims[n].cents for n in places)
            paid = sum(cleared.paid[n] for n in places)
            # the exact sum of the class lies within a cent of the whole one
            assert all(due * abs(cleared.paid[n] * due - claims[n].cents * paid) < 2 * due * due for n in places if due)


@given(NETWORK)
def test_no_cent_is_made_or_lost(network):
    assets, claims, *parts = network
    cleared = clear(assets, claims, *parts)

    kept = sum(max(0, cents) for firm, cents in cleared.equity.items())
    assert sum(assets.values()) == kept + sum(cleared.lost.values())


@given(ASSETS, CLAIMS)
def test_without_costs_a_firm_in_default_hands_out_its_last_cent(assets, claims):
    """So none could pay a cent more given what the others pay."""
    cleared = clear(assets, claims)

    for firm in cleared.equity:
        has = assets.get(firm, 0) + received(claims, cleared.paid, firm)
        assert outlay(claims, cleared.paid, firm) == min(has, owed(claims, firm))


@given(NETWORK)
def test_a_round_takes_at_least_one_class_of_one_firm(network):
    assets, claims, *parts = network

    assert clear(assets, claims, *parts).rounds <= sum(len(classes(claims, firm)) for firm in FIRMS)


@given(NETWORK, st.randoms(use_true_random=False))
def test_the_order_in_which_claims_and_firms_come_decides_nothing(network, random):
    assets, claims, *parts = network
    shuffled = random.sample(claims, len(claims))
    turned = dict(random.sample(sorted(assets.items()), len(assets)))

    one, other = clear(assets, claims, *parts), clear(turned, shuffled, *parts)

    assert (one.equity, one.lost, one.defaulted) == (other.equity, other.lost, other.defaulted)
    assert sorted(zip(map(repr, claims), one.paid.values(), strict=True)) == sorted(
        zip(map(repr, shuffled), other.paid.values(), strict=True)
    )


@given(NETWORK, st.permutations(FIRMS))
def test_other_names_move_less_than_two_cents_and_break_nobody_else(network, names):
    """Both are within less than a cent of one exact solution; who gets a last cent is the only thing names decide."""
    assets, claims, *parts = network
    called = dict(zip(FIRMS, names, strict=True)) | {"outside": "outside"}
    renamed = [Owed(called[it.debtor], called[it.creditor], it.cents, it.seniority) for it in claims]

    one = clear(assets, claims, *parts)
    other = clear({called[firm]: cents for firm, cents in assets.items()}, renamed, *parts)

    assert all(abs(one.paid[place] - other.paid[place]) <= 1 for place in one.paid)
    assert {called[firm] for firm in one.defaulted} == set(other.defaulted)


@given(NETWORK)
def test_bankruptcy_costs_gain_nobody_anything(network):
    assets, claims, *parts = network
    without, with_costs = clear(assets, claims), clear(assets, claims, *parts)

    assert set(without.defaulted) <= set(with_costs.defaulted)
    assert all(with_costs.equity[firm] <= without.equity[firm] + 1 for firm in without.equity)  # a cent of rounding


# --- the slow way ---------------------------------------------------------------------------------------------------

GRID = 2**80
CIRCLE = [Owed("a", "b", 9, 1), Owed("b", "a", 9, 1)]


def one_pass(assets, claims, alpha, beta, paid):
    """What everyone would pay if all others paid so much, in cents, rounded up to a very fine grid."""
    after = [Fraction(0)] * len(claims)
    for firm in FIRMS:
        has, comes = Fraction(assets.get(firm, 0)), Fraction(received(claims, paid, firm))
        rest = has + comes
        if rest < owed(claims, firm):
            rest = has * alpha / PPM + comes * beta / PPM
        for places in classes(claims, firm):
            due = sum(claims[n].cents for n in places)
            for n in places:
                after[n] = min(Fraction(1), rest / due) * claims[n].cents if due else Fraction(0)
                after[n] = Fraction(-(-after[n] * GRID // 1), GRID)
            rest = max(Fraction(0), rest - due)
    return after


def slowly(assets, claims, alpha, beta):
    """From paying all downwards, until nothing moves: the greatest payments that clear, to a hair from above."""
    paid = [Fraction(claim.cents) for claim in claims]
    for _ in range(20_000):
        after = [min(pair) for pair in zip(paid, one_pass(assets, claims, alpha, beta, paid), strict=True)]
        if after == paid:
            return paid
        paid = after
    return None


@settings(deadline=None, max_examples=150)
@given(st.tuples(ASSETS, st.lists(CLAIM.filter(lambda it: it.debtor != it.creditor), max_size=8), PART, PART))
@example(({"a": 2, "b": 3}, [*CIRCLE, Owed("a", "c", 5), Owed("b", "c", 5)], PPM, PPM))
@example(({}, [*CIRCLE, Owed("a", "c", 1, 1)], PPM, PPM))
def test_the_payments_are_the_greatest_that_clear(network):
    exact = slowly(*network)
    cleared = clear(*network)

    assert exact is not None, "the slow way did not come to rest"
    assert all(abs(cleared.paid[place] - cents) < 1 + Fraction(1, 2**30) for place, cents in enumerate(exact))


# --- size -----------------------------------------------------------------------------------------------------------


def two_hundred_firms():
    """Each owes six others and the outside, in three classes, up to a billion dollars a claim."""
    random = Random(7)
    firms = [f"firm {n:03}" for n in range(200)]
    claims = []
    for firm in firms:
        creditors = [*random.sample([other for other in firms if other != firm], 6), "outside"]
        claims += [Owed(firm, creditor, random.randrange(1, 10**11), random.randrange(3)) for creditor in creditors]
    return {firm: random.randrange(2 * 10**11) for firm in firms}, claims


def test_two_hundred_firms_clear_in_under_a_second():
    assets, claims = two_hundred_firms()

    before = time.process_time()
    cleared = clear(assets, claims)
    seconds = time.process_time() - before

    assert len(cleared.defaulted) > 50
    for firm in cleared.equity:
        has = assets.get(firm, 0) + received(claims, cleared.paid, firm)
        assert outlay(claims, cleared.paid, firm) == min(has, owed(claims, firm))
    assert seconds < 1
