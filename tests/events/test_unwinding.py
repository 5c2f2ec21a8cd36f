"""Paying out a clearing: rings are set off, and nobody pays what it does not have yet."""

from hypothesis import given
from hypothesis import strategies as st

from events.clearing import Owed, clear
from events.unwinding import Ring, plan

ESTATES = ("a", "b", "c", "d")


def test_two_estates_that_owe_one_another_and_have_nothing_pay_by_set_off():
    """
    a owes b 5 and b owes a 3: three are set off, and the two that are left a cannot pay.
    """
    claims = [Owed("a", "b", 5), Owed("b", "a", 3)]
    cleared = clear({"a": 0, "b": 0}, claims)

    found = plan(claims, cleared.paid, ("a", "b"))

    assert cleared.paid == {0: 3, 1: 3}
    assert found.rings == (Ring((0, 1), 3),)
    assert found.in_cash == {0: 0, 1: 0}


def test_a_ring_of_three_is_set_off_at_its_smallest_claim_and_the_rest_is_paid_in_turn():
    """
    c has 1 and owes a 4; a owes b 4; b owes c 3. Three go round without cash; c pays a its one, a pays b that one.
    """
    claims = [Owed("c", "a", 4), Owed("a", "b", 4), Owed("b", "c", 3)]

    found = plan(claims, clear({"c": 1}, claims).paid, ("a", "b", "c"))

    assert found.rings == (Ring((1, 2, 0), 3),)
    assert found.in_cash == {0: 1, 1: 1, 2: 0}
    assert found.payers.index("c") < found.payers.index("a") < found.payers.index("b")


def test_a_dead_end_hides_no_ring_behind_it():
    """
    From a the way leads first to b, which is paid and owes nobody; the ring runs through c.
    """
    claims = [Owed("a", "b", 2), Owed("a", "c", 2), Owed("c", "a", 2)]

    found = plan(claims, {0: 2, 1: 2, 2: 2}, ("a", "b", "c"))

    assert found.rings == (Ring((1, 2), 2),)
    assert found.in_cash == {0: 2, 1: 0, 2: 0}


networks = st.lists(
    st.tuples(st.sampled_from(ESTATES), st.sampled_from((*ESTATES, "outside")), st.integers(0, 20)).filter(
        lambda row: row[0] != row[1]
    ),
    max_size=12,
)


@given(networks, st.lists(st.integers(0, 15), min_size=4, max_size=4), st.integers(0, 1_000_000))
def test_nobody_pays_what_it_does_not_have_and_all_is_paid_that_clears(rows, cash, alpha):
    claims = [Owed(*row) for row in rows]
    assets = dict(zip(ESTATES, cash, strict=True))
    cleared = clear(assets, claims, alpha_ppm=alpha)
    found = plan(claims, cleared.paid, ESTATES)

    have = {name: assets[name] - cleared.lost.get(name, 0) for name in ESTATES} | {"outside": 0}
    assert min(have.values()) >= 0  # costs are paid first, from what is there
    set_off = dict.fromkeys(range(len(claims)), 0)
    for ring in found.rings:
        assert ring.cents > 0
        for place, after in zip(ring.claims, (*ring.claims[1:], ring.claims[0]), strict=True):
            assert claims[place].creditor == claims[after].debtor
            set_off[place] += ring.cents
    assert sorted(found.payers) == sorted(ESTATES)
    for name in found.payers:
        for place, cents in found.in_cash.items():
            if claims[place].debtor == name:
                have[name] -= cents
                have[claims[place].creditor] += cents
        assert have[name] >= 0
    assert {place: found.in_cash[place] + set_off[place] for place in set_off} == cleared.paid
