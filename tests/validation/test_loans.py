"""
Loan vectors: level payments against the closed form, and facilities of equal principal, bullets and day counts by hand.

Sources: the annuity of any textbook of finance; interest by actual days over 360, as loan agreements on SOFR have it
(LSTA, model credit agreement).
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import catalogue as c
from events.schedules import level_payments
from events.terms import TermLoan
from tests.small_economy import BN, World, firm, host


@pytest.mark.parametrize(
    ("principal", "rate_ppm", "payments", "level"),
    [
        (100_000_00, 60_000, 360, 599_55),  # 100,000.00 at 6 % over 30 years
        (200_000_00, 45_000, 360, 1_013_37),  # 200,000.00 at 4.5 % over 30 years
        (25_000_00, 70_000, 60, 495_03),  # 25,000.00 at 7 % over 5 years
        (2_300_000_000_00, 100_000, 60, 48_868_202_84),  # 2.3 bn USD at 10 % over 5 years
    ],
)
def test_the_level_payment_of_the_tables(principal, rate_ppm, payments, level):
    """
    P r / (1 - (1 + r)^-n), to the cent; the last payment takes up what rounding has left.
    """
    vector = level_payments(principal, rate_ppm, payments)

    assert set(vector[:-1]) == {level}
    assert abs(vector[-1] - level) <= payments


@given(st.integers(10**4, 10**13), st.integers(0, 300_000), st.integers(1, 360))
def test_the_payments_discounted_are_the_principal(principal, rate_ppm, payments):
    """
    At the loan's own rate, in fractions; each month's interest is rounded by at most half a cent.
    """
    growth = 1 + Fraction(rate_ppm, 12_000_000)
    worth = sum(
        Fraction(cents) / growth**number
        for number, cents in enumerate(level_payments(principal, rate_ppm, payments), 1)
    )

    assert abs(worth - principal) <= Fraction(payments, 2)


def quarters(**terms: int) -> World:
    """A host that owes 1,200.00 USD since the opening on 2025-12-31, at 10 % fixed, with money to pay it."""
    plain = {
        "commitment_cents": 120_000,
        "opening_cents": 120_000,
        "margin_ppm": 100_000,
        "fixed": 1,
        "maturity_day": 730,
    }
    loan = TermLoan(lender="bank", borrower="host", **plain | terms)
    return World({"host": host(10 * BN), "bank": firm("lender", outside=True)}, {"loan": loan}).runs_to(730)


def principal(world: World) -> list[tuple[int, int]]:
    return [(world.economy.calendar.day_of(r.date), r.event.amount_cents) for r in world.of(c.PrincipalDue)]


def interest(world: World) -> list[int]:
    return [record.event.amount_cents for record in world.of(c.InterestBilled)]


def test_equal_principal_and_falling_interest():
    """
    Four quarters of 300.00 from 2026-03-31 on. Interest: 1,200 x 10 % x 90 / 360 = 30.00; then 900 over 91 days 22.75;
    600 over 92 days 15.33; 300 over 92 days 7.67.
    """
    world = quarters(instalments=4, first_repayment_day=90)

    assert [cents for _, cents in principal(world)] == [30_000] * 4
    assert [day for day, _ in principal(world)] == [90, 181, 273, 365]
    assert interest(world)[:4] == [3_000, 2_275, 1_533, 767]


def test_a_bullet_pays_interest_on_all_of_it_and_all_of_it_at_the_end():
    """
    1,200 x 10 % over 90, 91, 92 and 92 days of a year, actual over 360: 121.67 a year of 365 days, not 120.
    """
    world = quarters()

    assert principal(world) == [(730, 120_000)]
    assert interest(world)[:4] == [3_000, 3_033, 3_067, 3_067]
    assert sum(interest(world)) == pytest.approx(2 * 12_166.67, abs=4)


def test_what_does_not_divide_is_repaid_to_the_cent():
    """
    1,200.00 in seven quarters: each a seventh of what is left, over the quarters that are left.
    """
    paid = [cents for _, cents in principal(quarters(instalments=7, first_repayment_day=90))]

    assert sum(paid) == 120_000
    assert max(paid) - min(paid) <= 1
