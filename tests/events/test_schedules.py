"""Yearly amounts over months: every year adds up, nothing is negative, no January jumps."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events.schedules import amount_in, by_month
from events.terms import YearAmount

FIRST = st.tuples(st.just(2025), st.integers(1, 12))


@st.composite
def plans(draw):
    """Consecutive years from 2025."""
    amounts = draw(st.lists(st.integers(0, 10**14), min_size=1, max_size=8))
    return tuple(YearAmount(year=2025 + place, amount_cents=cents) for place, cents in enumerate(amounts))


@given(plans(), FIRST)
def test_the_months_of_a_year_sum_to_its_amount(plan, first):
    """
    The trap is a year whose rates are all zero while its amount is not: it would vanish.
    """
    months = by_month(plan, first)

    for row in plan:
        assert sum(cents for (year, _), cents in months.items() if year == row.year) == row.amount_cents


@given(plans(), FIRST)
def test_a_plan_covers_every_month_from_the_first_once_and_none_is_negative(plan, first):
    months = by_month(plan, first)

    wanted = [(row.year, month) for row in plan for month in range(1, 13) if (row.year, month) >= first]
    assert list(months) == wanted
    assert min(months.values()) >= 0


def test_a_level_plan_is_level():
    plan = tuple(YearAmount(year=year, amount_cents=1_200) for year in (2026, 2027, 2028))

    assert set(by_month(plan, (2026, 1)).values()) == {100}


def test_the_first_year_holds_what_is_left_of_it():
    """
    300 for the last quarter of 2025 is the rate of 1,200 a year.
    """
    plan = (YearAmount(year=2025, amount_cents=300), YearAmount(year=2026, amount_cents=1_200))

    assert set(by_month(plan, (2025, 10)).values()) == {100}


def test_a_growing_plan_climbs_and_january_is_no_step():
    """
    Level years would jump from 1,000 to 2,000; what remains of that step is the price of years that add up.
    """
    plan = tuple(YearAmount(year=year, amount_cents=cents) for year, cents in ((2026, 12_000), (2027, 24_000)))
    months = list(by_month(plan, (2026, 1)).values())

    assert all(after >= before - 1 for before, after in pairwise(months))  # a cent of remainder
    assert months[12] - months[11] < 500


def test_years_before_the_first_month_are_left_out():
    plan = tuple(YearAmount(year=year, amount_cents=1_200) for year in (2024, 2025))

    assert list(by_month(plan, (2025, 11))) == [(2025, 11), (2025, 12)]


def test_before_the_plan_nothing_is_due_and_after_it_the_last_month_goes_on():
    plan = (YearAmount(year=2026, amount_cents=1_200),)

    assert amount_in(plan, (2026, 1), (2025, 12)) == 0
    assert amount_in(plan, (2026, 1), (2026, 6)) == 100
    assert amount_in(plan, (2026, 1), (2031, 6)) == 100
    assert amount_in((), (2026, 1), (2026, 6)) == 0
