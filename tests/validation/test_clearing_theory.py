"""
What theory says of clearing networks beyond the published three banks: monotone, concave, costly, robust yet fragile.

Sources: Eisenberg and Noe, Management Science 47 (2001), theorem 2 and lemma 5; Rogers and Veraart, Management Science
59 (2013); Acemoglu, Ozdaglar and Tahbaz-Salehi, American Economic Review 105 (2015).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clearing import Cleared, Owed, clear

FIRMS = "abcd"
CLAIMS = st.lists(
    st.builds(Owed, st.sampled_from(FIRMS), st.sampled_from("wxyz"), st.integers(0, 500)) |
    st.tuples(st.permutations(FIRMS), st.integers(0, 500)).map(lambda t: Owed(t[0][0], t[0][1], t[1])),
    min_size=1, max_size=8,
)  # fmt: skip
ASSETS = st.fixed_dictionaries({firm: st.integers(0, 600) for firm in FIRMS})
CENT_A_CLAIM = 8


def handed_out(assets: dict[str, int], claims: list[Owed]) -> int:
    return sum(clear(assets, claims).paid.values())


@given(ASSETS, st.sampled_from(FIRMS), st.integers(1, 300), CLAIMS)
def test_more_assets_never_lower_a_payment_by_more_than_the_last_cent(assets, firm, more, claims):
    poor, rich = clear(assets, claims), clear(assets | {firm: assets[firm] + more}, claims)

    assert all(rich.paid[place] >= poor.paid[place] - 1 for place in poor.paid)
    assert set(rich.defaulted) <= set(poor.defaulted)


@given(ASSETS, ASSETS, CLAIMS)
def test_payments_are_concave_in_assets(one, other, claims):
    """
    Halfway between two worlds creditors get at least the mean of both, but for a cent a claim.
    """
    doubled = [Owed(claim.debtor, claim.creditor, 2 * claim.cents, claim.seniority) for claim in claims]
    between = {firm: one[firm] + other[firm] for firm in FIRMS}  # of a world twice as large

    assert handed_out(between, doubled) >= handed_out(one, claims) + handed_out(other, claims) - 3 * CENT_A_CLAIM


def two(assets: int, part_ppm: int) -> Cleared:
    """Two banks that owe one another 10.00 and their depositors 5.00 each."""
    claims = [Owed("a", "b", 1_000), Owed("b", "a", 1_000), Owed("a", "x", 500), Owed("b", "y", 500)]
    return clear({"a": assets, "b": assets}, claims, alpha_ppm=part_ppm, beta_ppm=part_ppm)


@pytest.mark.parametrize(
    ("part_ppm", "between", "outside"),
    [
        # each hands out p of 15, two thirds of it to the other: p = 3 + 2/3 p = 9
        (1_000_000, 600, 300),
        # with half of everything lost: p = 1.5 + 1/3 p = 2.25
        (500_000, 150, 75),
        # with all of it lost nobody gets anything
        (0, 0, 0),
    ],
)
def test_costs_of_default_are_paid_again_at_every_turn_of_the_circle(part_ppm, between, outside):
    assert list(two(300, part_ppm).paid.values()) == [between, between, outside, outside]


def test_of_two_outcomes_that_clear_the_better_is_taken():
    """
    With 5.00 each both can pay all, if both do; were both in default, with everything lost, neither could.
    """
    assert two(500, 0).defaulted == ()
    assert two(499, 0).defaulted == ("a", "b")


RING = {bank: {(bank + 1) % 4: 900} for bank in range(4)}
COMPLETE = {bank: {other: 300 for other in range(4) if other != bank} for bank in range(4)}


@pytest.mark.parametrize(
    ("network", "outside_cents", "defaulted"),
    [
        # bank 0 has 9, pays 2 to its senior creditors and 7 of 9; bank 1 has 3 + 7 and pays 8 of 9; bank 2 has enough
        (RING, 200, 2),
        # a third of the loss of 2 each: 3 + 3 + 3 + 2.33 are enough for 2 + 9
        (COMPLETE, 200, 1),
        # beyond the threshold the dense network passes the loss on to all, as the ring does
        (RING, 800, 4),
        (COMPLETE, 800, 4),
    ],
)
def test_a_dense_network_is_robust_to_a_small_loss_and_fragile_to_a_large_one(network, outside_cents, defaulted):
    """
    Four banks owe 9 to banks and 2 to senior outsiders; each has 3 but the first, which has nothing and may owe more.
    """
    claims = [Owed(str(bank), str(other), cents, 1) for bank, row in network.items() for other, cents in row.items()]
    claims += [Owed(str(bank), f"out-{bank}", outside_cents if bank == 0 else 200, 0) for bank in range(4)]
    assets = {"0": 0, "1": 300, "2": 300, "3": 300}

    assert len(clear(assets, claims).defaulted) == defaulted
