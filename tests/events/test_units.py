"""Whole numbers: how they are divided, and that nothing is lost on the way."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.units import MAX_POSTING, PPM, divide, portion, split

AMOUNTS = st.integers(0, MAX_POSTING)
WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("numerator", "denominator", "nearest"),
    [
        (0, 3, 0),
        (4, 3, 1),
        (5, 3, 2),
        (1, 2, 0),  # a half goes to the even neighbour
        (3, 2, 2),
        (5, 2, 2),
        (-1, 2, 0),
        (-3, 2, -2),
        (-5, 3, -2),
        (10**30 + 1, 2, 5 * 10**29),  # beyond what a float could tell
    ],
)
def test_division_goes_to_the_nearest_and_halves_to_the_even(numerator, denominator, nearest):
    assert divide(numerator, denominator) == nearest


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**12))
def test_division_is_that_of_exact_fractions(numerator, denominator):
    assert divide(numerator, denominator) == round(Fraction(numerator, denominator))


@given(AMOUNTS)
def test_a_portion_of_all_is_all_and_of_none_is_none(amount):
    assert portion(amount, PPM) == amount
    assert portion(amount, 0) == 0


@given(AMOUNTS, WEIGHTS)
def test_shares_of_a_split_sum_to_the_amount_and_stay_within_a_unit_of_their_part(amount, weights):
    shares = split(amount, weights)

    assert sum(shares) == amount
    assert all(
        abs(Fraction(share) - Fraction(amount * weight, sum(weights))) < 1
        for share, weight in zip(shares, weights, strict=True)
    )


def test_a_tie_goes_to_the_earlier_place():
    assert split(5, [1, 1, 1]) == [2, 2, 1]
    assert split(1, [0, 1, 1]) == [0, 1, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_nothing_can_be_split_by_no_weight(weights):
    with pytest.raises(ValueError, match="at least one must be positive"):
        split(1, weights)
